"""Pictures and sound into files, and files of packets into one film: the encoders' side of an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

from pipelines.faults import Fault
from studio.timeline.picture import Picture, buffer_of
from studio.timeline.presets import Spec

BITEXACT = {"fflags": "+bitexact"}
RATE = 48_000
BT709, LIMITED = 1, 1


class EncodingFailed(Fault):
    """An encoder gave up, or the disk is full."""


def failed(error: Exception) -> EncodingFailed:
    return EncodingFailed(f"The film could not be written: {error}.", "See whether the disk is full, then try again.")


def write_piece(path: Path, pictures: Iterable[Picture], spec: Spec) -> int:
    """Encode opaque pictures as one closed run, tagged BT.709, square pixels; says how many frames it wrote."""
    count, tick = 0, 1 / spec.fps
    with av.open(str(path), "w", options=dict(BITEXACT)) as container:
        stream: Any = container.add_stream(spec.coding.encoder, rate=spec.fps, options=dict(spec.coding.options))
        dress(stream.codec_context, spec)
        for picture in pictures:
            frame = av.VideoFrame.from_numpy_buffer(buffer_of(picture), "yuv420p")
            if spec.coding.pixels != "yuv420p":
                frame = frame.reformat(format=spec.coding.pixels)
            frame.pts, frame.time_base = count, tick
            frame.colorspace, frame.color_range = BT709, LIMITED
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode(None))
    return count


def dress(context: Any, spec: Spec) -> None:
    context.width, context.height, context.pix_fmt = spec.width, spec.height, spec.coding.pixels
    context.time_base, context.framerate = 1 / spec.fps, spec.fps
    context.sample_aspect_ratio = Fraction(1)
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED
    context.bit_rate = 0
    context.flags |= av.codec.context.Flags.bitexact | av.codec.context.Flags.closed_gop


def write_sound(path: Path, blocks: Iterable[np.ndarray], encoder: str, kbps: int) -> None:
    """Encode (n, 2) float32 blocks at 48 kHz."""
    done = 0
    with av.open(str(path), "w", options=dict(BITEXACT)) as container:
        stream: Any = container.add_stream(encoder, rate=RATE, layout="stereo")
        if kbps:
            stream.codec_context.bit_rate = kbps * 1000
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for block in blocks:
            if encoder.startswith("pcm_s16"):
                frame = av.AudioFrame.from_ndarray(dithered(block, done).reshape(1, -1), format="s16", layout="stereo")
            else:
                planar = np.ascontiguousarray(block.T)
                frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, done, Fraction(1, RATE)
            done += len(block)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def dithered(block: np.ndarray, at: int) -> np.ndarray:
    """To 16 bits with triangular dither, the same noise for the same place; digital silence stays silent."""
    noise = np.random.default_rng(at).random((2, *block.shape), np.float32).sum(0) - 1
    return np.rint(np.clip(block * 32767 + noise * (block != 0), -32768, 32767)).astype(np.int16)


def read_sound(path: Path) -> Iterator[np.ndarray]:
    """The blocks of a sound file at 48 kHz stereo, as a player hears them."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        for frame in container.decode(audio=0):
            frame.pts = None
            for part in resampler.resample(frame):
                yield part.to_ndarray().reshape(-1, 2)


def join(out: Path, pieces: list[tuple[Path, int]], sound: Path | None, fps: Fraction, title: str, kind: str) -> None:
    """Copy the packets of the pieces (path, frames), one after another, and of the sound into one file."""
    options = dict(BITEXACT)
    if kind in ("mp4", "mov"):  # a movie time scale in which a frame is a whole number, so that durations are exact
        options |= {"movflags": "+faststart", "movie_timescale": str(fps.numerator * max(1, 48_000 // fps.numerator))}
    heads = [av.open(str(path)) for path in [path for path, _ in pieces[:1]] + [sound] * (sound is not None)]
    try:
        with av.open(str(out), "w", format={"mkv": "matroska"}.get(kind, kind), options=options) as container:
            if title:
                container.metadata["title"] = title
            streams = [container.add_stream_from_template(head.streams[0]) for head in heads]
            rows = [video_packets(pieces, fps)] if pieces else []
            if sound is not None:
                rows.append(heads[-1].demux(heads[-1].streams[0]))
            for n, packet in interleaved(rows):
                packet.stream = streams[n]
                container.mux_one(packet)
    except av.error.FFmpegError as error:
        raise failed(error) from None
    finally:
        for head in heads:
            head.close()


def video_packets(pieces: list[tuple[Path, int]], fps: Fraction) -> Iterator[Any]:
    """Every packet, timed in whole frames from the film's start."""
    start = 0
    for path, frames in pieces:
        with av.open(str(path)) as piece:
            stream = piece.streams.video[0]
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
