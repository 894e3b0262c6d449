"""What is handed over to other editors: read by their own readers, and the same when it comes back."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.faults import Invalid
from studio.timeline.handover import otio
from studio.timeline.model import Caption, Clip, Gap, Marker, Timeline, Title, Track, Transition

settings.register_profile("room", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("room")


@st.composite
def rows(draw, kind: str = "video") -> Track:
    """A row of everything it may hold, with transitions where they fit."""
    made = {
        "video": (
            lambda n, f: Clip(
                asset=f"a{n}",
                frames=f,
                offset=draw(st.integers(40, 90)),
                speed=draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(0)])),
                reverse=draw(st.booleans()),
                gain_db=draw(st.sampled_from([0, -6])),
            ),
            lambda n, f: Gap(frames=f),
            lambda n, f: Title(text=f"title {n}", frames=f, style="chapter"),
        ),
        "audio": (lambda n, f: Clip(asset=f"a{n}", frames=f, fade_in=1), lambda n, f: Gap(frames=f)),
        "captions": (
            lambda n, f: Caption(text=f"said {n}", frames=f, words=(("said", 0, 1),)),
            lambda n, f: Gap(frames=f),
        ),
    }[kind]
    items: list = []
    for n in range(draw(st.integers(0, 6))):
        item = draw(st.sampled_from(made))(n, draw(st.integers(4, 60)))
        gaps = items and isinstance(items[-1], Gap) and isinstance(item, Gap)
        if items and not gaps and kind != "captions" and draw(st.booleans()):
            items.append(Transition(frames=draw(st.integers(1, min(items[-1].frames, item.frames) // 2))))
        items.append(item)
    name, muted = draw(st.sampled_from(["", "V1"])), draw(st.booleans())
    return Track(
        kind=kind, items=tuple(items), **({"name": name} if name else {}), **({"muted": True} if muted else {})
    )


@st.composite
def films(draw) -> Timeline:
    tracks = draw(st.lists(st.sampled_from(["video", "audio", "captions"]).flatmap(rows), max_size=4))
    at = draw(st.lists(st.integers(0, 200), unique=True, max_size=3))
    fps = draw(st.sampled_from(["24/1", "25/1", "30000/1001", "60/1"]))
    markers = tuple(Marker(frame=frame, name=f"m{frame}") for frame in at)
    return Timeline(title="A film", fps=fps, tracks=tuple(tracks), **({"markers": markers} if markers else {}))


def there(film: Timeline) -> dict[str, str]:
    return {asset: asset for asset in film.assets()}


@given(films())
def test_a_timeline_comes_back_from_otio_as_it_was(film):
    assert otio.read(otio.write(film, {}), there(film)).dump() == film.dump()


@given(films())
def test_an_otio_reader_finds_rows_as_long_as_ours(film):
    read = opentimelineio.adapters.read_from_string(otio.write(film, {}), "otio_json")
    lengths = [row.duration().value if len(row) else 0 for row in read.tracks]
    assert lengths == [track.frames for track in film.tracks]


def test_an_edit_made_elsewhere_is_kept():
    film = Timeline(tracks=(Track(kind="video", items=(Clip(asset="a", frames=90), Clip(asset="b", frames=60))),))
    read = opentimelineio.adapters.read_from_string(otio.write(film, {}), "otio_json")
    first = read.tracks[0][0]
    first.source_range = opentimelineio.opentime.TimeRange(
        opentimelineio.opentime.RationalTime(12, 24), opentimelineio.opentime.RationalTime(24, 24)
    )
    text = opentimelineio.adapters.write_to_string(read, "otio_json")
    items = otio.read(text, there(film)).tracks[0].items
    assert (items[0].offset, items[0].frames) == (15, 30), "24 frames at 24 a second are 30 of ours"
    assert items[1] == film.tracks[0].items[1]


def test_media_that_is_not_here_leaves_a_gap():
    film = Timeline(tracks=(Track(kind="video", items=(Clip(asset="a", frames=30), Clip(asset="b", frames=20))),))
    assert [item.type for item in otio.read(otio.write(film, {}), {"b": "b"}).tracks[0].items] == ["gap", "clip"]


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"OTIO_SCHEMA": "Clip.1"}', "\x00" * 50])
def test_what_is_no_otio_is_refused(text):
    with pytest.raises(Invalid) as refused:
        otio.read(text, {})
    assert refused.value.advice
