"""A timeline file says what it means, and what is wrong with it is named by its path."""

import json
from copy import deepcopy
from fractions import Fraction
from pathlib import Path

import pytest

from pipelines.faults import Invalid
from studio.timeline.items import Clip, Gap, Title, Transition
from studio.timeline.media import check_against
from studio.timeline.model import Timeline, Track
from studio.timeline.paint.painter import Painter
from studio.types import Asset

FILE = {
    "version": 1, "title": "Harbour", "fps": "30/1", "width": 1280, "height": 720,
    "tracks": [
        {"kind": "video", "items": [
            {"type": "clip", "asset": "a", "in": 0, "frames": 150, "fit": "cover",
             "motion": {"from": [0, 0, 1, 1], "to": [0.1, 0.1, 0.8, 0.8]}, "speed": "1/1", "gain_db": 0},
            {"type": "transition", "name": "dissolve", "frames": 30},
            {"type": "clip", "asset": "b", "in": 0, "frames": 150},
            {"type": "gap", "frames": 60}]},
        {"kind": "video", "items": [
            {"type": "gap", "frames": 30},
            {"type": "title", "text": "Harbour, 1932", "style": "lower-third", "frames": 90}]},
        {"kind": "audio", "role": "narration", "items": []},
        {"kind": "audio", "role": "music", "gain_db": -6, "duck": True, "items": []},
        {"kind": "captions", "style": "subtitle", "items": [
            {"type": "caption", "text": "The sea", "frames": 60, "words": [["The", 0, 8], ["sea", 8, 20]]}]}],
    "loudness_lufs": -14,
}  # fmt: skip


def test_the_file_of_the_contract_comes_back_as_it_was():
    timeline = Timeline.parse(json.dumps(FILE))
    assert timeline.dump() == FILE
    assert Timeline.parse(timeline.dump()) == timeline
    assert timeline.assets() == {"a", "b"}


def test_a_row_is_shorter_than_its_items_by_its_transitions():
    timeline = Timeline.parse(FILE)
    assert timeline.frames == 150 + 150 - 30 + 60
    assert timeline.tracks[0].starts == [0, 120, 120, 270]
    assert timeline.seconds == Fraction(330, 30)


def test_what_was_built_in_code_dumps_what_a_file_needs():
    made = Timeline(tracks=(Track(kind="video", items=(Clip(asset="a", frames=3), Gap(frames=2))),))
    assert made.dump() == {
        "version": 1, "fps": "30/1", "width": 1280, "height": 720,
        "tracks": [{"kind": "video", "items": [
            {"type": "clip", "asset": "a", "frames": 3}, {"type": "gap", "frames": 2}]}],
    }  # fmt: skip
    assert Timeline.parse(made.dump()) == made


def broken(path, value):
    """The contract's file with one place changed; a path ends in the key to set."""
    file = deepcopy(FILE)
    *way, last = path
    place = file
    for step in way:
        place = place[step]
    place[last] = value
    return file


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("tracks", 0, "items", 2, "frames"), 0, "tracks[0].items[2].frames: "),
        (("tracks", 0, "items", 2, "frames"), 2.5, "tracks[0].items[2].frames: "),
        (("tracks", 0, "items", 2, "in"), -1, "tracks[0].items[2].in: "),
        (("tracks", 0, "items", 2, "colour"), "red", "tracks[0].items[2].colour: "),
        (("tracks", 0, "items", 2, "type"), "clop", "tracks[0].items[2]: "),
        (("tracks", 0, "items", 0, "motion", "to"), [0.5, 0, 0.6, 1], "tracks[0].items[0].motion.to: "),
        (("tracks", 0, "items", 0, "speed"), "1/0", "tracks[0].items[0].speed: "),
        (("tracks", 0, "items", 1, "frames"), 151, "tracks[0].items[1].frames: "),
        (("tracks", 0, "items", 1, "name"), "explode", "tracks[0].items[1].name: "),
        (("tracks", 0, "items", 3), {"type": "transition", "frames": 3}, "tracks[0].items[3]: "),
        (("tracks", 0, "items", 3), {"type": "caption", "text": "x", "frames": 3}, "tracks[0].items[3]: "),
        (("tracks", 4, "items", 0, "words"), [["a", 50, 70]], "tracks[4].items[0].words[0]: "),
        (("tracks", 1, "items", 1, "fade_in"), 91, "tracks[1].items[1].fade_out: "),
        (("tracks", 2, "kind"), "smell", "tracks[2].kind: "),
        (("width",), 1281, "width: "),
        (("fps",), "0/1", "fps: "),
        (("version",), 2, "version: "),
        (("loudness_lufs",), float("nan"), "loudness_lufs: "),
        (("extra",), 1, "extra: "),
        (("tracks", 0, "items", 2, "frames"), 10**7, "tracks: "),
    ],
)
def test_a_fault_is_named_by_its_path(path, value, named):
    with pytest.raises(Invalid) as fault:
        Timeline.parse(broken(path, value))
    assert fault.value.message.startswith(named)


