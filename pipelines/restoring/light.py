"""How bright a film of high range was mastered: read from its frames, and said again in what is made of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

COLOUR, LUMINANCE = 50_000, 10_000
"""What SMPTE ST 2086 counts chromaticities and candelas in."""


def said(frame: Any) -> dict[str, str]:
    """x265's settings for the mastering display and the content's light level that a frame tells; {} for none."""
    held = {data.type.name: bytes(data) for data in frame.side_data}
    found = {}
    if display := mastering(held.get("MASTERING_DISPLAY_METADATA", b"")):
        found["master-display"] = display
    if level := held.get("CONTENT_LIGHT_LEVEL"):
        found["max-cll"] = "{},{}".format(*struct.unpack_from("=2I", level))
    return found


def mastering(data: bytes) -> str:
    """FFmpeg's AVMasteringDisplayMetadata: x and y of red, green, blue and white, least and most luminance, all as
    fractions, and which of the two kinds it has."""
    if len(data) < 88:
        return ""
    numbers = struct.unpack_from("=22i", data)
    shares = (Fraction(top, bottom or 1) for top, bottom in zip(numbers[0:20:2], numbers[1:20:2], strict=True))
    red, green, blue, white, light = pairs(shares)
    if not all(numbers[20:22]):
        return ""
    colours = zip("GBR", (green, blue, red), strict=True)
    text = "".join(f"{name}{whole(xy, COLOUR)}" for name, xy in (*colours, ("WP", white)))
    return f"{text}L{whole(light[::-1], LUMINANCE)}"


def pairs(numbers: Iterator[Fraction]) -> list[tuple[Fraction, Fraction]]:
    return list(zip(numbers, numbers, strict=True))


def whole(pair: tuple[Fraction, Fraction], unit: int) -> str:
    return "({},{})".format(*(round(number * unit) for number in pair))
