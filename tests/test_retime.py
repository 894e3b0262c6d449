"""A voice that takes longer or shorter takes the cut along: every row is stretched where it speaks and moved after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.timeline.edit.retime import Stretch, Warp, retimed
from studio.timeline.model import Timeline
from studio.types import Asset


def film(*tracks, **more):
    return Timeline.parse({"version": 1, "fps": "30/1", "width": 640, "height": 360, "tracks": list(tracks), **more})


def row(*items, kind="video", **more):
    return {"kind": kind, "items": list(items), **more}


def clip(frames, asset="a", **more):
    return {"type": "clip", "asset": asset, "in": 0, "frames": frames, **more}


def gap(frames):
    return {"type": "gap", "frames": frames}


def lengths(timeline, track=0):
    return [(item.type, item.frames) for item in timeline.tracks[track].items]


def shot(seconds, kind="video"):
    return Asset(id="a", kind=kind, name="a", mime="", bytes=1, duration_s=seconds, path="/nowhere")


SLOWER = [Stretch(30, 60, 90)]


def test_what_lies_in_the_stretch_is_stretched_and_what_follows_moves():
    before = film(row(clip(30), clip(30), clip(30), clip(30)), row(gap(30), clip(60), kind="audio"))
    after = retimed(before, SLOWER, {})
    assert lengths(after) == [("clip", 30), ("clip", 45), ("clip", 45), ("clip", 30)]
    assert lengths(after, 1) == [("gap", 30), ("clip", 90)]
    assert after.frames == before.frames + 30


def test_shorter_is_pressed_and_back_again_is_as_it_was():
    before = film(row(clip(50), clip(50), gap(20), clip(30)))
    pressed = retimed(before, [Stretch(20, 60, 30)], {})
    assert pressed.frames == before.frames - 30
    assert retimed(pressed, [Stretch(20, 30, 60)], {}) == before


def test_transitions_keep_their_length_and_the_cut_its_place_in_the_words():
    join = {"type": "transition", "name": "dissolve", "frames": 10}
    after = retimed(film(row(clip(40), join, clip(40), join, clip(40))), [Stretch(0, 100, 200)], {})
    assert [n for kind, n in lengths(after) if kind == "transition"] == [10, 10]
    assert after.tracks[0].starts[2] == 60, "the second began at frame 30 of 100"
    assert after.frames == 200


def test_titles_fades_captions_and_markers_go_along():
    words = [["The", 0, 10], ["light", 10, 30]]
    before = film(
        row({"type": "title", "text": "A", "frames": 30, "fade_in": 15, "fade_out": 15}),
        row({"type": "caption", "text": "The light", "frames": 30, "words": words}, kind="captions"),
        markers=[{"frame": 15, "name": "here"}, {"frame": 60}],
    )
    after = retimed(before, [Stretch(0, 30, 15)], {})
    title, caption = after.tracks[0].items[0], after.tracks[1].items[0]
    assert (title.frames, title.fade_in, title.fade_out) == (15, 7, 8)
    assert caption.words == (("The", 0, 5), ("light", 5, 15))
    assert [marker.frame for marker in after.markers] == [8, 45]


def test_a_shot_that_would_outlast_its_media_holds_its_last_frame_and_a_still_goes_on():
    before = film(row(clip(60)), row(clip(60)), row(clip(60, loop=True), kind="audio"))
    stretched = [Stretch(0, 60, 90)]
    assert retimed(before, stretched, {"a": shot(2)}).tracks[0].items[0].freeze
    assert not retimed(before, stretched, {"a": shot(3)}).tracks[0].items[0].freeze
    assert not retimed(before, stretched, {"a": shot(None, "image")}).tracks[0].items[0].freeze
    assert not retimed(before, stretched, {"a": shot(1)}).tracks[2].items[0].freeze


def test_a_stretch_that_overlaps_an_earlier_one_is_left_out():
    warp = Warp([Stretch(0, 10, 20), Stretch(5, 10, 30), Stretch(10, 10, 5)])
    assert [warp(n) for n in (0, 5, 10, 20, 30)] == [0, 10, 20, 25, 35]


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60), st.integers(1, 90)), max_size=3),
)
@pytest.mark.timeout(60)
def test_any_row_is_still_a_row_as_long_as_the_words_say(clips, wanted):
    items, at, stretches = [], 0, []
    for n, (frames, join) in enumerate(clips):
        if n and (joined := min(join, frames // 2, clips[n - 1][0] // 2)):
            items.append({"type": "transition", "name": "dissolve", "frames": joined})
        items.append(clip(frames))
    for lead, frames, lasts in wanted:
        stretches.append(Stretch(at + lead, frames, lasts))
        at += lead + frames
    before = film(row(*items))
    after = retimed(before, stretches, {})
    assert [item.type for item in after.tracks[0].items] == [item.type for item in before.tracks[0].items]
    assert after.frames >= Warp(stretches)(before.frames), "only where a join needs it is it longer"
