"""A film from brief to file: through ordinary jobs, changed in part, stopped, killed and gone on with."""

from __future__ import annotations

import json

import pytest

from conftest import until
from fakewords import Fake
from pipelines import server as neighbour
from pipelines.faults import Invalid, Stale, Unavailable
from studio.director import film as director
from studio.director.film import Change, ShotChange, ShotIsLocked
from studio.director.films import Films
from studio.director.floor import Floor
from studio.director.plan import Brief
from studio.timeline.model import Timeline
from studio.timeline.versions import Versions
from test_api import refused
from test_writer import GOOD

STILLS = {"video": "stills"}
BRIEF = Brief(brief="A fishing boat leaves the harbour at dawn and comes home in the evening", seconds=9, models=STILLS)


@pytest.fixture
def films(studio) -> Films:
    return Films(studio.db, studio.queue)


@pytest.fixture
def see_through(studio, worker):
    """Do everything that is in line, films and their takes, until the job is over."""

    def see_through(job):
        floor = Floor(studio)
        floor.take_on()
        while not studio.queue.is_over(job.id):
            if not worker.run_next():
                floor.leaving.wait(0.02)
        floor.close()
        return studio.queue.get(job.id)

    return see_through


@pytest.fixture
def made(studio, films, see_through):
    """A small film, and its job."""
    job = see_through(director.start(studio, BRIEF)[0])
    assert job.status == "done", job.error
    return films.get(job.result["plan"]), job


@pytest.fixture
def planned(studio, films, see_through):
    """A film on paper."""
    job = see_through(director.start(studio, BRIEF, until="script")[0])
    assert (job.status, job.result["stage"], job.result["film"]) == ("done", "script", None)
    return films.get(job.result["plan"])


def jobs(studio):
    return [job for job in studio.queue.page(limit=200).items if job.task != "film"]


def test_a_brief_becomes_a_film_with_voice_music_sound_captions_and_a_title(studio, made):
    film, job = made
    assert job.assets[0].id == job.result["film"] == film.made
    assert job.assets[0].duration_s == pytest.approx(9, abs=0.1)
    assert (job.assets[1].kind, job.progress) == ("image", 1.0)
    assert film.plan.title in job.result["description"]
    timeline = Timeline.parse(studio.projects.get(job.result["project"]).timeline)
    assert float(timeline.seconds) == pytest.approx(9, abs=0.05)
    rows = {track.name: track for track in timeline.tracks}
    lines = [shot.line for shot in film.plan.shots if shot.line]
    assert next(item.text for item in rows["Titles"].items if item.type == "title") == film.plan.title
    assert len([i for i in rows["Voice"].items if i.type == "clip"]) == len(lines)
    assert rows["Music"].duck
    assert rows["Sound"].items
    said = " ".join(item.text for item in rows["Captions"].items if item.type == "caption")
    assert said.split() == " ".join(lines).split(), "captions are what is said"
    assert [i.frames for i in rows["Captions"].items], "captions lie where the voice does"
    spoken = voices(rows["Voice"])
    assert all(any(a <= start < b for a, b in spoken) for start in starts(rows["Captions"])), "under the voice"
    assert director.shown(studio, film)["current"]


def voices(track):
    return [(span.start, span.end) for span in track.spans() if span.item.type == "clip"]


def starts(track):
    return [span.start for span in track.spans() if span.item.type == "caption"]


def test_a_changed_line_redoes_only_what_depends_on_it_and_somebodys_own_cut_is_kept(studio, made, see_through):
    film, job = made
    project = studio.projects.get(job.result["project"])
    studio.projects.save(project.id, {**project.timeline, "title": "Mine"}, label="My edit")
    before = {made.id for made in jobs(studio)}
    shot = next(shot for shot in film.plan.shots if shot.line)
    other = director.change(studio, film.id, Change(shots=(ShotChange(id=shot.id, line="One boat goes out."),)))
    assert not director.shown(studio, other)["current"]
    again = see_through(director.go(studio, film.id, "film"))
    new = [made for made in jobs(studio) if made.id not in before]
    assert sorted(made.task for made in new) == ["export", "speech"]
    assert again.result["film"] != job.result["film"]
    assert again.result["project"] == project.id
    assert studio.projects.get(project.id).timeline["title"] == film.plan.title
    versions = Versions(studio.db, studio.projects).list(project.id)
    assert [v.label for v in versions if v.kind == "name"] == ["Before the film was cut anew"]


def test_takes_are_made_when_wanted_a_rolled_shot_anew_and_a_locked_one_never(studio, films, planned, see_through):
    assert jobs(studio) == []
    assert director.shown(studio, planned)["stage"] == "script"
    see_through(director.go(studio, planned.id, "takes"))
    assert {made.task for made in jobs(studio)} == {"image", "speech", "music", "sound"}
    before = director.shown(studio, films.get(planned.id))
    assert before["stage"] == "takes"
    first = planned.plan.shots[0].id
    director.change(studio, planned.id, Change(shots=(ShotChange(id=first, locked=True),)))
    with pytest.raises(ShotIsLocked):
        director.change(studio, planned.id, Change(shots=(ShotChange(id=first, reroll=True),)))
    director.change(studio, planned.id, Change(reroll=True, look="violet palette"))
    see_through(director.go(studio, planned.id, "takes"))
    after = director.shown(studio, films.get(planned.id))["shots"]
    pairs = zip(after, before["shots"], strict=True)
    assert [a["asset"] == b["asset"] for a, b in pairs] == [True] + [False] * (len(after) - 1)


