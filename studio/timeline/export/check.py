"""Looks at a file once more after it was written: frames, times, lengths, and whether it decodes without a word."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from pipelines.faults import Fault
from studio.timeline.export.encode import sealed

RATE = 48_000


class CheckFailed(Fault):
    """The file that was written is not the film that was asked for."""


def wrong(path: Path, what: str) -> CheckFailed:
    return CheckFailed(f"The export was checked and is wrong: {path.suffix} {what}.", "Export it again.")


def piece(path: Path, frames: int) -> None:
    """A piece just made: as many packets as frames, and a first picture that decodes without complaint.

    A film joined from pieces can only fail where one begins; what lies between comes straight from the encoder."""
    try:
        with sealed(path) as container:
            stream: Any = container.streams.video[0]
            stream.codec_context.thread_count = 1
            stream.codec_context.options = {"err_detect": "explode"}
            packets = (packet for packet in container.demux(stream) if packet.size)
            first, count = first_of(stream.codec_context, packets)
    except av.error.FFmpegError as error:
        raise wrong(path, f"does not decode: {error.strerror}") from None
    if count != frames:
        raise wrong(path, f"has {count} frames instead of {frames}")
    if first is None or first.is_corrupt:
        raise wrong(path, "begins with a damaged picture")


def first_of(decoder: Any, packets: Iterator[Any]) -> tuple[Any, int]:
    """The first picture, None where the first packet holds none; and how many packets there are."""
    packet = next(packets, None)
    if packet is None:
        return None, 0
    shown = [*decoder.decode(packet), *decoder.decode(None)]
    return next(iter(shown), None), 1 + sum(1 for _ in packets)


def decodes(path: Path, frames: int) -> None:
    """Decode every frame; what a decoder would complain about is a fault."""
    count = 0
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            stream.codec_context.options = {"err_detect": "explode"}
            for frame in container.decode(stream):
                count += 1
                if frame.is_corrupt:
                    raise wrong(path, f"has a damaged frame {count}")
    except av.error.FFmpegError as error:
        raise wrong(path, f"does not decode: {error.strerror}") from None
    if count != frames:
        raise wrong(path, f"has {count} frames instead of {frames}")


def film(path: Path, frames: int, fps: Fraction, sound: bool) -> None:
    """A whole film's packets: as many frames as asked for, evenly spaced from 0, with sound of the same length."""
    try:
        with av.open(str(path)) as container:
            video: Any = container.streams.video[0]
            tick: Fraction = video.time_base
            times: list[int] = []
            heard = Fraction(0)
            packets: Iterator[Any] = container.demux()
            for packet in packets:
                if packet.size and packet.stream_index == video.index:
                    times.append(packet.pts)
                elif packet.size:
                    heard = max(heard, (packet.pts + (packet.duration or 0)) * packet.time_base)
            tracks = len(container.streams.audio)
    except av.error.FFmpegError as error:
        raise wrong(path, f"cannot be read: {error.strerror}") from None
    if len(times) != frames:
        raise wrong(path, f"has {len(times)} frames instead of {frames}")
    begin = min(times, default=0)  # Matroska knows no time before 0, so its picture waits for the sound's run-up
    if begin * tick > Fraction(1, 20):
        raise wrong(path, f"begins at {float(begin * tick):.3f} s")
    for n, pts in enumerate(t - begin for t in sorted(times)):
        if abs(pts * tick - n / fps) > max(tick, Fraction(1, 2000)):
            raise wrong(path, f"shows frame {n} at {float(pts * tick):.4f} s instead of {float(n / fps):.4f} s")
    if sound and (not tracks or abs(heard - begin * tick - frames / fps) > Fraction(1, 20)):
        raise wrong(path, f"has {float(heard):.3f} s of sound instead of {float(frames / fps):.3f} s")


def pictures(path: Path, frames: int, seconds: float) -> None:
    """A GIF: its frames, and its length to a tenth of a second."""
    with av.open(str(path)) as container:
        found = [frame.pts for frame in container.decode(video=0)]
        length = float((container.duration or 0) / av.time_base)
    if len(found) != frames or abs(length - seconds) > 0.1:
        raise wrong(path, f"has {len(found)} frames, {length:.2f} s, instead of {frames} and {seconds:.2f} s")


def sound(path: Path, seconds: Fraction) -> None:
    """A file of sound alone, to a hundredth of a second; to a twentieth where the codec counts in blocks."""
    close = Fraction(1, 100 if path.suffix in (".wav", ".flac") else 20)
    with av.open(str(path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
        length = Fraction(samples, container.streams.audio[0].rate)
    if abs(length - seconds) > close:
        raise wrong(path, f"lasts {float(length):.3f} s instead of {float(seconds):.3f} s")
