"""A take that was asked for comes into its place by itself, wherever that is by then, and the earlier one is kept."""

from __future__ import annotations

import pytest

from pipelines.faults import Invalid, Stale
from studio import takes
from studio.studio import Studio
from studio.takes import TakeRequest
from studio.types import GenerationRequest
from studio.work.delivery import Deliveries
from studio.work.queue import Queue

SMALL = {"width": 256, "height": 256}


def film(*items, kind="video", **track):
    return {"version": 1, "fps": "30/1", "width": 640, "height": 360,
            "tracks": [{"kind": kind, "items": list(items), **track}]}  # fmt: skip


def clip(asset, frames=20, **more):
    return {"type": "clip", "asset": asset.id, "in": 0, "frames": frames, **more}


@pytest.fixture
def picture(make):
    return make("draft-image", prompt="a lighthouse", seed=3, **SMALL)


@pytest.fixture
def bench(studio: Studio, worker):
    """A project on the bench: what can be asked of it, and its rows."""

    class Bench:
        def open(self, timeline):
            self.id = studio.projects.create("", timeline).id
            return self

        @property
        def now(self):
            return studio.projects.get(self.id)

        @property
        def items(self):
            return self.now.timeline["tracks"][0]["items"]

        def ask(self, at=0, **wish):
            return takes.ask(studio, self.id, TakeRequest(track=0, at=at, **wish), if_version=self.now.version)[0]

        def save(self, *items):
            studio.projects.save(self.id, film(*items))

        def work(self):
            while worker.run_next():
                pass

        def on_their_way(self):
            return Deliveries(studio.db, studio.library).of(self.id)

    return Bench()


def test_a_retake_takes_the_slot_and_the_old_take_is_kept_and_one_step_undoes_it(studio, bench, picture):
    bench.open(film(clip(picture, motion={"from": [0, 0, 1, 1], "to": [0, 0, 0.5, 0.5]})))
    before = bench.now
    job = bench.ask()
    assert not bench.now.can_undo, "asking is no edit"
    assert job.recipe.options["prompt"] == "a lighthouse"
    assert job.recipe.options["seed"] != 3
    bench.work()
    (item,) = bench.items
    made = studio.queue.get(job.id).assets[0].id
    assert (item["asset"], item["frames"]) == (made, 20)
    assert item["motion"]["to"] == [0, 0, 0.5, 0.5]
    assert item["takes"] == [{"asset": picture.id, "in": 0}]
    assert [d.state for d in bench.on_their_way()] == ["placed"]
    assert bench.now.undo_label == "New take"
    undone = studio.projects.undo(bench.id).timeline["tracks"][0]["items"]
    assert {k: v for k, v in undone[0].items() if k != "slot"} == before.timeline["tracks"][0]["items"][0]


def test_a_retake_can_have_other_words_and_finds_its_clip_where_it_was_moved_to(studio, bench, picture, make):
    other = make("draft-image", prompt="a boat", seed=4, **SMALL)
    bench.open(film(clip(picture), clip(other)))
    job = bench.ask(at=0, options={"prompt": "a windmill", "seed": 9})
    a, b = bench.items
    bench.save(b, {"type": "gap", "frames": 7}, a)
    bench.work()
    assert [item.get("asset") for item in bench.items] == [other.id, None, studio.queue.get(job.id).assets[0].id]
    assert job.recipe.options | {"prompt": "a windmill", "seed": 9} == job.recipe.options


def test_a_slot_whose_name_was_undone_is_known_by_what_lay_there(studio, bench, picture):
    bench.open(film({"type": "gap", "frames": 5}))
    bench.save(clip(picture, 10), clip(picture, 20))
    job = bench.ask(at=1)
    studio.projects.undo(bench.id)
    studio.projects.save(bench.id, film(clip(picture, 12), clip(picture, 20)))
    bench.work()
    assert [item["asset"] for item in bench.items] == [picture.id, studio.queue.get(job.id).assets[0].id]


def test_when_the_place_is_gone_the_take_stays_in_the_bin_and_a_note_says_so(studio, bench, picture):
    bench.open(film(clip(picture)))
    job = bench.ask()
    bench.save({"type": "gap", "frames": 3})
    bench.work()
    (delivery,) = bench.on_their_way()
    assert studio.queue.get(job.id).status == "done"
    assert delivery.state == "aside"
    assert "not on the timeline any more" in delivery.note
    assert studio.library.get(delivery.asset)
    assert bench.items == [{"type": "gap", "frames": 3}]


def test_a_project_in_the_trash_keeps_nobody_from_his_take(studio, bench, picture):
    bench.open(film(clip(picture)))
    job = bench.ask()
    studio.projects.trash(bench.id)
    bench.work()
    assert studio.queue.get(job.id).status == "done"
    studio.projects.restore(bench.id)
    assert [d.state for d in bench.on_their_way()] == ["aside"]


