"""GIFs: one palette for the whole film, taken from frames spread over it; times in hundredths of a second."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from studio.timeline.export.presets import ExportSettings
from studio.timeline.export.presets import size as film_size
from studio.timeline.model import Timeline
from studio.timeline.paint.painter import Painter
from studio.timeline.paint.picture import to_rgb

WIDEST = 640
SAMPLED = 12


def size(timeline: Timeline, settings: ExportSettings) -> tuple[int, int]:
    """At most 640 wide unless a height was asked for."""
    if settings.height is None and timeline.width > WIDEST:
        settings = settings.model_copy(update={"height": max(16, round(timeline.height * WIDEST / timeline.width))})
    return film_size(timeline, settings)


def frame_numbers(fps: Fraction, at_most: float, first: int, end: int) -> list[int]:
    """Every k-th of frames [first, end), so that no more than `at_most` are shown a second."""
    return list(range(first, end, max(1, -int(-fps // Fraction(at_most)))))


def palette(painter: Painter, numbers: list[int]) -> Image.Image:
    """256 colours for frames taken all over the film."""
    spread = numbers[:: max(1, len(numbers) // SAMPLED)][:SAMPLED]
    small = [Image.fromarray(to_rgb(painter.frame(n))).resize((160, 90)) for n in spread]
    sheet = np.vstack([np.asarray(image) for image in small])
    return Image.fromarray(sheet).quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def write(
    out: Path, painter: Painter, numbers: list[int], end: int, fps: Fraction, progress: Callable[[float, str], None]
) -> None:
    """The frames named, each shown until the next one, the last until `end`."""
    first = numbers[0]
    colours = palette(painter, numbers)
    table = np.zeros((256, 4), np.uint8)
    rgb = np.array(colours.getpalette(), np.uint8).reshape(-1, 3)
    table[: len(rgb)] = np.column_stack([np.full(len(rgb), 255, np.uint8), rgb])
    with av.open(str(out), "w", format="gif", options={"loop": "0", "fflags": "+bitexact"}) as container:
        stream = container.add_stream("gif", rate=Fraction(100))
        stream.width, stream.height, stream.pix_fmt = painter.width, painter.height, "pal8"
        stream.codec_context.time_base = Fraction(1, 100)
        for n, following in zip(numbers, [*numbers[1:], end], strict=True):
            progress((n - first) / (end - first), f"Frame {n - first} of {end - first}")
            image = Image.fromarray(to_rgb(painter.frame(n))).quantize(
                palette=colours, dither=Image.Dither.FLOYDSTEINBERG
            )
            pixels: Any = (np.asarray(image), table)
            frame = av.VideoFrame.from_ndarray(pixels, format="pal8")
            shown, gone = (round((m - first) * 100 / fps) for m in (n, following))
            frame.pts, frame.time_base = shown, Fraction(1, 100)
            for packet in stream.encode(frame):
                packet.duration = gone - shown
                container.mux_one(packet)
        container.mux(stream.encode(None))
