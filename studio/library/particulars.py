"""What a player wants to know of a film or a sound, read from the file itself; and single frames of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from pipelines.faults import Unsupported
from studio.library.film import name_of, opened, picture_of
from studio.library.media import reading
from studio.library.store import Library
from studio.library.views import demuxer
from studio.types import Asset

Which = Literal["first", "middle", "last"]
BEFORE_END_S = 2.0


class NotPlayed(Unsupported):
    """It is neither film nor sound."""


class NoPicture(Unsupported):
    """It has no frames to show."""


def particulars(asset: Asset) -> dict[str, Any]:
    """Codecs, rates and layout of a film or a sound: bits a second, seconds, pixels, Hz."""
    if asset.kind not in ("video", "audio"):
        raise NotPlayed(f"{asset.name} is {asset.kind}, not film or sound.", "Ask about a film or a sound.")
    with reading("file"), opened(asset.path, demuxer(asset.path)) as file:
        bitrate = int(file.bit_rate or asset.bytes * 8 / (asset.duration_s or 1))
        whole = {"duration": asset.duration_s, "bitrate": bitrate}
        container, sounds = asset.path.suffix[1:], file.streams.audio
        sound = heard(sounds[0]) if sounds else None
        if asset.kind == "audio":
            return {**whole, "container": container, **(sound or {})}
        stream: Any = picture_of(file)
        rate, codec = Fraction(stream.average_rate or stream.guessed_rate or 0), stream.codec_context
        form = {
            "container": container,
            "video_codec": name_of(stream),
            "profile": stream.profile or "",
            "level": getattr(codec, "level", None),
            "pixel_format": codec.pix_fmt,
            "bitrate": int(stream.bit_rate or bitrate),
        }
        return {
            **whole,
            "codec": name_of(stream),
            "container": container,
            "fps": round(float(rate), 3),
            "frame_count": stream.frames or round((asset.duration_s or 0) * rate),
            "timebase": str(stream.time_base),
            "resolution": {
                "width": asset.width,
                "height": asset.height,
                "aspect_ratio": ratio(asset.width or 1, asset.height or 1),
            },
            "format": form,
            "audio": sound,
        }


def heard(stream: Any) -> dict[str, Any]:
    return {
        "codec": name_of(stream),
        "channels": stream.channels,
        "sample_rate": stream.rate,
        "bitrate": int(stream.bit_rate or 0),
    }


def ratio(width: int, height: int) -> str:
    shape = Fraction(width, height)
    return f"{shape.numerator}:{shape.denominator}"


def still(library: Library, film: Asset, which: Which) -> Asset:
    """A frame of a film as a PNG in the library, in the film's own pixels, upright."""
    if film.kind != "video":
        raise NoPicture(f"{film.name} is {film.kind}: it has no frames.", "Ask for a frame of a film.")
    length = film.duration_s or 0
    at = {"first": 0.0, "middle": length / 2, "last": length}[which]
    with library.scratch(".png") as fresh:
        frame_at(film, at).save(fresh, compress_level=1)
        return library.add(fresh, name=f"{film.name.rpartition('.')[0] or film.name}-{which}.png", tags=("frame",))


def frame_at(film: Asset, at: float) -> Any:
    """The frame shown at that second, as a picture; past the end the last one."""
    with reading("film"), opened(film.path, demuxer(film.path)) as file:
        stream: Any = picture_of(file)
        start = float((stream.start_time or 0) * stream.time_base)
        if at > 0:
            file.seek(int((start + max(0.0, at - BEFORE_END_S)) / stream.time_base), stream=stream)
        shown = None
        for frame in file.decode(stream):
            if shown is not None and frame.time is not None and frame.time - start > at + 1e-6:
                break
            shown = frame
        if shown is None:
            raise ValueError("no frame")
        return shown.to_image().rotate(shown.rotation, expand=True)
