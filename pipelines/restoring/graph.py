"""Puts frames through ffmpeg's own filters, here, with their times. A chain is a list of (name, arguments)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

Filter = tuple[str, str]


class Frame(NamedTuple):
    """A frame in the film's own ticks (`Plan.tick`): planes Y, U, V of 4:2:0, uint8 or, of ten bits, uint16; or one
    plane (h, w, 3) of red, green and blue."""

    pts: int
    planes: tuple[np.ndarray, ...]


def filtered(frames: Iterable[Any], chain: Sequence[Filter], rate: Fraction) -> Iterator[Any]:
    """av frames through a chain, as they come. `rate` is told to filters that ask for one."""
    import av.error

    graph: Any = None
    size = form = None
    for frame in frames:
        if graph is None:
            graph, size, form = built(frame, chain, rate), (frame.width, frame.height), frame.format.name
        if (frame.width, frame.height, frame.format.name) != (*size, form):  # type: ignore[misc]
            pts = frame.pts
            frame = frame.reformat(*size, form)  # type: ignore[misc]
            frame.pts = pts
        graph.push(frame)
        yield from pulled(graph)
    if graph is not None:
        with suppress(av.error.EOFError):
            graph.push(None)
        yield from pulled(graph)


def pulled(graph: Any) -> Iterator[Any]:
    import av.error

    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def built(frame: Any, chain: Sequence[Filter], rate: Fraction) -> Any:
    import av.filter

    graph = av.filter.Graph()
    graph.threads = 2
    base = frame.time_base
    aspect = getattr(frame, "sample_aspect_ratio", None) or Fraction(1)
    said = (
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base={base.numerator}/"
        f"{base.denominator}:pixel_aspect={aspect.numerator}/{aspect.denominator}:frame_rate={rate.numerator}/"
        f"{rate.denominator}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}"
    )
    nodes = [graph.add("buffer", said)]
    nodes += [graph.add(name, arguments) if arguments else graph.add(name) for name, arguments in chain]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def planes_of(frame: Any) -> tuple[np.ndarray, ...]:
    """The samples of a yuv420p, yuv420p10le, rgb24 or rgb48le frame, copied."""
    name = frame.format.name
    kind = np.uint8 if name in ("yuv420p", "rgb24") else np.uint16
    colours = 3 if name.startswith("rgb") else 1
    found = []
    for plane in frame.planes:
        row = plane.line_size // kind().itemsize
        width = plane.width * colours
        whole = np.frombuffer(memoryview(plane), kind).reshape(-1, row)[: plane.height, :width]
        found.append(whole.reshape(plane.height, plane.width, 3).copy() if colours == 3 else whole.copy())
    return tuple(found)


def frame_of(planes: Sequence[np.ndarray], form: str, pts: int, tick: Fraction, tags: dict[str, int]) -> Any:
    """An av frame of these samples; the other way round."""
    import av

    height, width = planes[0].shape[:2]
    frame = av.VideoFrame(width, height, form)
    for plane, samples in zip(frame.planes, planes, strict=True):
        rows: np.ndarray = np.frombuffer(memoryview(plane), samples.dtype).reshape(plane.height, -1)
        flat = samples.reshape(samples.shape[0], -1)
        rows[:, : flat.shape[1]] = flat
    frame.pts, frame.time_base = pts, tick
    for name, value in tags.items():
        setattr(frame, name, value)
    return frame
