"""Writes chunks as they are made, and joins them, with their sound, to one film."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipelines.beside import beside
from pipelines.ffmpeg import x264_steady
from pipelines.restoring.graph import Frame, frame_of
from pipelines.restoring.source import opened

AHEAD_S = 10
"""What is added to times in a chunk's file, whose form knows none below 0."""
BEFORE_S = Fraction(1, 10)
"""Sound from so long before the beginning goes along, unheard: its first packets cannot be decoded without."""
DELAY = 2
"""Frames by which the encoders decode ahead of what is shown, at most."""
CRF = {"small": 22, "good": 17, "best": 11}


def form_of(deep: bool) -> str:
    return "yuv420p10le" if deep else "yuv420p"


def write(path: Path, frames: Iterable[Frame], *, size: tuple[int, int], deep: bool, tick: Fraction, rate: Fraction,
          tags: dict[str, int], quality: str, light: dict[str, str] | None = None, form: str = "nut",
          ahead_s: int | None = None) -> int:  # fmt: skip
    """A chunk of H.264, or, of ten bits, of HEVC, with the `light` it was mastered for; says how many frames it has."""
    import av

    ahead = round((AHEAD_S if ahead_s is None else ahead_s) / tick)
    with av.open(str(path), "w", format=form, options={"fflags": "bitexact"}) as out:
        stream: Any = out.add_stream("libx265" if deep else "libx264", rate=rate)
        coder = stream.codec_context
        coder.width, coder.height, coder.pix_fmt = *size, form_of(deep)
        coder.time_base, coder.framerate = tick, rate
        coder.options = hevc(CRF[quality], light or {}) if deep else h264(CRF[quality], *size)
        coder.thread_count = 2
        for name, value in tags.items():
            setattr(coder, name, value)

        def put(frame: Frame) -> None:
            out.mux(stream.encode(frame_of(frame.planes, form_of(deep), frame.pts + ahead, tick, tags)))

        count = beside(put, frames)
        out.mux(stream.encode(None))
    return count


def h264(crf: int, width: int, height: int) -> dict[str, str]:
    """Without the macroblock tree, with which x264 makes other bytes of the same frames once in some dozen times."""
    steady = f"stitchable=1:mbtree=0:{x264_steady(width, height)}"
    return {"preset": "veryfast", "crf": str(crf), "bf": "2", "g": "60", "x264-params": steady}


def hevc(crf: int, light: dict[str, str]) -> dict[str, str]:
    said = f"crf={crf + 2}:keyint=60:bframes=2:log-level=error:pools=2:frame-threads=1:open-gop=0"
    said = ":".join([said, *(f"{name}={value}" for name, value in light.items())])
    return {"preset": "veryfast", "x265-params": said}


def join(path: Path, chunks: list[Path], sound: Path | None, *, tick: Fraction, zero: Fraction, step: int,
         sound_zero: Fraction, until: Fraction, progress: Callable[[float], None]) -> None:  # fmt: skip
    """An MP4 of the chunks in a row, and the packets of `sound` as they are. `zero` and `sound_zero` are the times of
    either that become 0; sound after `until` seconds is left out. `step` is the last frame's length."""
    import av

    with av.open(
        str(path),
        "w",
        format="mp4",
        options={"movflags": "+faststart", "fflags": "+bitexact", "avoid_negative_ts": "disabled"},
    ) as out:
        with opened(chunks[0]) as first:
            video = out.add_stream_from_template(first.streams.video[0])
            if video.codec_context.name == "hevc" or "265" in video.codec_context.name:
                video.codec_context.codec_tag = "hvc1"
        video.time_base = tick
        pictures = packets(chunks, video, tick, zero, step, progress)
        if sound is None:
            for packet in pictures:
                out.mux(packet)
            return
        with opened(sound) as heard:
            track = out.add_stream_from_template(heard.streams.audio[0])
            for packet in merged(pictures, heard_from(heard, track, sound_zero, until)):
                out.mux(packet)


def packets(chunks: list[Path], video: Any, tick: Fraction, zero: Fraction, step: int,
            progress: Callable[[float], None]) -> Iterator[Any]:  # fmt: skip
    """The chunks' packets in the film's time. A frame is decoded two frames before it is shown at the latest, and none
    before the one before it, whatever the chunk's own file says."""
    last, shift = None, round(zero / tick) + round(AHEAD_S / tick)
    for n, chunk in enumerate(chunks):
        progress(n / len(chunks))
        with opened(chunk) as held:
            found = [packet for packet in held.demux(held.streams.video[0]) if packet.size]
            times = [round(packet.pts * packet.time_base / tick) - shift for packet in found]
            shown = sorted(times)
            for k, (packet, pts) in enumerate(zip(found, times, strict=True)):
                dts = shown[k - DELAY] if k >= DELAY else shown[0] - (DELAY - k) * step
                last = dts if last is None else max(dts, last + 1)
                packet.time_base, packet.duration, packet.stream = tick, step, video
                packet.pts, packet.dts = pts, last
                yield packet


def heard_from(heard: Any, track: Any, zero: Fraction, until: Fraction) -> Iterator[Any]:
    for packet in heard.demux(heard.streams.audio[0]):
        if not packet.size or packet.pts is None:
            continue
        base = packet.time_base
        begins, lasts = packet.pts * base - zero, (packet.duration or 0) * base
        if begins >= until:
            return
        if begins + lasts <= -BEFORE_S:
            continue
        shift = round(zero / base)
        packet.pts, packet.dts = packet.pts - shift, (packet.dts if packet.dts is not None else packet.pts) - shift
        packet.stream = track
        yield packet


def merged(a: Iterator[Any], b: Iterator[Any]) -> Iterator[Any]:
    """Both in the order of their times, with no more of either in memory than the next."""
    import heapq

    def timed(found: Iterator[Any], rank: int) -> Iterator[tuple[Fraction, int, int, Any]]:
        for n, packet in enumerate(found):
            yield packet.dts * packet.time_base, rank, n, packet

    for *_, packet in heapq.merge(timed(a, 0), timed(b, 1)):
        yield packet
