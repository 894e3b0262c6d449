"""What a film or a sound is, read through ffmpeg's own libraries: streams, size, speed, length, whether it is whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.faults import TooLarge
from studio.library.media import ALONE, STREAMS, BrokenFile, Facts, Limits, UnsupportedFile, check_pixels, facts

if TYPE_CHECKING:
    from av.container import InputContainer

# Their headers do not say how long they are, or guess: every packet is counted.
COUNTED = ("mp3", "aac", "gif", "mpegts", "mpeg")
TAIL_S = 3.0


def opened(path: Path, form: str) -> InputContainer:
    """A container read with the named demuxer and no other, so that content cannot pose as a playlist."""
    import av

    return av.open(f"file:{path.absolute()}", format=form, options=ALONE, metadata_errors="replace", timeout=30)


def look(path: Path, form: str, limits: Limits) -> Facts:
    with opened(path, form) as container:  # a stream must not be touched once its container is closed
        video, sounds = picture_of(container), container.streams.audio
        if len(container.streams) > STREAMS:
            raise UnsupportedFile(f"The file has {len(container.streams)} streams.", "Keep one picture and its sound.")
        if video is None and not sounds:
            raise UnsupportedFile("The file holds neither picture nor sound.", "Choose another file.")
        stream = video or sounds[0]
        if stream.codec_context is None:
            raise UnsupportedFile("The file is in a codec that the studio does not decode.", "Save it as MP4 or WAV.")
        if video is not None:
            check_pixels(video.codec_context.width * video.codec_context.height, limits)
        index, told = stream.index, told_length(container, stream)
        check_length(told, limits)
        frame = first_frame(container, stream)
        suffix, more = suffix_of(form, container, video is not None, sounds), {"kind": "audio", "sound": True}
        if video is not None:
            turned = frame.rotation % 180 == 90
            width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
            fps = float(video.average_rate or video.guessed_rate or 0) or None
            more = {"kind": "video", "width": width, "height": height, "fps": fps, "sound": bool(sounds)}
    length = counted_length(path, form, limits, index, told)
    if length <= 0:
        raise BrokenFile("The file holds no time at all: it is cut short.", "Save or copy it again.")
    return facts(suffix, duration_s=round(length, 6), **more)


def picture_of(container: InputContainer) -> Any:
    """The stream that moves; a cover picture inside a song is none."""
    from av.stream import Disposition

    return next((s for s in container.streams.video if not s.disposition & Disposition.attached_pic), None)


def told_length(container: InputContainer, stream: Any) -> float:
    """Seconds by the header; 0 when it does not say."""
    if stream.duration is not None and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    begun = container.start_time or 0 if container.format.name.startswith("matroska") else 0  # its length counts from 0
    return max(0.0, ((container.duration or 0) - begun) / 1e6)


def check_length(seconds: float, limits: Limits) -> None:
    if seconds > limits.seconds:
        raise TooLarge(
            f"It lasts {seconds / 3600:.1f} hours; the studio takes {limits.seconds / 3600:.3g}.", "Cut it into parts."
        )


def first_frame(container: InputContainer, stream: Any) -> Any:
    for frame in container.decode(stream):
        return frame
    raise BrokenFile("Nothing in the file can be decoded: it is damaged or cut short.", "Save or copy it again.")


def counted_length(path: Path, form: str, limits: Limits, index: int, told: float) -> float:
    """Seconds the stream's packets really reach. What its header told is kept when the end of the file bears it out."""
    counted = told == 0 or form in COUNTED
    with opened(path, form) as container:
        stream: Any = container.streams[index]
        stated = stream.duration is not None and stream.duration > 0  # by this stream itself, not the file's longest
        reach, furthest = reached(container, stream, limits, 0 if counted else max(0.0, told - TAIL_S))
    if counted or not told:
        return reach
    if (reach if stated else furthest) < told - min(1.0, 0.25 + 0.02 * told):
        raise BrokenFile(f"It says it lasts {told:.1f} s but ends after {furthest:.1f} s.", "Copy it again, whole.")
    if stated or reach:
        return told if stated else reach
    return counted_length(path, form, limits, index, 0)  # its sound goes on long after its picture


def reached(container: InputContainer, stream: Any, limits: Limits, since: float) -> tuple[float, float]:
    """How far the packets from `since` on go, in seconds: the stream's own, and any stream's."""
    import av

    start = float((stream.start_time or 0) * stream.time_base)
    if since:
        with suppress(av.FFmpegError):  # then every packet is counted
            container.seek(int((start + since) / stream.time_base), stream=stream)
    reach = furthest = 0.0
    frames = 0
    for packet in container.demux():
        if packet.pts is None:
            continue
        ends = float((packet.pts + (packet.duration or 0)) * packet.time_base) - start
        furthest = max(furthest, ends)
        if packet.stream_index == stream.index:
            reach, frames = max(reach, ends), frames + 1
            check_length(reach, limits)
            if container.format.name == "gif" and frames > limits.gif_frames:
                raise TooLarge(f"The GIF has over {limits.gif_frames} frames.", "Save it as an MP4.")
    return reach, furthest


def suffix_of(form: str, container: InputContainer, moving: bool, sounds: Any) -> str:
    """The suffix that says what it is, for programs that go by suffixes."""
    codec = name_of(sounds[0]) if sounds else ""
    if form == "mov":
        brand = container.metadata.get("major_brand", "qt  ")
        return (".mov" if brand == "qt  " else ".mp4") if moving else ".m4a"
    if form == "matroska":
        webm = codec in ("", "opus", "vorbis", "libopus", "libvorbis") and all(
            name_of(s).removeprefix("lib") in ("vp8", "vp9", "av1", "dav1d", "vpx", "vpx-vp9")
            for s in container.streams.video
        )
        return ".webm" if webm else ".mkv" if moving else ".mka"
    if form == "ogg":
        return ".ogv" if moving else ".opus" if "opus" in codec else ".ogg"
    if form == "asf":
        return ".wmv" if moving else ".wma"
    return {"mpegts": ".ts", "mpeg": ".mpg"}.get(form, f".{form}")


def name_of(stream: Any) -> str:
    return stream.codec_context.name if stream.codec_context else "unknown"
