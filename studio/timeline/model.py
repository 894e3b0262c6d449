"""A timeline is a stack of tracks, a track a row of items, time whole frames: the contract's timeline file as values.

Everything is frozen and checked when made; positions are computed, never stored, so a row cannot overlap itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.faults import Invalid
from studio.types import Frozen

TRANSITIONS = (
    "dissolve",
    "fade",
    "dip-to-black",
    "dip-to-white",
    "wipe-left",
    "wipe-right",
    "wipe-up",
    "wipe-down",
    "slide-left",
    "slide-right",
    "slide-up",
    "slide-down",
    "push-left",
    "push-right",
    "push-up",
    "push-down",
    "zoom-in",
    "zoom-out",
    "blur",
)
TITLE_STYLES = ("lower-third", "centre-card", "chapter", "corner", "quote", "credits", "end-roll", "kinetic")
MOVING = ("end-roll", "kinetic")
CAPTION_STYLES = ("subtitle", "outline", "large", "karaoke")
SUNG = ("karaoke",)
"""Caption styles that follow the words as they are said."""
EQS = ("voice", "warm", "bright", "full", "bass-cut", "treble-cut", "telephone")
COMPRESSORS = ("gentle", "voice", "strong")
DENOISES = ("light", "strong")
MARKER_COLOURS = ("amber", "red", "pink", "purple", "blue", "cyan", "green")
LONGEST_S = 24 * 3600


def ratio(value: Any) -> Fraction:
    """`"30000/1001"`, `30` or `29.97` as a fraction."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction) or len(str(value)) > 40:
        raise ValueError("write it as a ratio, such as '30/1'")
    try:
        found = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"'{value}' is not a ratio such as '30/1'") from None
    if found.denominator > 1_000_000 or abs(found.numerator) > 1_000_000_000:
        raise ValueError(f"'{value}' is too fine a ratio")
    return found


Ratio = Annotated[
    Fraction,
    BeforeValidator(ratio),
    PlainSerializer(lambda f: f"{f.numerator}/{f.denominator}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(/\d+)?$", "examples": ["30/1"]}),
]
Frames = Annotated[int, Field(strict=True, ge=1, le=20_000_000)]
Fade = Annotated[int, Field(strict=True, ge=0, le=20_000_000)]
Gain = Annotated[float, Field(ge=-96, le=24)]
Rectangle = tuple[float, float, float, float]
Slot = Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]


class Piece(Frozen):
    """What every noun here shares: the file's own names (`in`, `from`), and a dump that says only what was said."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)

    def model_post_init(self, _: Any) -> None:
        self.__pydantic_fields_set__.update(
            {"version", "fps", "width", "height", "tracks", "kind", "type", "items"} & type(self).model_fields.keys()
        )


class Motion(Piece):
    """How the seen rectangle `[x, y, w, h]` of the source picture (fractions of it) moves over an item's length."""

    start: Rectangle = Field((0, 0, 1, 1), alias="from")
    end: Rectangle = Field((0, 0, 1, 1), alias="to")
    ease: Literal["linear", "in", "out", "in-out"] = "linear"

    @field_validator("start", "end")
    @classmethod
    def inside(cls, r: Rectangle) -> Rectangle:
        x, y, w, h = r
        if not (w >= 0.01 and h >= 0.01 and x >= 0 and y >= 0 and x + w <= 1 + 1e-6 and y + h <= 1 + 1e-6):
            raise ValueError("a rectangle [x, y, w, h] must lie inside the picture, which is [0, 0, 1, 1]")
        return r


class Placed(Piece):
    """Where something painted lies: `position` is its centre in fractions of the canvas, `rotation` clockwise."""

    position: tuple[float, float] = (0.5, 0.5)
    scale: float = Field(1.0, gt=0, le=100)
    rotation: float = Field(0.0, ge=-3600, le=3600)
    opacity: float = Field(1.0, ge=0, le=1)
    blend: Literal["normal", "multiply", "screen", "add", "overlay", "lighten", "darken"] = "normal"

    @field_validator("position")
    @classmethod
    def near(cls, at: tuple[float, float]) -> tuple[float, float]:
        if max(map(abs, at)) > 100:
            raise ValueError("a position is in fractions of the canvas: [0.5, 0.5] is its middle")
        return at


