"""Pictures and sound into files, and files of packets into one film: the encoders' side of an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np

from pipelines import ffmpeg
from pipelines.beside import beside
from pipelines.ffmpeg import EncodingFailed
from studio.timeline.export.codecs import Spec
from studio.timeline.paint.picture import BLACK, Picture, buffer_of

BITEXACT = {"fflags": "+bitexact"}
RATE = 48_000
BT709, LIMITED = 1, 1
SIXTEEN_BITS = ("pcm_s16le", "flac")


def failed(error: Exception) -> EncodingFailed:
    return EncodingFailed(f"The film could not be written: {error}.", "See whether the disk is full, then try again.")


def sealed(path: Path) -> Any:
    """A piece of ours, open for its packets: no look at its first pictures, which costs more than to copy them all."""
    unseen: Any = [{"skip_frame": "all"}]
    return av.open(str(path), stream_options=unseen)


def write_piece(path: Path, pictures: Iterable[Picture], spec: Spec, ahead: int = 0) -> int:
    """Encode pictures as one closed run, tagged BT.709, square pixels; with `ahead`, beside the painting of so many
    more, which is worth its while where cores would be idle. Says how many frames it wrote."""
    if spec.coding.tool is not None:
        return piped_piece(path, pictures, spec)
    tick = 1 / spec.fps
    with av.open(str(path), "w", options=dict(BITEXACT)) as container:
        stream: Any = container.add_stream(spec.coding.encoder, rate=spec.fps, options=dict(spec.coding.options))
        dress(stream.codec_context, spec)

        def put(numbered: tuple[int, Picture]) -> None:
            n, picture = numbered
            frame = frame_of(picture, spec.coding.pixels)
            frame.pts, frame.time_base = n, tick
            frame.colorspace, frame.color_range = BT709, LIMITED
            container.mux(stream.encode(frame))

        count = beside(put, enumerate(pictures), ahead) if ahead else sum(1 for _ in map(put, enumerate(pictures)))
        container.mux(stream.encode(None))
    return count


def piped_piece(path: Path, pictures: Iterable[Picture], spec: Spec) -> int:
    """The same through the ffmpeg program, which reaches encoders that the library does not bring."""
    assert spec.coding.tool is not None
    count, (before, after) = 0, spec.coding.tool
    come = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{spec.width}x{spec.height}", "-r", str(spec.fps))
    leave = ("-c:v", spec.coding.encoder, *after, *ffmpeg.BT709, *ffmpeg.BITEXACT)
    with ffmpeg.feeding([*before, *come, "-i", "pipe:0", *leave, str(path)]) as pipe:
        for picture in pictures:
            pipe.write(np.ascontiguousarray(buffer_of(picture)).data)
            count += 1
    return count


def frame_of(picture: Picture, pixels: str) -> Any:
    """The picture as the encoder takes it; with alpha when these pixels have it."""
    if pixels.startswith("yuva444p10"):
        return clear_frame(picture, pixels)
    # PyAV's frame over a buffer loses two lines, and with them the chroma's places, where a height has no quarter.
    over = av.VideoFrame.from_ndarray if picture.height % 4 else av.VideoFrame.from_numpy_buffer
    frame = over(buffer_of(picture), "yuv420p")
    return frame if pixels == "yuv420p" else frame.reformat(format=pixels)


def clear_frame(picture: Picture, pixels: str) -> Any:
    """10 bits, chroma for every pixel, and alpha; colours are as if nothing had been multiplied by it."""
    frame = av.VideoFrame(picture.width, picture.height, pixels)
    size, opaque = (picture.width, picture.height), np.full_like(picture.y, 255)
    alpha = opaque if picture.alpha is None else picture.alpha[0]
    chroma = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in (picture.u, picture.v)]
    weight = 255 / np.maximum(alpha, 1).astype(np.float32)
    colours = [np.where(alpha, plane * weight, rest) for plane, rest in zip((picture.y, *chroma), BLACK, strict=True)]
    planes: Any = frame.planes
    for plane, values in zip(planes, (*colours, alpha * (1023 / 255 / 4)), strict=True):
        rows = np.frombuffer(plane, np.uint16).reshape(plane.height, plane.line_size // 2)
        rows[:, : plane.width] = np.rint(np.clip(values * 4, 0, 1023))
    return frame


def dress(context: Any, spec: Spec) -> None:
    context.width, context.height, context.pix_fmt = spec.width, spec.height, spec.coding.pixels
    context.time_base, context.framerate = 1 / spec.fps, spec.fps
    context.sample_aspect_ratio = Fraction(1)
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED
    context.bit_rate = 0
    if spec.coding.tag:
        context.codec_tag = spec.coding.tag
    context.flags |= av.codec.context.Flags.bitexact | av.codec.context.Flags.closed_gop


def write_sound(path: Path, blocks: Iterable[np.ndarray], encoder: str, kbps: int) -> None:
    """Encode (n, 2) float32 blocks at 48 kHz."""
    done = 0
    with av.open(str(path), "w", options=dict(BITEXACT)) as container:
        stream: Any = container.add_stream(encoder, rate=RATE, layout="stereo")
        if kbps:
            stream.codec_context.bit_rate = kbps * 1000
        stream.codec_context.flags |= av.codec.context.Flags.bitexact

        def put(block: np.ndarray) -> None:
            nonlocal done
            if encoder in SIXTEEN_BITS:
                frame = av.AudioFrame.from_ndarray(dithered(block, done).reshape(1, -1), format="s16", layout="stereo")
            else:
                planar = np.ascontiguousarray(block.T)
                frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, done, Fraction(1, RATE)
            done += len(block)
            container.mux(stream.encode(frame))

        beside(put, blocks)
        container.mux(stream.encode(None))


def dithered(block: np.ndarray, at: int) -> np.ndarray:
    """To 16 bits with triangular dither, the same noise for the same place; digital silence stays silent."""
    noise = np.random.default_rng(at).random((2, *block.shape), np.float32).sum(0) - 1
    return np.rint(np.clip(block * 32767 + noise * (block != 0), -32768, 32767)).astype(np.int16)


def read_sound(path: Path) -> Iterator[np.ndarray]:
    """The sound of a file at 48 kHz stereo, as a player hears it, in blocks of about a second."""
    parts, held = list[np.ndarray](), 0
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        for frame in container.decode(audio=0):
            frame.pts = None
            for part in resampler.resample(frame):
                parts.append(part.to_ndarray().reshape(-1, 2))
                held += len(parts[-1])
            if held >= RATE:
                yield np.concatenate(parts)
                parts, held = [], 0
    if parts:
        yield np.concatenate(parts)
