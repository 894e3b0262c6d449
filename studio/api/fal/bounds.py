"""Numbers and sizes as a model takes them: within its bounds, in its steps, in the shape that was asked for."""

from __future__ import annotations

import math
import re
import typing
from typing import Any, Literal

from annotated_types import Ge, Gt, Le, Lt, MultipleOf

from pipelines.base import Model
from pipelines.faults import Invalid
from studio.types import Asset

SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "square_1_1": (1024, 1024),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
WRITTEN = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})", re.ASCII)
SHAPE = re.compile(r"([1-9]\d?):([1-9]\d?)", re.ASCII)
LINE = re.compile(r"(\d{3,4})p", re.ASCII)
LINES = {"360p": 360, "480p": 480, "540p": 540, "580p": 580, "720p": 720, "768p": 768, "1080p": 1080, "4k": 2160}


def number(name: str, value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not math.isfinite(found):
        raise Invalid(f"{name}: Input should be a valid number", "")
    return found


def shaped(model: Model, said: dict[str, Any], files: dict[str, Asset], options: dict[str, Any]) -> None:
    """Width and height: as said in pixels, else the model's own area in the shape that is said or shown."""
    fields = model.cls.Options.model_fields
    if not {"width", "height"} <= fields.keys():
        return
    own = [float(model.defaults.get(side, fields[side].default)) for side in ("width", "height")]
    ratio = shape(said.get("aspect_ratio"))
    size = wanted(model, said)
    if size is not None and model.task == "video" and isinstance(said.get("image_size"), str):
        ratio, size = ratio or size[0] / size[1], None  # a picture's size by name tells a shot no more than its shape
    lines = LINES.get(str(said.get("resolution")).lower())
    if size is None:
        seen = next((a for a in files.values() if a.width and a.height), None)
        if ratio is None and seen is not None:
            ratio = (seen.width or 1) / (seen.height or 1)
        if ratio is None and lines is None:
            return
        ratio = ratio or own[0] / own[1]
        short = lines or math.sqrt(own[0] * own[1] / max(ratio, 1 / ratio))
        size = (short * ratio, short) if ratio >= 1 else (short, short / ratio)
    options["width"], options["height"] = within(model, size)


def wanted(model: Model, said: dict[str, Any]) -> tuple[float, float] | None:
    """The size that is said in pixels, or by a name that stands for pixels."""
    if said.get("width") is not None and said.get("height") is not None:
        return pixels({"width": said["width"], "height": said["height"]})
    return pixels(said.get("image_size")) or pixels(said.get("resolution"))


def pixels(said: Any) -> tuple[float, float] | None:
    if isinstance(said, dict):
        sides = number("image_size.width", said.get("width")), number("image_size.height", said.get("height"))
        if min(sides) <= 0:
            raise Invalid("image_size: Input should be greater than 0", "")
        return sides
    if not isinstance(said, str):
        return None
    if written := WRITTEN.fullmatch(said):
        return float(written[1]), float(written[2])
    return SIZES.get(said)


def shape(said: Any) -> float | None:
    """Width over height of "16:9"; nothing for what says none, such as "auto"."""
    sides = SHAPE.fullmatch(said) if isinstance(said, str) else None
    return int(sides[1]) / int(sides[2]) if sides else None


def within(model: Model, size: tuple[float, float]) -> tuple[int, int]:
    """That shape, made larger or smaller until both sides are what the model takes."""
    bounds = [limits(model, side) for side in ("width", "height")]
    scale = max(1.0, *(low / side for (low, _, _), side in zip(bounds, size, strict=True)))
    scale = min(scale, *(high / side for (_, high, _), side in zip(bounds, size, strict=True)))
    sides = []
    for (low, high, step), side in zip(bounds, size, strict=True):
        sides.append(int(min(max(round(side * scale / step) * step, low), high // step * step)))
    return sides[0], sides[1]


def limits(model: Model, name: str) -> tuple[float, float, float]:
    """The least and the most of a number, and its step."""
    low, high, step = -math.inf, math.inf, 1.0
    for mark in model.cls.Options.model_fields[name].metadata:
        if isinstance(mark, Ge | Gt):
            low = float(mark.ge if isinstance(mark, Ge) else mark.gt)  # type: ignore[arg-type]
        elif isinstance(mark, Le | Lt):
            high = float(mark.le if isinstance(mark, Le) else mark.lt)  # type: ignore[arg-type]
        elif isinstance(mark, MultipleOf):
            step = float(mark.multiple_of)  # type: ignore[arg-type]
    return low, high, step


def fitted(model: Model, name: str, value: Any) -> Any:
    """A value as the model's option takes it: a number within its bounds, the nearest of the numbers it names."""
    field = model.cls.Options.model_fields.get(name)
    if field is None:
        return value
    if typing.get_origin(field.annotation) is Literal:
        return nearest(name, value, typing.get_args(field.annotation))
    if field.annotation in (int, float):
        low, high, _ = limits(model, name)
        kept = min(max(number(name, value), low), high)
        return round(kept) if field.annotation is int else kept
    if field.annotation is str and not isinstance(value, str | dict):
        raise Invalid(f"{name}: Input should be a valid string", "")
    return value


def nearest(name: str, value: Any, named: tuple[Any, ...]) -> Any:
    """The one that is meant; of numbers the nearest there is, and nothing for a word that is not there."""
    meant = next((one for one in named if str(one) == str(value)), None)
    numbers = {one: float(one) for one in named if str(one).replace(".", "", 1).isdecimal()}
    if meant is not None or not numbers:
        return meant
    wanted = number(name, value)
    return min(numbers, key=lambda one: abs(numbers[one] - wanted))


def enlarged(said: dict[str, Any]) -> str:
    """How large a picture or a film is to become, as the models that restore say it."""
    target = said.get("target_resolution")
    if said.get("upscale_mode") == "target" or (target and "upscale_factor" not in said):
        lines = int(written[1]) if (written := LINE.fullmatch(str(target))) else 1080
        return "720p" if lines < 900 else "1080p" if lines < 1600 else "4K"
    factor = number("upscale_factor", said.get("upscale_factor") or said.get("scale") or 2)
    return "same" if factor < 1.5 else "2x" if factor < 3 else "4x"