class Sounding(Piece):
    """What sound is put through, in this order; a track's come after those of the clip that lies on it."""

    denoise: Literal[DENOISES] | None = None  # type: ignore[valid-type]
    eq: Literal[EQS] | None = None  # type: ignore[valid-type]
    compressor: Literal[COMPRESSORS] | None = None  # type: ignore[valid-type]


class Colour(Piece):
    """How a clip's colours are changed: exposure in stops, the others from -1 to 1 with 0 for as it is; then, where one
    is named, a look-up table: the asset of a .cube file."""

    exposure: float = Field(0.0, ge=-6, le=6)
    contrast: float = Field(0.0, ge=-1, le=1)
    saturation: float = Field(0.0, ge=-1, le=1)
    temperature: float = Field(0.0, ge=-1, le=1)
    lut: str | None = Field(None, min_length=1, max_length=200)


class Take(Piece):
    """Media that played in a clip's place before, and from where: what is needed to go back to it."""

    asset: str = Field(min_length=1, max_length=200)
    offset: int = Field(0, alias="in", strict=True, ge=0, le=20_000_000)


class Clip(Placed, Sounding):
    """Some frames of one asset: picture, sound or both. `in` is in timeline frames from the media's start.

    At frame n the media time is (in + n x speed) / fps. `reverse` plays the same stretch backwards; `loop` starts the
    media over when it ends; `freeze` holds its last frame; speed 0 holds the first. `crop` cuts the picture's edges
    away (left, top, right, bottom, in fractions of it) and leaves the rest where it was.
    """

    type: Literal["clip"] = "clip"
    asset: str = Field(min_length=1, max_length=200)
    offset: int = Field(0, alias="in", strict=True, ge=0, le=20_000_000)
    frames: Frames
    fit: Literal["cover", "contain", "stretch", "none"] = "cover"
    crop: Rectangle = (0, 0, 0, 0)
    motion: Motion | None = None
    colour: Colour | None = None
    speed: Ratio = Field(Fraction(1), ge=0, le=100)
    loop: bool = False
    freeze: bool = False
    reverse: bool = False
    gain_db: Gain = 0
    fade_in: Fade = 0
    fade_out: Fade = 0
    pan: float = Field(0.0, ge=-1, le=1)
    pitch: Literal["keep", "follow"] = "keep"
    muted: bool = False
    takes: tuple[Take, ...] = Field((), max_length=200, description="The other takes of its place, oldest first")
    slot: Slot | None = Field(None, description="What a take that is still being made knows this place by")

    @field_validator("crop")
    @classmethod
    def leaves_some(cls, r: Rectangle) -> Rectangle:
        left, top, right, bottom = r
        if min(r) < 0 or left + right > 0.99 or top + bottom > 0.99:
            raise ValueError("crop is [left, top, right, bottom], from 0, and must leave some of the picture")
        return r


class Gap(Piece):
    """Nothing, for a while: clear, and silent."""

    type: Literal["gap"] = "gap"
    frames: Frames
    slot: Slot | None = Field(None, description="What a take that is still being made knows this place by")


class Title(Placed):
    """Words over the picture, drawn in one of the title styles."""

    type: Literal["title"] = "title"
    text: str = Field(min_length=1, max_length=2000)
    style: Literal[TITLE_STYLES] = "lower-third"  # type: ignore[valid-type]
    frames: Frames
    fade_in: Fade = 0
    fade_out: Fade = 0


class Caption(Piece):
    """What is being said. `words` are `[text, first frame, end frame]` from the caption's own start."""

    type: Literal["caption"] = "caption"
    text: str = Field(min_length=1, max_length=2000)
    frames: Frames
    words: tuple[tuple[str, Fade, Fade], ...] = Field((), max_length=1000)


