"""Drafts become finals by the models chosen for them: each in its draft's place, all of it kept, whatever breaks."""

from __future__ import annotations

import hashlib

import pytest

from conftest import until
from pipelines.faults import Conflict, Invalid, Unavailable
from studio.conform import ask, made, plan
from studio.conform.ask import BEFORE
from studio.conform.plan import Finals
from studio.timeline.versions import Versions
from studio.types import Recipe
from studio.work.conform import Conform
from studio.work.whole import Foreman
from tiny import built, every

SMALL = {"width": 256, "height": 256}
PINNED = (".bin", ".pt", ".pth", ".ckpt")


def clip(asset, frames=20, **more):
    return {"type": "clip", "asset": asset.id, "in": 0, "frames": frames, **more}


def gap(frames):
    return {"type": "gap", "frames": frames}


def film(*tracks):
    return {"version": 1, "fps": "30/1", "width": 640, "height": 360, "tracks": list(tracks)}


def row(*items, kind="video", **more):
    return {"kind": kind, "items": list(items), **more}


@pytest.fixture
def own(studio, tmp_path_factory):
    """Add the tiny checkpoint of a family as a model of one's own, as `studio models add` does."""

    def own(name, id, **defaults):
        tiny = next(tiny for tiny in every() if tiny.name == name)
        folder = built(tiny, tmp_path_factory.getbasetemp())
        pins = {
            str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in (folder.rglob("*") if tiny.hashes else ())
            if file.suffix in PINNED
        }
        return studio.stock.add(id, str(folder), defaults=defaults, licence="CC-BY-4.0", hashes=pins).id

    return own


@pytest.fixture
def painter(studio, tmp_path):
    """A model of one's own that is no draft and costs next to nothing: the draft's painter by another name."""
    return studio.stock.add("my-painter", str(tmp_path), family="pipelines.draft.image:DraftImage", task="image").id


@pytest.fixture
def picture(make):
    return make("draft-image", prompt="a lighthouse", seed=3, style="ink", **SMALL)


@pytest.fixture
def house(studio, worker):
    """The foreman's rounds and the worker's jobs, one after the other, in this process."""

    class House:
        foreman = Foreman(studio.db, studio.library, studio.queue, {"conform": Conform(studio.db, studio.library)})

        def open(self, *tracks):
            self.id = studio.projects.create("", film(*tracks)).id
            return self

        def ask(self, **models):
            return ask.ask(studio, self.id, Finals(**models))[0]

        def finish(self, job):
            """Look and work in turn until the whole is over."""
            for _ in range(20):
                self.foreman.look()
                if studio.queue.get(job.id).over:
                    return studio.queue.get(job.id)
                while worker.run_next():
                    pass
            raise AssertionError(studio.queue.get(job.id))

        def row(self, track=0):
            return studio.projects.get(self.id).timeline["tracks"][track]["items"]

        def made(self):
            return made.made(studio, self.id)

    return House()


