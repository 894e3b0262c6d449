"""Packets of finished pieces and of the sound, one after another into one film: nothing is encoded again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.error

from studio.timeline.export.encode import BITEXACT, failed, sealed


class Chapter(NamedTuple):
    """Frames [start, end) of the film, and what they are called."""

    start: int
    end: int
    title: str


def join(
    out: Path,
    pieces: list[tuple[Path, int]],
    sound: Path | None,
    fps: Fraction,
    title: str,
    kind: str,
    chapters: list[Chapter] | None = None,
    words: Path | None = None,
) -> None:
    """Copy the packets of the pieces (path, frames), one after another, of the sound and of captions into one file."""
    options = dict(BITEXACT)
    if kind in ("mp4", "mov"):  # a movie time scale in which a frame is a whole number, so that durations are exact
        options |= {"movflags": "+faststart", "movie_timescale": str(fps.numerator * max(1, 48_000 // fps.numerator))}
    beside = [path for path in (sound, words) if path is not None]
    heads = [av.open(str(path)) for path in [path for path, _ in pieces[:1]] + beside]
    try:
        with av.open(str(out), "w", format={"mkv": "matroska"}.get(kind, kind), options=options) as container:
            if title:
                container.metadata["title"] = title
            if chapters:
                container.set_chapters([written(n, chapter, fps) for n, chapter in enumerate(chapters)])
            streams = [container.add_stream_from_template(head.streams[0], opaque=True) for head in heads]
            if kind in ("mp4", "mov") and heads[0].streams[0].codec_context.codec_tag == "hvc1":
                streams[0].codec_context.codec_tag = "hvc1"  # under the other name, hev1, many players show nothing
            rows = [video_packets(pieces, fps)] if pieces else []
            rows += [head.demux(head.streams[0]) for head in heads[len(rows) :]]
            for n, packet in interleaved(rows):
                packet.stream = streams[n]
                container.mux_one(packet)
    except av.error.FFmpegError as error:
        raise failed(error) from None
    finally:
        for head in heads:
            head.close()


def written(n: int, chapter: Chapter, fps: Fraction) -> Any:
    """A chapter in milliseconds, as PyAV takes it."""
    start, end = (round(frame * 1000 / fps) for frame in chapter[:2])
    return {"id": n, "start": start, "end": end, "time_base": Fraction(1, 1000), "metadata": {"title": chapter.title}}


def video_packets(pieces: list[tuple[Path, int]], fps: Fraction) -> Iterator[Any]:
    """Every packet, timed in whole frames from the film's start."""
    start, heading = 0, None
    for path, frames in pieces:
        with sealed(path) as piece:
            stream = piece.streams.video[0]
            said = stream.codec_context.extradata
            if start and said != heading:
                raise failed(RuntimeError("two pieces do not fit together"))
            heading = said
            ticks = (stream.time_base or 0) * fps
            for packet in piece.demux(stream):
                if packet.size == 0 or packet.pts is None or packet.dts is None:
                    continue
                pts, dts = round(packet.pts * ticks), round(packet.dts * ticks)
                packet.pts, packet.dts, packet.duration = start + pts, start + dts, 1
                packet.time_base = 1 / fps
                yield packet
        start += frames


def interleaved(rows: list[Iterator[Any]]) -> Iterator[tuple[int, Any]]:
    """(row, packet), the earlier time first."""
    heads: list[Any] = [next(row, None) for row in rows]
    while any(head is not None for head in heads):
        times = [
            head.dts * head.time_base if head is not None and head.dts is not None else float("inf") for head in heads
        ]
        n = times.index(min(times))
        if heads[n] is None:
            return
        if heads[n].size:
            yield n, heads[n]
        heads[n] = next(rows[n], None)