def test_the_retry_of_a_failed_take_still_knows_its_place(studio, bench, picture):
    bench.open(film(clip(picture)))
    job = bench.ask()
    studio.queue.cancel(job.id)
    again = studio.retry(job.id)
    assert [d.job for d in bench.on_their_way()] == [again.id]
    bench.work()
    assert bench.items[0]["asset"] == studio.queue.get(again.id).assets[0].id


def test_a_gap_is_filled_to_its_frame_with_the_canvas_and_its_neighbours_frames(studio, bench, picture):
    bench.open(film(clip(picture, 10), {"type": "gap", "frames": 38}, clip(picture, 10)))
    options = {"prompt": "a boat on the sea", **SMALL}
    job = bench.ask(at=1, model="draft-video", start=True, end=True, options=options)
    asked = job.recipe.options
    assert (asked["fps"], asked["duration_s"]) == (30, pytest.approx(38 / 30, abs=1e-5))
    first, last = studio.library.get(asked["start"]), studio.library.get(asked["end"])
    assert first.kind == last.kind == "image"
    assert (first.width, first.height) == (640, 360)
    bench.work()
    assert [(i["type"], i["frames"]) for i in bench.items] == [("clip", 10), ("clip", 38), ("clip", 10)]
    assert bench.now.undo_label == "Fill the gap"


def test_a_gap_longer_than_the_model_can_keeps_the_rest(studio, bench, picture, monkeypatch):
    bench.open(film(clip(picture, 10), {"type": "gap", "frames": 60}, clip(picture, 10)))
    bench.ask(at=1, model="draft-video", options={"prompt": "sea", "duration_s": 1, **SMALL})
    bench.work()
    assert [(i["type"], i["frames"]) for i in bench.items] == [("clip", 10), ("clip", 30), ("gap", 30), ("clip", 10)]


def test_a_gap_on_a_music_row_gets_music_of_its_length(studio, bench):
    bench.open(film({"type": "gap", "frames": 45}, kind="audio", role="music"))
    job = bench.ask(options={"prompt": "calm piano"})
    assert (job.task, job.recipe.options["duration_s"]) == ("music", 1.5)


def test_the_canvas_is_brought_into_what_the_model_makes(studio, bench):
    wide = film({"type": "gap", "frames": 30}) | {"width": 3840, "height": 1600}
    job = bench.open(wide).ask(model="draft-image", options={"prompt": "sea"})
    assert (job.recipe.options["width"], job.recipe.options["height"]) == (2048, 856)


def test_what_cannot_be_made_is_refused_and_changes_nothing(studio, bench, picture):
    bench.open(film(clip(picture), {"type": "title", "text": "A", "frames": 5}))
    before = bench.now
    for wish in ({"at": 1}, {"at": 7}, {"model": "draft-music", "options": {"prompt": "x"}}, {"options": {"nope": 1}}):
        with pytest.raises(Invalid):
            bench.ask(**wish)
    with pytest.raises(Stale):
        takes.ask(studio, bench.id, TakeRequest(track=0, at=0), if_version=before.version + 1)
    assert bench.now == before
    assert studio.queue.counts().get("queued", 0) == 0


def test_a_take_that_is_too_short_holds_its_last_frame(studio, bench, make):
    long = make("draft-video", prompt="sea", duration_s=2, fps=30, **SMALL)
    bench.open(film(clip(long, 60)))
    bench.ask(options={"duration_s": 1})
    bench.work()
    assert (bench.items[0]["frames"], bench.items[0]["freeze"]) == (60, True)


def test_a_promise_is_kept_by_the_very_transaction_that_publishes(studio, bench, picture, worker, monkeypatch):
    """Whoever looks sees a job that is not done, or a take in its place; never the one without the other."""
    bench.open(film(clip(picture)))
    bench.ask()

    def power_cut(self, *_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Deliveries, "keep", power_cut)
        with pytest.raises(KeyboardInterrupt):
            worker.run_next()
    assert studio.queue.counts()["running"] == 1
    assert bench.items[0]["asset"] == picture.id
    Queue(studio.db, studio.library).recover()
    bench.work()
    assert bench.items[0]["asset"] != picture.id
    assert [d.state for d in bench.on_their_way()] == ["placed"]


def test_another_job_is_promised_to_nobody(studio, bench, picture, worker):
    bench.open(film(clip(picture)))
    studio.submit(GenerationRequest(model="draft-image", options={"prompt": "x", **SMALL}, project=bench.id))
    bench.work()
    assert bench.items[0]["asset"] == picture.id
