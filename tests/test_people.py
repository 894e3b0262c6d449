"""Several people in one studio: each sees their own and what is shared, their turns come round, and nobody's things are
found, changed or taken by naming them."""

from __future__ import annotations

import pytest

from pipelines.faults import Gone, Unknown
from studio.library.intake import QuotaReached
from studio.library.shelf import AlsoOthers
from studio.people import HOUSE, STRANGER, Person, acting, asking
from studio.studio import MOST_WAITING, TooManyWaiting
from studio.timeline.projects import NotYours
from studio.types import GenerationRequest
from test_api import png, timeline

ADA, BOB = Person("ada1", "Ada", "make"), Person("bob1", "Bob", "make")
ADMIN = Person("eve1", "Eve", "admin")


@pytest.fixture
def upload(studio):
    def upload(width=32, height=24):
        return studio.library.upload([png(width, height)], "picture.png")

    return upload


@pytest.fixture
def submit(studio):
    def submit(prompt="a fox", priority=0, key=None, project=None):
        request = GenerationRequest(
            model="draft-image", options={"prompt": prompt, "seed": 1}, priority=priority, project=project
        )
        return studio.submit(request, key=key)[0]

    return submit


def seen(studio, person):
    """Every id that someone can come upon by looking."""
    with acting(person):
        return {
            *(asset.id for asset in studio.library.list().items),
            *(job.id for job in studio.queue.page().items),
            *(job.id for job in studio.queue.line()),
            *(project.id for project in studio.projects.list()),
        }


def test_everybody_sees_their_own_and_an_admin_all(studio, upload, submit):
    with acting(ADA):
        hers = {upload().id, submit().id, studio.projects.create("Hers").id}
    with acting(BOB):
        his = {upload(40, 40).id, submit().id, studio.projects.create("His").id}
    assert seen(studio, ADA) == hers
    assert seen(studio, BOB) == his
    assert seen(studio, ADMIN) == seen(studio, HOUSE) == hers | his
    assert seen(studio, STRANGER) == set()
    assert asking() is HOUSE


def test_what_is_not_yours_is_refused_as_what_is_not_there(studio, upload, submit):
    with acting(ADA):
        asset, job, project = upload(), submit(key="k"), studio.projects.create("Hers")
    ways = [
        (asset.id, studio.library.get),
        (asset.id, studio.library.thumbnail),
        (asset.id, studio.library.waveform),
        (asset.id, lambda id: studio.library.change(id, name="mine")),
        (asset.id, lambda id: studio.library.trash([id])),
        (asset.id, lambda id: list(studio.library.zip([id]))),
        (asset.id, lambda id: studio.library.list(before=id)),
        (job.id, studio.queue.get),
        (job.id, studio.queue.cancel),
        (job.id, studio.retry),
        (job.id, lambda id: studio.queue.move(id, None)),
        (job.id, lambda id: studio.queue.page(before=id)),
        (project.id, studio.projects.get),
        (project.id, studio.projects.trash),
        (project.id, studio.projects.restore),
        (project.id, studio.projects.undo),
        (project.id, lambda id: studio.projects.save(id, title="mine")),
        (project.id, lambda id: studio.projects.share(id, True)),
        (project.id, studio.export),
        (project.id, lambda id: studio.still(id, 0, 64)),
    ]
    with acting(BOB):
        for id, way in ways:
            told = []
            for named in (id, "f" * len(id)):
                with pytest.raises(Unknown) as refused:
                    way(named)
                told.append(str(refused.value).replace(named, ""))
            assert told[0] == told[1], way
        assert studio.library.many([asset.id]) == {}
        assert studio.history("image") == []
        assert submit(key="k").id != job.id, "a key is one's own"
    with acting(ADA):
        assert submit(key="k").id == job.id
        assert studio.queue.get(job.id).status == "queued"
        assert studio.projects.get(project.id).title == "Hers"


def test_what_nobody_in_particular_made_is_everybodys(studio, upload, submit):
    asset, job, project = upload(), submit(), studio.projects.create("Old")
    studio.db.change("delete from asset_maker")
    for table in ("job", "project"):
        studio.db.change(f"update {table} set maker = ''")
    assert seen(studio, BOB) == {asset.id, job.id, project.id}
    with acting(BOB):
        assert studio.library.change(asset.id, name="ours.png").name == "ours.png"
        upload()
    assert asset.id in seen(studio, ADA), "bringing the same bytes in makes them nobody's own"


def test_the_same_bytes_of_two_are_both_theirs_and_neither_can_take_them_from_the_other(studio, upload):
    with acting(ADA):
        asset = upload()
    with acting(BOB):
        assert upload().id == asset.id
        for change in (lambda: studio.library.trash([asset.id]), lambda: studio.library.change(asset.id, name="x")):
            with pytest.raises(AlsoOthers):
                change()
    with acting(ADA):
        assert studio.library.get(asset.id).name == "picture.png"