@pytest.mark.parametrize("text", ["", "[", "null", "3", "[" * 100_000, '"timeline"', '{"version": 1e999}', b"\xff\xfe"])
def test_what_is_not_a_timeline_is_refused(text):
    with pytest.raises(Invalid):
        Timeline.parse(text)


def test_a_clip_between_two_transitions_must_be_long_enough_for_both():
    items = [Clip(asset="a", frames=9), Transition(frames=5), Clip(asset="b", frames=9), Transition(frames=5),
             Clip(asset="c", frames=9)]  # fmt: skip
    with pytest.raises(Invalid, match=r"tracks\[0\]\.items\[3\]\.frames: 5 \+ 5"):
        Timeline.parse(
            {"version": 1, "tracks": [{"kind": "video", "items": [i.model_dump(by_alias=True) for i in items]}]}
        )


def asset(kind, seconds=None, sound=False):
    return Asset(id="a", kind=kind, name="a", mime="", bytes=1, duration_s=seconds, sound=sound, path=Path("a"))


def clip_on(kind, **fields):
    return Timeline.parse(
        {"version": 1, "tracks": [{"kind": kind, "items": [{"type": "clip", "asset": "a", **fields}]}]}
    )


@pytest.mark.parametrize(
    ("kind", "fields", "media", "named"),
    [
        ("video", {"frames": 60}, asset("video", 2.0), None),
        ("video", {"frames": 61}, asset("video", 2.0), "tracks[0].items[0].frames: "),
        ("video", {"frames": 60, "in": 1}, asset("video", 2.0), "tracks[0].items[0].frames: "),
        ("video", {"frames": 30, "speed": "2"}, asset("video", 2.0), None),
        ("video", {"frames": 31, "speed": "2"}, asset("video", 2.0), "tracks[0].items[0].frames: "),
        ("video", {"frames": 600, "loop": True}, asset("video", 2.0), None),
        ("video", {"frames": 600, "freeze": True}, asset("video", 2.0), None),
        ("video", {"frames": 600}, asset("image"), None),
        ("audio", {"frames": 121}, asset("audio", 4.01), None),
        ("audio", {"frames": 122}, asset("audio", 4.01), "tracks[0].items[0].frames: "),
        ("audio", {"frames": 9}, asset("image"), "tracks[0].items[0].asset: "),
        ("video", {"frames": 9}, asset("audio", 2.0), "tracks[0].items[0].asset: "),
        ("audio", {"frames": 9}, asset("video", 2.0), "tracks[0].items[0].asset: "),
        ("audio", {"frames": 9}, asset("video", 2.0, sound=True), None),
    ],
)
def test_a_clip_may_not_ask_for_more_than_its_media_has(kind, fields, media, named):
    timeline = clip_on(kind, **fields)
    check_against(timeline, {})
    if named is None:
        check_against(timeline, {"a": media})
        return
    with pytest.raises(Invalid) as fault:
        check_against(timeline, {"a": media})
    assert fault.value.message.startswith(named)


def test_the_schema_speaks_the_files_own_names():
    schema = json.dumps(Timeline.model_json_schema())
    assert '"in"' in schema
    assert '"from"' in schema
    assert '"offset"' not in schema


def test_solo_leaves_out_the_others_of_its_kind_and_mute_wins():
    def named(**fields):
        kinds = {"one": "video", "two": "video", "voice": "audio", "music": "audio", "said": "captions"}
        return Timeline(tracks=tuple(Track(kind=kind, name=n, **fields.get(n, {})) for n, kind in kinds.items()))

    def names(tracks):
        return [track.name for track in tracks]

    plain, solo, silent = named(), named(voice={"solo": True}), named(voice={"solo": True, "muted": True})
    assert names(plain.seen) == ["one", "two", "said"]
    assert names(plain.heard) == ["one", "two", "voice", "music"]
    assert names(solo.heard) == ["one", "two", "voice"]
    assert names(solo.seen) == names(plain.seen)
    assert names(silent.heard) == ["one", "two"]
    assert names(named(two={"solo": True}).seen) == ["two", "said"]


def test_what_is_not_solo_is_not_painted():
    def title(words, **track):
        return Track(kind="video", items=(Title(text=words, style="centre-card", frames=5),), **track)

    def painted(*tracks):
        with Painter(Timeline(tracks=tracks, width=64, height=36), {}) as painter:
            return painter.frame(2).planes[0].tobytes()

    both, alone = painted(title("One"), title("Two", solo=True)), painted(title("Two"))
    assert both == alone != painted(title("One"), title("Two"))


def test_markers_are_checked_and_come_back():
    marked = FILE | {"markers": [{"frame": 12, "name": "Storm"}, {"frame": 3, "color": "blue"}]}
    assert Timeline.parse(marked).dump() == marked
    for faulty in ({"frame": -1}, {"frame": 1, "color": "plaid"}, {"name": "nowhere"}, {"frame": 12}):
        with pytest.raises(Invalid, match=r"^markers\[2\]"):
            Timeline.parse(marked | {"markers": [*marked["markers"], faulty]})
