"""A film as a strip of small pictures side by side, for the timeline to lay along its clips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.faults import Unsupported
from studio.library.film import opened, picture_of
from studio.library.media import reading
from studio.library.views import demuxer, publish
from studio.types import Asset

if TYPE_CHECKING:
    from PIL.Image import Image

FRAMES, TALL = 24, 72
SHORT_S = 20
"""Films up to this long are read through, longer ones by seeking."""


class NotMoving(Unsupported):
    """It has no pictures that follow each other."""


def filmstrip(asset: Asset, kept: Path) -> Path:
    """A WebP of `FRAMES` pictures, `TALL` px high, side by side: number n shows the film at (n + 0.5) / `FRAMES` of its
    length. Drawn once, at `kept`."""
    if asset.kind != "video":
        raise NotMoving(f"{asset.name} is no film.", "Ask for the filmstrip of a film.")
    if not kept.exists():
        strip = drawn(asset)
        publish(kept, lambda to: strip.save(to, "WEBP", quality=70, method=2))
    return kept


def drawn(asset: Asset) -> Image:
    from PIL import Image

    wide = max(2, min(TALL * 4, round(TALL * (asset.width or 16) / (asset.height or 9))))
    strip = Image.new("RGB", (wide * FRAMES, TALL))
    times = [(n + 0.5) / FRAMES * (asset.duration_s or 0) for n in range(FRAMES)]
    for n, frame in enumerate(at_times(asset, times)):
        picture = frame.to_image().rotate(frame.rotation, expand=True)
        strip.paste(picture.resize((wide, TALL), Image.Resampling.BILINEAR), (n * wide, 0))
    return strip


def at_times(asset: Asset, times: list[float]) -> Iterator[Any]:
    """The frame shown at each of some rising times, in seconds; the last one again where the film ends before."""
    with reading("film"), opened(asset.path, demuxer(asset.path)) as film:
        stream = picture_of(film)
        begin = float((stream.start_time or 0) * stream.time_base)
        frames, shown = film.decode(stream), None
        for time in times:
            if (asset.duration_s or 0) > SHORT_S:
                film.seek(int((begin + time) / stream.time_base), stream=stream)
                frames = film.decode(stream)
            for frame in frames:
                shown = frame
                if frame.time is None or frame.time - begin >= time - 1e-3:
                    break
            if shown is not None:
                yield shown
