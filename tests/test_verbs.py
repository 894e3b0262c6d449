"""The verbs as messages: what a client sends is the edit it names, and nothing else."""

from __future__ import annotations

import inspect

import pytest

from pipelines.faults import Invalid
from studio.timeline import edit
from studio.timeline.edit import verbs
from studio.timeline.model import Timeline

CLIP = {"type": "clip", "asset": "a" * 64, "in": 0, "frames": 12}


@pytest.fixture
def film():
    return Timeline.parse(
        {"version": 1, "fps": "24/1", "width": 320, "height": 180, "tracks": [{"kind": "video", "items": [CLIP, CLIP]}]}
    )


def test_every_public_edit_has_its_message_and_label():
    public = {name for room in verbs.ROOMS for name in room.__all__ if inspect.isfunction(getattr(room, name))}
    assert set(verbs.LABELS) == public


def test_a_message_is_the_edit_it_names(film):
    said, label = verbs.apply(film, {"verb": "split", "track": 0, "at": 1, "frame": 5})
    assert (said, label) == (edit.split(film, 0, 1, 5), "Split")


def test_items_and_fields_come_as_the_file_writes_them(film):
    after, _ = verbs.apply(film, {"verb": "append", "track": 0, "items": [{**CLIP, "in": 4}]})
    after, _ = verbs.apply(after, {"verb": "set_item", "track": 0, "at": 0, "fields": {"in": 3, "gain_db": -6}})
    assert [item.offset for item in after.tracks[0].items] == [3, 0, 4]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"verb": None},
        {"verb": ["split"]},
        {"verb": "with_row", "track": 0, "items": []},
        {"verb": "split", "track": 0},
        {"verb": "split", "track": "x", "at": 0, "frame": 1},
        {"verb": "split", "track": 0, "at": 0, "frame": 1, "more": 1},
        {"verb": "split", "track": 9, "at": 0, "frame": 1},
        {"verb": "split", "track": -1, "at": 0, "frame": 1},
        {"verb": "set_item", "track": 0, "at": 0, "fields": {"timeline": 1}},
        {"verb": "set_item", "track": 0, "at": 0, "fields": {"frames": -4}},
        {"verb": "set_film", "fields": {"tracks": "none"}},
        {"verb": "add_track", "track": {"kind": "smell"}},
        {"verb": "at_fps", "fps": "0/0"},
        {"verb": "at_fps", "fps": "-1"},
        {"verb": "make_room", "frame": 0, "frames": 10**30},
    ],
)
def test_what_is_no_edit_is_refused(film, message):
    with pytest.raises(Invalid):
        verbs.apply(film, message)