def test_a_shared_project_shows_what_lies_on_it_and_its_jobs(studio, worker, upload, submit):
    with acting(ADA):
        asset, apart = upload(), upload(40, 40)
        project = studio.projects.create("Film", timeline(asset.id))
        job = submit(project=project.id)
        while worker.run_next():
            pass
        made = studio.queue.get(job.id).assets[0].id
        assert seen(studio, BOB) == set()
        assert studio.projects.share(project.id, True).shared
    assert seen(studio, BOB) == {project.id, asset.id, job.id, made}
    with acting(BOB):
        with pytest.raises(Unknown):
            studio.library.get(apart.id)
        saved = studio.projects.save(project.id, title="Our film")
        assert saved.title == "Our film"
        for his in (studio.projects.trash, lambda id: studio.projects.share(id, False)):
            with pytest.raises(NotYours):
                his(project.id)
    with acting(ADA):
        studio.projects.save(project.id, timeline(apart.id))
    assert apart.id in seen(studio, BOB), "what comes onto it later, too"
    with acting(ADA):
        studio.projects.share(project.id, False)
    assert seen(studio, BOB) == set()


def test_naming_a_strangers_file_on_a_project_shows_nobody_more(studio, upload):
    with acting(ADA):
        hers = upload()
        film = studio.projects.create("Hers")
        studio.projects.share(film.id, True)
    with acting(BOB):
        project = studio.projects.create("Trap", timeline(hers.id))
        studio.projects.share(project.id, True)
        studio.projects.save(film.id, timeline(hers.id))
        with pytest.raises(Unknown):
            studio.library.get(hers.id)
        assert studio.missing(project_timeline(studio, project.id)) == [hers.id]


def project_timeline(studio, id):
    from studio.timeline.model import Timeline

    return Timeline.parse(studio.projects.get(id).timeline)


def test_what_a_job_makes_is_whose_the_job_was(studio, worker, submit):
    with acting(ADA):
        job = submit()
    while worker.run_next():
        pass
    with acting(ADA):
        (made,) = studio.queue.get(job.id).assets
    with acting(BOB), pytest.raises(Unknown):
        studio.library.get(made.id)
    with acting(BOB):
        again = submit()
    while worker.run_next():
        pass
    with acting(BOB):
        assert studio.queue.get(again.id).assets[0].id == made.id, "the same recipe made the same bytes: now his, too"


def test_a_trashed_file_of_ones_own_is_said_to_be_in_the_trash_and_anothers_is_not_there(studio, upload):
    with acting(ADA):
        asset = upload()
        studio.library.trash([asset.id])
        with pytest.raises(Gone):
            studio.library.get(asset.id)
    with acting(BOB), pytest.raises(Unknown):
        studio.library.get(asset.id)


# --- turns -----------------------------------------------------------------------------------------------------------


def test_people_take_turns_however_many_jobs_one_has(studio, submit):
    whose = {}
    for person, count in ((ADA, 5), (BOB, 2), (HOUSE, 1)):
        with acting(person):
            for _ in range(count):
                whose[submit().id] = person.name
    shown = [job.id for job in studio.queue.line()]
    positions = [studio.queue.get(id).position for id in shown]
    taken = [studio.queue.claim("w", ("cpu", "device")).job.id for _ in whose]
    house = HOUSE.name
    assert [whose[id] for id in taken] == ["Ada", "Bob", house, "Ada", "Bob", "Ada", "Ada", "Ada"]
    assert shown == taken
    assert positions == list(range(8))


def test_whose_last_job_began_longest_ago_is_next(studio, submit):
    def take():
        return studio.queue.claim("w", ("cpu", "device")).job.id

    with acting(ADA):
        first, second = submit(), submit()
    assert take() == first.id
    with acting(BOB):
        late = submit()
    assert [take(), take()] == [late.id, second.id]


def test_urgency_is_among_ones_own(studio, submit):
    with acting(ADA):
        plain, urgent, more = submit(), submit(priority=10), submit(priority=10)
    with acting(BOB):
        his = submit()
    taken = [studio.queue.claim("w", ("cpu", "device")).job.id for _ in range(4)]
    assert taken == [urgent.id, his.id, more.id, plain.id]


def test_a_loaded_model_lets_another_wait_only_so_often(studio, submit):
    """Turns are by person, and a job that would throw a loaded model out is overtaken, up to eight times."""
    with acting(ADA):
        hers = submit("hers")
    with acting(BOB):
        his = [submit("his") for _ in range(12)]
    studio.db.change("update job set lane = 'device'")
    studio.db.change("update job set model = 'other' where id = ?", hers.id)
    taken = [studio.queue.claim("w", ("device",), ["draft-image"]).job.id for _ in range(13)]
    assert taken.index(hers.id) == 8
    assert set(taken) == {hers.id, *(job.id for job in his)}


# --- how much --------------------------------------------------------------------------------------------------------


def test_one_guest_cannot_fill_the_line(studio, submit):
    with acting(ADA), studio.db.transaction():
        for _ in range(MOST_WAITING):
            submit()
        with pytest.raises(TooManyWaiting):
            submit()
    with acting(BOB):
        submit()
    submit()


def test_one_guest_cannot_fill_the_library(studio, upload):
    studio.library.quota_bytes = 2000
    with acting(ADA):
        upload()
        with pytest.raises(QuotaReached):
            studio.library.upload([b"x" * 900] * 3, "big.png")
        assert not list((studio.home / "tmp").glob("upload-*"))
    studio.library.quota_bytes = 100
    with acting(ADA), pytest.raises(QuotaReached):
        upload(64, 64)
    with acting(ADMIN):
        upload(64, 64)
