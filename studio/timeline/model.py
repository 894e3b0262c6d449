"""A timeline is a stack of tracks, a track a row of items, time whole frames: the contract's timeline file as values.

Everything is frozen and checked when made; positions are computed, never stored, so a row cannot overlap itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from pipelines.faults import Invalid
from studio.timeline.faults import faults, in_words
from studio.timeline.items import Clip, Item, Sounding, Transition
from studio.timeline.values import CAPTION_STYLES, MARKER_COLOURS, Gain, Piece, Ratio


@dataclass(frozen=True)
class Span:
    """An item where it lies on the timeline: frames [start, end), and the transitions it shares with its neighbours."""

    index: int
    item: Any
    start: int
    end: int
    before: Transition | None
    after: Transition | None


class Track(Sounding):
    """Items follow each other, so they cannot overlap and need no start times."""

    kind: Literal["video", "audio", "captions"]
    name: str = Field("", max_length=200)
    role: str | None = Field(None, max_length=40, description="narration makes tracks with `duck` step back")
    style: Literal[CAPTION_STYLES] = "subtitle"  # type: ignore[valid-type]
    gain_db: Gain = 0
    duck: bool = False
    duck_db: float = Field(-12, ge=-96, le=0)
    muted: bool = False
    solo: bool = Field(False, description="while a track is solo, the others of its kind are neither seen nor heard")
    locked: bool = Field(False, description="edits of what lies on it are refused")
    items: tuple[Item, ...] = Field((), max_length=50_000)

    @property
    def frames(self) -> int:
        return sum(-i.frames if isinstance(i, Transition) else i.frames for i in self.items)

    @property
    def starts(self) -> list[int]:
        """Where each item begins; a transition begins where the next item does."""
        starts, at = [], 0
        for item in self.items:
            if isinstance(item, Transition):
                at -= item.frames
                starts.append(at)
            else:
                starts.append(at)
                at += item.frames
        return starts

    def spans(self) -> Iterator[Span]:
        """Every item but transitions, with its place and the transitions beside it."""
        beside = {n: item for n, item in enumerate(self.items) if isinstance(item, Transition)}
        for n, (item, start) in enumerate(zip(self.items, self.starts, strict=True)):
            if n not in beside:
                yield Span(n, item, start, start + item.frames, beside.get(n - 1), beside.get(n + 1))


class Marker(Piece):
    """A place in the film worth a name."""

    frame: int = Field(strict=True, ge=0, le=20_000_000)
    name: str = Field("", max_length=200)
    color: Literal[MARKER_COLOURS] = "amber"  # type: ignore[valid-type]


class Timeline(Piece):
    """Video tracks are painted first to last, audio is summed; the film ends with its longest row."""

    version: Literal[1] = 1
    title: str = Field("", max_length=500)
    fps: Ratio = Field(Fraction(30), ge=1, le=240)
    width: int = Field(1280, strict=True, ge=16, le=8192, multiple_of=2)
    height: int = Field(720, strict=True, ge=16, le=8192, multiple_of=2)
    tracks: tuple[Track, ...] = Field((), max_length=200)
    loudness_lufs: float | None = Field(-14, ge=-60, le=-5)
    markers: tuple[Marker, ...] = Field((), max_length=10_000, description="in any order, at most one at a frame")

    @property
    def live(self) -> tuple[Track, ...]:
        """The tracks that take part: those not muted, and where tracks of a kind are solo, of that kind only those."""
        solo = {track.kind for track in self.tracks if track.solo}
        return tuple(t for t in self.tracks if not t.muted and (t.solo or t.kind not in solo))

    @property
    def seen(self) -> tuple[Track, ...]:
        """The tracks that are painted, in the order they are painted: captions lie over every picture."""
        seen = [track for track in self.live if track.kind != "audio"]
        return tuple(sorted(seen, key=lambda track: track.kind == "captions"))

    @property
    def heard(self) -> tuple[Track, ...]:
        """The tracks whose sound is mixed."""
        return tuple(track for track in self.live if track.kind != "captions")

    @property
    def frames(self) -> int:
        return max((track.frames for track in self.tracks), default=0)

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.fps

    def assets(self) -> set[str]:
        """Every file the film is made of: its clips' media, and the look-up tables of their colours."""
        clips = [item for track in self.tracks for item in track.items if isinstance(item, Clip)]
        return {clip.asset for clip in clips} | {clip.colour.lut for clip in clips if clip.colour and clip.colour.lut}

    def dump(self) -> dict[str, Any]:
        """The file's JSON form: `parse` gives the same timeline back."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    @classmethod
    def parse(cls, given: Timeline | dict[str, Any] | str | bytes) -> Timeline:
        """A timeline from a file's text or object. Raises `Invalid`, whose message opens with the path of the fault."""
        if isinstance(given, Timeline):
            return given
        try:
            if isinstance(given, str | bytes):
                given = json.loads(given)
            return cls.model_validate(given)
        except ValidationError as error:
            raise Invalid(in_words(error), "The timeline's schema is at /api/v1/schemas/timeline.") from None
        except (ValueError, RecursionError):
            raise Invalid("The timeline is not valid JSON.") from None

    @model_validator(mode="after")
    def sound(self) -> Timeline:
        """The rules that reach across items."""
        for path, fault in faults(self):
            raise PydanticCustomError("timeline", "{fault}", {"fault": f"{path}: {fault}"})
        return self
