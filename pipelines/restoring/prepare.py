"""The filters that all restoring begins and ends with: whole frames of half ones, upright; size and samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from pipelines.restoring.graph import Filter, filtered
from pipelines.restoring.source import BT601, BT709, RGB, Source
from pipelines.restoring.steady import upright

PACE = {"fields": Fraction(2), "film": Fraction(4, 5)}
MATRIX = {BT709: "bt709", 4: "fcc", 5: "bt470bg", BT601: "smpte170m", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}


def whole(mode: str, order: str) -> list[Filter]:
    """Progressive frames of interlaced ones: `mode` frames, fields or film; `order` is the first field, tff or bff."""
    if mode == "film":
        again = ("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
        return [("fieldmatch", f"order={order}:combmatch=full"), again, ("decimate", "")]
    if mode in ("frames", "fields"):
        return [("bwdif", f"mode=send_{mode[:-1]}:parity={order}:deint=all")]
    return []


def finished(source: Source, size: tuple[int, int], deep: bool) -> list[Filter]:
    """To their size, in square pixels, 4:2:0 of eight or ten bits in video range, with the matrix they had."""
    said = "in_range=pc" if source.tags["color_range"] == 2 else "in_range=tv"
    if source.tags["colorspace"] == RGB or source.form.startswith(("rgb", "bgr", "gbr", "pal", "argb", "abgr")):
        said = "out_color_matrix=bt709"
    how = f"{size[0]}:{size[1]}:flags=lanczos+accurate_rnd+full_chroma_int:{said}:out_range=tv"
    return [("scale", how), ("setsar", "1"), ("format", "yuv420p10le" if deep else "yuv420p")]


def coloured(source: Source, size: tuple[int, int], deep: bool) -> list[Filter]:
    """To red, green and blue, full range, of eight or sixteen bits, in square pixels."""
    how = f"{size[0]}:{size[1]}:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp:out_range=pc"
    if source.tags["colorspace"] != RGB:
        said = "pc" if source.tags["color_range"] == 2 else "tv"
        how += f":in_color_matrix={MATRIX.get(source.matrix, 'bt709')}:in_range={said}"
    return [("scale", how), ("setsar", "1"), ("format", "rgb48le" if deep else "rgb24")]


def uncoloured(matrix: int, size: tuple[int, int], deep: bool) -> list[Filter]:
    """And back, in a size."""
    how = f"{size[0]}:{size[1]}:flags=lanczos+accurate_rnd+full_chroma_int:in_range=pc:out_range=tv"
    name = MATRIX.get(matrix, "bt709")
    return [("scale", f"{how}:out_color_matrix={name}"), ("setsar", "1"),
            ("format", "yuv420p10le" if deep else "yuv420p")]  # fmt: skip


def tags_of(frame: Any) -> dict[str, int]:
    names = ("colorspace", "color_primaries", "color_trc", "color_range")
    return {name: int(getattr(frame, name)) for name in names}


def heard(frames: Iterator[Any], tell: Callable[[], None]) -> Iterator[Any]:
    """The same frames; a cancel comes out between them."""
    for frame in frames:
        tell()
        yield frame


def prepared(frames: Iterator[Any], source: Source, mode: str, order: str, then: list[Filter]) -> Iterator[Any]:
    """Frames made whole and upright, and put through what follows."""
    chain = [*whole(mode, order), *upright(source), *then]
    if mode == "film":
        return restamped(frames, source, chain)
    return filtered(frames, chain, source.rate)


def restamped(frames: Iterator[Any], source: Source, chain: list[Filter]) -> Iterator[Any]:
    """Four frames in the time of five. ffmpeg counts them from where it began, rounded; here each has its own time."""
    first = next(frames, None)
    if first is None:
        return
    begins = first.pts

    def all_of() -> Iterator[Any]:
        yield first
        yield from frames

    for n, frame in enumerate(filtered(all_of(), chain, source.rate)):
        frame.pts, frame.time_base = 4 * begins + 5 * n * source.step, source.tick / 4
        yield frame