class Transition(Piece):
    """Stands between two items and plays the last `frames` of the one and the first of the other together."""

    type: Literal["transition"] = "transition"
    name: Literal[TRANSITIONS] = "dissolve"  # type: ignore[valid-type]
    frames: Frames


Item = Annotated[Clip | Gap | Title | Caption | Transition, Field(discriminator="type")]
HOLDS = {"video": (Clip, Gap, Title, Transition), "audio": (Clip, Gap, Transition), "captions": (Caption, Gap)}


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


def faults(timeline: Timeline) -> Iterator[tuple[str, str]]:
    """What one item alone cannot know: (path, what is wrong), first to last."""
    for t, track in enumerate(timeline.tracks):
        for n, item in enumerate(track.items):
            path = f"tracks[{t}].items[{n}]"
            if not isinstance(item, HOLDS[track.kind]):
                yield path, f"a {item.type} cannot lie on a track of kind '{track.kind}'"
            if isinstance(item, Transition):
                yield from transition_faults(track, n, path)
            if isinstance(item, Clip | Title) and item.fade_in + item.fade_out > item.frames:
                yield f"{path}.fade_out", f"fades of {item.fade_in} + {item.fade_out} frames in {item.frames} frames"
            for w, (_, first, end) in enumerate(item.words if isinstance(item, Caption) else ()):
                if first > end or end > item.frames:
                    yield f"{path}.words[{w}]", f"[{first}, {end}) is not inside the caption's {item.frames} frames"
    taken: set[int] = set()
    for n, marker in enumerate(timeline.markers):
        if marker.frame in taken:
            yield f"markers[{n}].frame", f"there is another marker at frame {marker.frame}"
        taken.add(marker.frame)
    if timeline.frames > LONGEST_S * timeline.fps:
        yield "tracks", f"the film would last {float(timeline.seconds) / 3600:.1f} hours; at most {LONGEST_S // 3600}"


def transition_faults(track: Track, n: int, path: str) -> Iterator[tuple[str, str]]:
    beside = [track.items[m] for m in (n - 1, n + 1) if 0 <= m < len(track.items)]
    if len(beside) < 2 or any(isinstance(item, Transition) for item in beside):
        yield path, "a transition stands between two items"
        return
    if any(isinstance(item, Gap) for item in beside) and all(isinstance(item, Gap) for item in beside):
        yield path, "a transition between two gaps shows nothing"
    item, frames = track.items[n], track.items[n].frames
    for neighbour, side in zip(beside, ("before", "after"), strict=True):
        if item.frames > neighbour.frames:
            yield f"{path}.frames", f"{frames} is longer than the {neighbour.type} {side} it ({neighbour.frames})"
    left = track.items[n - 2] if n >= 2 else None
    if isinstance(left, Transition) and left.frames + frames > beside[0].frames:
        yield (
            f"{path}.frames",
            f"{left.frames} + {frames} frames of transition in a {beside[0].type} of {beside[0].frames}",
        )


def in_words(error: ValidationError) -> str:
    """The first finding as `tracks[0].items[2].frames: what is wrong`, and how many more there are."""
    findings = error.errors(include_url=False, include_input=False)
    first, more = findings[0], len(findings) - 1
    path = path_of(first["loc"])
    fault = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        fault = "nobody knows this key"
    elif first["type"].startswith("union_tag"):
        fault = "an item's type is clip, gap, title, caption or transition"
    return f"{path}: {fault}" * bool(path) + fault * (not path) + f" (and {more} more)" * bool(more)


def path_of(loc: tuple[str | int, ...]) -> str:
    """Pydantic's location in the file's own terms: without the union tags it adds after an item's number."""
    path, tags = "", {"clip", "gap", "title", "caption", "transition"}
    for n, part in enumerate(loc):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part in tags and n >= 2 and loc[n - 2] == "items"):
            path += f".{part}" if path else part
    return path
