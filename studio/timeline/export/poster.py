"""Single frames of a film as pictures: PNG, JPEG or WebP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from studio.timeline.export.order import Order, Report
from studio.timeline.export.presets import frame_at, size
from studio.timeline.model import Timeline
from studio.timeline.paint.painter import Painter
from studio.timeline.paint.picture import to_rgb
from studio.types import Asset

FINENESS = 92
"""JPEG's and WebP's quality."""


def frame(
    timeline: Timeline,
    media: Mapping[str, Asset],
    n: int,
    size: tuple[int, int] | None = None,
    burn_captions: bool = True,
) -> np.ndarray:
    """Frame n as an (h, w, 3) uint8 R'G'B' image, `size` = (w, h) or the canvas's own. Past the end: the last frame."""
    wide = size and tuple(max(2, 2 * round(side / 2)) for side in size)
    with Painter(timeline, media, wide, burn_captions) as painter:  # type: ignore[arg-type]
        return to_rgb(painter.frame(max(0, min(n, timeline.frames - 1))))


def to_still(order: Order) -> Report:
    """The frame asked for, else the first of the range."""
    at = order.settings.at
    n = order.first if at is None else frame_at(at, order.timeline.fps)
    wide = drawn(order, n, order.out)
    return Report(order.out, frames=1, width=wide[0], height=wide[1])


def drawn(order: Order, n: int, out: Path) -> tuple[int, int]:
    wide = size(order.timeline, order.settings)
    image = Image.fromarray(frame(order.timeline, order.media, n, wide, order.settings.burn_captions))
    image.save(out, quality=FINENESS) if out.suffix != ".png" else image.save(out)
    return wide


def with_poster(order: Order, report: Report, out: Path) -> Report:
    """The frame that stands for the film, as a JPEG beside it, when one was asked for."""
    at = order.settings.poster
    if at is None:
        return report
    path = out.with_name(f"{out.stem}-poster.jpg")
    part = order.out.with_suffix(".jpg")
    try:
        drawn(order, frame_at(at, order.timeline.fps), part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return replace(report, extras=(*report.extras, path))
