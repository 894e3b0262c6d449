"""Pieces: the film without a hole, and a key that changes when, and only when, what is seen changes."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

from studio.timeline import edit
from studio.timeline.export.codecs import Spec, coding
from studio.timeline.export.segments import segments, sound_key
from studio.timeline.items import Caption, Clip, Gap, Motion, Title, Transition
from studio.timeline.model import Timeline, Track
from studio.types import Asset
from test_timeline_edit import films

SPEC = Spec(1280, 720, Fraction(30), coding("h264", "standard", Fraction(30)))
MEDIA = {
    name: Asset(id=name, kind=kind, name=name, mime="", bytes=1, duration_s=60, path=Path(name))
    for name, kind in (("v", "video"), ("w", "video"), ("s", "image"), ("m", "audio"))
}


def film():
    motion = Motion(end=(0.2, 0.2, 0.6, 0.6))
    return Timeline(
        tracks=(
            Track(
                kind="video",
                items=(
                    Clip(asset="v", frames=120),
                    Transition(frames=30),
                    Clip(asset="s", frames=150, motion=motion),
                    Clip(asset="w", frames=600, offset=30),
                ),
            ),
            Track(kind="video", items=(Gap(frames=60), Title(text="Harbour", frames=90, fade_in=15, fade_out=15))),
            Track(kind="audio", items=(Clip(asset="m", frames=840),)),
            Track(kind="captions", items=(Gap(frames=300), Caption(text="Look", frames=60))),
        )
    )


def keys(timeline, burn=True):
    return [piece.key for piece in segments(timeline, MEDIA, SPEC, burn)]


def changed(timeline):
    """How many frames must be made again after an edit of `film()`."""
    had = set(keys(film()))
    return sum(piece.frames for piece in segments(timeline, MEDIA, SPEC) if piece.key not in had)


@given(films())
def test_pieces_follow_each_other_from_the_first_frame_to_the_last(timeline):
    pieces = segments(timeline, {}, SPEC)
    assert [p.start for p in pieces] == [0, *(p.end for p in pieces[:-1])]
    assert pieces[-1].end == timeline.frames
    assert all(p.frames <= 9 * 30 for p in pieces)
    assert all(p.frames >= 30 for p in pieces) or len(pieces) == 1


@pytest.mark.parametrize(
    ("what", "edited", "at_most"),
    [
        ("nothing", lambda t: t, 0),
        ("a title's words", lambda t: edit.set_item(t, 1, 1, text="Other"), 120),
        ("a caption", lambda t: edit.set_item(t, 3, 1, text="Other"), 90),
        ("the film's title", lambda t: edit.set_film(t, title="Other"), 0),
        ("music's gain", lambda t: edit.set_item(t, 2, 0, gain_db=-9), 0),
        ("a clip's own gain", lambda t: edit.set_item(t, 0, 0, gain_db=-9), 0),
        ("loudness", lambda t: edit.set_film(t, loudness_lufs=-16), 0),
        ("an empty row", lambda t: edit.add_track(t, Track(kind="video")), 0),
        ("a cut that changes nothing", lambda t: edit.split(t, 0, 3, 300), 480),
        ("the tail", lambda t: edit.trim_tail(t, 0, 3, 60), 240),
        ("another last clip", lambda t: edit.replace_take(t, 0, 3, "v", 30), 600),
        ("the still's motion", lambda t: edit.set_item(t, 0, 2, motion=None), 150),
    ],
)
def test_an_edit_costs_what_it_changed(what, edited, at_most):
    assert (changed(edited(film())) <= at_most) if at_most else (changed(edited(film())) == 0), what


@pytest.mark.parametrize(
    "edited",
    [
        lambda t: edit.set_item(t, 1, 1, text="Other"),
        lambda t: edit.set_item(t, 1, 1, fade_in=5),
        lambda t: edit.set_item(t, 1, 1, opacity=0.5),
        lambda t: edit.set_item(t, 0, 2, fit="contain"),
        lambda t: edit.set_item(t, 0, 0, offset=1),
        lambda t: edit.set_item(t, 0, 3, reverse=True),
        lambda t: edit.set_item(t, 0, 3, speed="1/2"),
        lambda t: edit.set_item(t, 0, 1, name="wipe-left"),
        lambda t: edit.set_item(t, 0, 2, motion={"to": [0.1, 0.1, 0.6, 0.6]}),
        lambda t: edit.set_track(t, 3, style="outline"),
        lambda t: edit.set_track(t, 1, muted=True),
        lambda t: edit.set_item(t, 3, 1, text="Other"),
    ],
)
def test_no_edit_that_is_seen_goes_unnoticed(edited):
    assert keys(edited(film())) != keys(film())


def test_what_moves_along_in_a_ripple_is_not_made_again():
    later = edit.insert(film(), 0, 0, Clip(asset="w", frames=240))
    later = edit.make_room(Timeline(tracks=later.tracks[1:]), 0, 240)
    moved = Timeline(tracks=(edit.insert(film(), 0, 0, Clip(asset="w", frames=240)).tracks[0], *later.tracks))
    assert set(keys(film())) <= set(keys(moved))


def test_captions_that_are_not_burnt_in_do_not_matter_to_the_picture():
    other = edit.set_item(film(), 3, 1, text="Other")
    assert keys(other, burn=False) == keys(film(), burn=False)


def test_the_sound_has_a_key_of_its_own():
    def key(timeline):
        return sound_key(timeline, MEDIA, "aac")

    same = [edit.set_item(film(), 1, 1, text="Other"), edit.set_item(film(), 0, 2, motion=None)]
    other = [
        edit.set_item(film(), 2, 0, pan=1),
        edit.set_track(film(), 2, duck=True),
        edit.set_film(film(), loudness_lufs=None),
    ]
    assert {key(t) for t in same} == {key(film())}
    assert len({key(film()), *(key(t) for t in other)}) == 4
