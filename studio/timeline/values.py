"""What the timeline's nouns are made of: the names they may bear, and their numbers, each checked when it is made."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

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

    always_said: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        said = {"version", "fps", "width", "height", "tracks", "kind", "type", "items"}
        cls.always_said = frozenset(said & cls.model_fields.keys())

    def model_post_init(self, _: Any) -> None:
        self.__pydantic_fields_set__.update(self.always_said)