@pytest.mark.timeout(600)
def test_a_film_of_drafts_is_made_real(studio, house, make, own, picture):
    """A still that moves, a shot that begins with a picture, a voice and music: by four models with weights."""
    models = {
        "image": own("sdxl-turbo", "my-pictures", steps=1), "video": own("wan-either", "my-shots", steps=2),
        "speech": own("kokoro", "my-voice"), "music": own("musicgen-named", "my-music"),
    }  # fmt: skip
    start = make("draft-image", prompt="a boat", seed=5, **SMALL)
    sails = {"prompt": "a boat sails", "seed": 6, "start": start.id, "duration_s": 2, "fps": 24, "camera": "pan left"}
    shot = make("draft-video", **sails, **SMALL)
    voice = make("draft-speech", text="A lighthouse by the sea.", seed=7)
    music = make("draft-music", prompt="calm", seed=8, duration_s=2)
    said, drift = int(voice.duration_s * 30), {"from": [0, 0, 1, 1], "to": [0.1, 0.1, 0.8, 0.8]}
    join = {"type": "transition", "name": "dissolve", "frames": 6}
    house.open(
        row(clip(picture, 40, motion=drift, colour={"exposure": 0.5}), join, clip(shot, 30, **{"in": 5})),
        row(gap(10), clip(voice, said), kind="audio", role="narration"),
        row(clip(music, 60, fade_out=10), kind="audio", role="music", duck=True),
        row(gap(10), {"type": "caption", "text": "A lighthouse by the sea.", "frames": said}, kind="captions"),
    )
    wanted = plan.plan(studio, house.id, Finals(**models))
    assert wanted.ready
    assert [take.task for take in wanted.takes] == ["speech", "music", "image", "image", "video"]
    assert {need.id: need.licence for need in wanted.models} == dict.fromkeys(models.values(), "CC-BY-4.0")
    assert wanted.seconds is None, "none of them ever ran here"
    job = house.finish(house.ask(**models))
    assert (job.status, job.result["takes"]) == ("done", {"done": 5, "aside": 0, "failed": 0}), job.error

    final = {one.draft: studio.library.get(one.final) for one in house.made()}
    still, joined, film_shot = house.row(0)
    assert (still["asset"], still["motion"], still["colour"]) == (final[picture.id].id, drift, {"exposure": 0.5})
    assert still["takes"] == [{"asset": picture.id, "in": 0}]
    assert joined == join
    assert (film_shot["asset"], film_shot["in"]) == (final[shot.id].id, 5)
    asked = final[picture.id].recipe.options
    assert asked | {"seed": 3, "prompt": "a lighthouse, ink style", **SMALL} == asked
    assert final[shot.id].recipe.options["start"] == final[start.id].id, "it begins with the final picture"
    assert final[shot.id].recipe.options["prompt"] == "a boat sails, camera: pan left"

    spoken = house.row(1)[-1]
    now = final[voice.id].duration_s
    assert spoken["frames"] == pytest.approx(now * 30, abs=1.01), "as long as the new voice takes"
    told = [word for word, *_ in house.row(3)[-1]["words"]]
    assert " ".join(told) == "A lighthouse by the sea.", "captioned as it says it"
    moved = spoken["frames"] - said
    ends = [still["frames"] + film_shot["frames"] - 6, house.row(2)[0]["frames"]]
    assert ends[0] == pytest.approx(64 + moved * min(54, said) / said, abs=3), "and the cut with it"
    assert Versions(studio.db, studio.projects).list(house.id)[-1].label == "Start"
    assert any(v.label == BEFORE and v.kind == "name" for v in Versions(studio.db, studio.projects).list(house.id))
    studio.export(house.id)  # which refuses clips that ask for more than their media has

    again = plan.plan(studio, house.id, Finals(**models))
    assert again.takes == [], "nothing is draft any more"
    made.choose(studio, house.id, voice.id, "draft")
    assert house.row(1)[-1]["frames"] == said, "a voice gone back from takes the cut back"
    assert house.row()[0]["frames"] + house.row()[2]["frames"] - 6 == pytest.approx(64, abs=3)
    made.choose(studio, house.id, voice.id, "final")
    with pytest.raises(Conflict):
        house.ask(**models)


def test_each_clip_is_kept_or_gone_back_from_alone_and_back_is_one_step(studio, house, painter, make, picture):
    other = make("draft-image", prompt="a windmill", seed=4, **SMALL)
    house.open(row(clip(picture), clip(other), clip(picture, 9)))
    house.finish(house.ask(image=painter))
    one, two = house.made()
    assert (one.playing, len(one.places), two.playing) == ("final", 2, "final")
    made.choose(studio, house.id, one.draft, "draft")
    made.choose(studio, house.id, two.draft, "final")
    assert [item["asset"] for item in house.row()] == [picture.id, two.final, picture.id]
    assert [(f.verdict, f.playing) for f in house.made()] == [("draft", "draft"), ("final", "final")]
    assert studio.projects.get(house.id).undo_label == "Back to the draft"
    studio.projects.undo(house.id)
    assert [item["asset"] for item in house.row()] == [one.final, two.final, one.final]
    needs = plan.plan(studio, house.open(row(clip(picture))).id, Finals(image=painter)).models
    assert needs[0].seconds is not None, "it has been timed by now"


