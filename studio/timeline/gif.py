"""GIFs: one palette for the whole film, taken from frames spread over it; times in hundredths of a second."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from studio.timeline.model import Timeline
from studio.timeline.painter import Painter
from studio.timeline.picture import to_rgb
from studio.timeline.presets import ExportSettings
from studio.timeline.presets import size as film_size

WIDEST = 640
SAMPLED = 12


def size(timeline: Timeline, settings: ExportSettings) -> tuple[int, int]:
    """At most 640 wide unless a height was asked for."""
    if settings.height is None and timeline.width > WIDEST:
        settings = settings.model_copy(update={"height": max(16, round(timeline.height * WIDEST / timeline.width))})
    return film_size(timeline, settings)


def frame_numbers(timeline: Timeline, at_most: float) -> list[int]:
    """Every k-th frame, so that no more than `at_most` are shown a second."""
    step = max(1, -int(-timeline.fps // Fraction(at_most)))
    return list(range(0, timeline.frames, step))


def palette(painter: Painter, numbers: list[int]) -> Image.Image:
    """256 colours for frames taken all over the film."""
    spread = numbers[:: max(1, len(numbers) // SAMPLED)][:SAMPLED]
    small = [Image.fromarray(to_rgb(painter.frame(n))).resize((160, 90)) for n in spread]
    sheet = np.vstack([np.asarray(image) for image in small])
    return Image.fromarray(sheet).quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def write(
    out: Path, painter: Painter, numbers: list[int], fps: Fraction, progress: Callable[[float, str], None]
) -> None:
    colours = palette(painter, numbers)
    table = np.zeros((256, 4), np.uint8)
    rgb = np.array(colours.getpalette(), np.uint8).reshape(-1, 3)
    table[: len(rgb)] = np.column_stack([np.full(len(rgb), 255, np.uint8), rgb])
    with av.open(str(out), "w", format="gif", options={"loop": "0", "fflags": "+bitexact"}) as container:
        stream = container.add_stream("gif", rate=Fraction(100))
        stream.width, stream.height, stream.pix_fmt = painter.width, painter.height, "pal8"
        stream.codec_context.time_base = Fraction(1, 100)
        step = (numbers[1] - numbers[0]) if len(numbers) > 1 else painter.timeline.frames
        for n in numbers:
            progress(n / painter.timeline.frames, f"Frame {n}")
            image = Image.fromarray(to_rgb(painter.frame(n))).quantize(
                palette=colours, dither=Image.Dither.FLOYDSTEINBERG
            )
            pixels: Any = (np.asarray(image), table)
            frame = av.VideoFrame.from_ndarray(pixels, format="pal8")
            frame.pts, frame.time_base = round(n * 100 / fps), Fraction(1, 100)
            end = min(n + step, painter.timeline.frames)
            for packet in stream.encode(frame):
                packet.duration = round(end * 100 / fps) - round(n * 100 / fps)
                container.mux_one(packet)
        container.mux(stream.encode(None))