def test_a_stopped_film_stops_its_takes_and_can_be_gone_on_with(studio, films, see_through):
    job, _ = director.start(studio, BRIEF)
    floor = Floor(studio)
    floor.take_on()
    until(lambda: jobs(studio))
    studio.queue.cancel(job.id)
    until(lambda: all(made.status == "cancelled" for made in jobs(studio)))
    floor.close()
    film = films.page()[0]
    assert see_through(director.go(studio, film.id, "takes")).status == "done"


def test_a_take_that_fails_is_named_and_made_again_when_the_film_goes_on(studio, films, see_through):
    job, _ = director.start(studio, BRIEF, until="takes")
    floor = Floor(studio)
    floor.take_on()
    voice = until(lambda: next((made for made in jobs(studio) if made.task == "speech"), None))
    studio.queue.cancel(voice.id)
    failed = until(lambda: (found := studio.queue.get(job.id)).over and found)
    assert (failed.status, failed.error.type) == ("failed", "take_failed")
    assert "Voice of s" in failed.error.message
    floor.close()
    assert see_through(studio.retry(job.id)).status == "done"


def test_changes_are_refused_in_words(studio, planned):
    film = planned
    with pytest.raises(Invalid, match="no shot 'nobody'"):
        director.change(studio, film.id, Change(shots=(ShotChange(id="nobody", line="x"),)))
    with pytest.raises(Invalid, match="twice"):
        director.change(studio, film.id, Change(order=("s1", "s1")))
    with pytest.raises(Stale):
        director.change(studio, film.id, Change(title="x"), if_version=film.version + 5)
    with pytest.raises(Invalid, match="makes image"):
        director.start(studio, BRIEF.model_copy(update={"models": {"music": "draft-image"}}))
    with pytest.raises(Unavailable):
        director.start(studio, BRIEF.model_copy(update={"models": {"image": "flux-dev"}}))
    with pytest.raises(Invalid, match="voice"):
        director.start(studio, BRIEF.model_copy(update={"voice": "nobody-at-all"}))


def test_shots_can_be_reordered_and_left_out(studio, planned):
    film = planned
    ids = [shot.id for shot in film.plan.shots]
    film = director.change(studio, film.id, Change(order=tuple(reversed(ids[1:]))))
    assert [shot.id for shot in film.plan.shots] == list(reversed(ids[1:]))


def test_a_language_model_that_answers_plans_the_film(studio, films, see_through, monkeypatch):
    fake = Fake([json.dumps(GOOD)])
    neighbour.forget()
    monkeypatch.setenv("STUDIO_LLM_URL", fake.url)
    try:
        job = see_through(director.start(studio, BRIEF, until="script")[0])
        assert films.get(job.result["plan"]).plan.planner == "little-writer"
        own = BRIEF.model_copy(update={"planner": "built in"})
        job = see_through(director.start(studio, own, until="script")[0])
        assert films.get(job.result["plan"]).plan.planner == "built in"
    finally:
        fake.close()


def test_over_http_a_film_survives_a_power_cut(own_server):
    own_server.start("--workers", "1")
    wish = {"brief": "A fox in the snow at night", "seconds": 6, "models": STILLS}
    with own_server.client() as client:
        head = {"Idempotency-Key": "one"}
        job = client.post("/api/v1/films", json=wish, headers=head)
        assert job.status_code == 202
        assert client.post("/api/v1/films", json=wish, headers=head).json()["id"] == job.json()["id"]
        until(lambda: client.get("/api/v1/jobs?task=image").json()["items"])
    own_server.kill()
    own_server.start("--workers", "1")
    done = own_server.done(job.json()["id"])
    assert done["status"] == "done", done["error"]
    with own_server.client() as client:
        film = client.get(f"/api/v1/films/{done['result']['plan']}")
        assert film.json()["made"] == done["result"]["film"]
        assert film.json()["stage"] == "film"
        pictures = client.get("/api/v1/jobs?task=image").json()["items"]
        assert len(pictures) == len(film.json()["shots"]), "nothing was made twice"


def test_what_cannot_be_a_film_is_refused_over_http(server):
    with server.client() as client:
        for wrong in ({}, {"brief": ""}, {"brief": " "}, {"brief": "x", "seconds": 1}, {"brief": "x", "seconds": "NaN"},
                      {"brief": "x", "aspect": "3:1"}, {"brief": "x", "style": "photo"}, {"brief": "x", "colour": 1},
                      {"brief": "x" * 20_001}, {"brief": "x", "models": {"dance": "x"}}):  # fmt: skip
            refused(client.post("/api/v1/films", json=wrong), 422)
        refused(client.post("/api/v1/films", json={"brief": "x", "models": {"image": "nobody"}}), 404)
        refused(client.get("/api/v1/films/nobody"), 404)
        refused(client.patch("/api/v1/films/nobody", json={}), 404)
        refused(client.post("/api/v1/films/nobody/go", json={"until": "film"}), 404)