def test_a_draft_that_cannot_be_made_stays_and_says_why(studio, house, painter, make, picture):
    music = make("draft-music", prompt="calm", seed=8, duration_s=1)
    house.open(row(clip(picture)), row(clip(music), kind="audio"), row(clip(picture), locked=True))
    wanted = plan.plan(studio, house.id, Finals(image=painter))
    assert [(take.draft, len(take.places)) for take in wanted.takes] == [(picture.id, 1)], "locked rows stay"
    assert [(left.draft, left.why) for left in wanted.left] == [(music.id, "No model for music was chosen.")]
    before = studio.projects.get(house.id)
    for models, fault in (
        ({"image": "flux-schnell"}, Unavailable), ({"image": "draft-music"}, Invalid), ({"speech": "kokoro"}, Conflict),
    ):  # fmt: skip
        with pytest.raises(fault):
            house.ask(**models)
    assert studio.projects.get(house.id) == before


def test_the_clip_moved_meanwhile_is_found_and_one_with_another_take_keeps_it(studio, house, painter, make, picture):
    other = make("draft-image", prompt="a windmill", seed=4, **SMALL)
    mine = make("draft-image", prompt="mine", seed=9, **SMALL)
    house.open(row(clip(picture), clip(other)))
    job = house.ask(image=painter)
    a, b = house.row()
    swapped = {**b, "asset": mine.id, "takes": [{"asset": other.id, "in": 0}]}
    studio.projects.save(house.id, film(row(swapped, gap(7), a)))
    house.finish(job)
    first, _, last = house.row()
    assert (first["asset"], len(first["takes"])) == (mine.id, 2), "the final lies beside the take put there"
    assert last["takes"] == [{"asset": picture.id, "in": 0}]


def test_a_cancelled_one_takes_its_jobs_along_and_a_retry_makes_what_is_left(
    studio, house, worker, painter, make, picture
):
    other = make("draft-image", prompt="a windmill", seed=4, **SMALL)
    house.open(row(clip(picture), clip(other)))
    job = house.ask(image=painter)
    house.foreman.look()
    worker.run_next()
    house.foreman.look()
    studio.queue.cancel(job.id)
    house.foreman.look()
    assert studio.queue.counts().get("queued", 0) == 0
    ended = house.finish(studio.retry(job.id))
    assert (ended.status, ended.result["takes"]["done"]) == ("done", 2)
    rows = studio.db.one("select count(*) from job where model = 'my-painter' and status = 'done'")
    assert rows[0] == 2, "each was made once"
    assert all(one.playing == "final" for one in house.made())


def test_a_draft_of_before_the_catalogue_knew_is_left_alone(studio, house, make, picture, tmp_path):
    file = tmp_path / "old.png"
    file.write_bytes(picture.path.read_bytes())
    old = studio.library.add(file, recipe=Recipe(model="gone", revision="1", options={"prompt": "x"}))
    house.open(row(clip(old)))
    assert plan.plan(studio, house.id, Finals(image="flux-schnell")).takes == []


def test_it_goes_on_after_kill_9(studio, painter, own_server, make):
    """The server and its workers die in the middle: every take is there in the end, in its place, once."""
    large = {"width": 2048, "height": 1152}
    drafts = [make("draft-image", prompt=f"picture {n}", seed=n, **large) for n in range(4)]
    project = studio.projects.create("", film(row(*(clip(draft) for draft in drafts)))).id
    studio.close()
    own_server.start("--workers", "1")
    with own_server.client() as http:
        answer = http.post(f"/api/v1/projects/{project}/conform", json={"models": {"image": painter}})
        assert answer.status_code == 202
        job = answer.json()["id"]
        listed = f"/api/v1/projects/{project}/conform"
        until(lambda: sum(one["state"] == "done" for one in http.get(listed).json()["items"]) >= 1)
    own_server.kill()
    own_server.start("--workers", "1")
    done = own_server.done(job)
    assert (done["status"], done["result"]["takes"]["done"]) == ("done", 4), done["error"]
    items = studio.projects.get(project).timeline["tracks"][0]["items"]
    assert [len(item["takes"]) for item in items] == [1, 1, 1, 1]
    assert not {item["asset"] for item in items} & {draft.id for draft in drafts}
    assert studio.db.one("select count(*) from job where model = ?", painter)[0] == 4
