"""A size as OpenAI writes it, `1024x1536`, in the sides that a model can make."""

from __future__ import annotations

import math
import re
from typing import Any

from studio.api.openai.errors import Refused

SIZE = re.compile(r"(\d{1,5})\s*[x×*]\s*(\d{1,5})", re.IGNORECASE)


def read(size: str | None) -> tuple[int, int] | None:
    """Width and height in pixels; None for `auto`. Raises `Refused`."""
    if size in (None, "", "auto"):
        return None
    said = SIZE.fullmatch(str(size).strip())
    sides = (int(said[1]), int(said[2])) if said else (0, 0)
    if not said or min(sides) < 16 or max(sides) > 8192:
        raise Refused(f"size: {str(size)[:40]!r} is no size; write WIDTHxHEIGHT in pixels, such as 1024x1024.", "size")
    return sides


def sides_for(schema: dict[str, Any], size: tuple[int, int]) -> dict[str, int]:
    """`width` and `height` in that shape, at least so large, in the model's steps. What is made is then cut, or drawn
    smaller, to the size asked for. Raises `Refused` for more than the model makes."""
    fields = [schema[name] for name in ("width", "height")]
    factor = max(1.0, *(field.get("minimum", 1) / side for field, side in zip(fields, size, strict=True)))
    sides = dict[str, int]()
    for name, field, side in zip(("width", "height"), fields, size, strict=True):
        step = field.get("multipleOf", 1)
        sides[name] = math.ceil(side * factor / step - 1e-9) * step
        if sides[name] > field.get("maximum", sides[name]):
            most = " x ".join(str(f.get("maximum")) for f in fields)
            raise Refused(f"size: this model makes at most {most} pixels.", "size")
    return sides
