"""What fal's `ffmpeg-api` tells of media at once: its particulars, its waveform, single frames of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.faults import Invalid
from studio.api.fal.bounds import number
from studio.api.fal.cutting import named
from studio.api.fal.wishes import Bring, Wish, of_kind
from studio.library.particulars import particulars, still
from studio.library.store import Library
from studio.types import Asset

Address = Callable[[Asset], str]
MOST_POINTS = 500_000


def file_of(asset: Asset, address: Address) -> dict[str, Any]:
    """fal's File."""
    return {
        "url": address(asset),
        "content_type": asset.mime,
        "file_name": asset.name,
        "file_size": asset.bytes,
    }


def metadata(said: dict[str, Any], bring: Bring, library: Library, address: Address) -> Wish:
    asset = named(said, "media_url", bring)
    facts = {"media_type": asset.kind, **file_of(asset, address), **particulars(asset)}
    if asset.kind == "video":
        ends: tuple[Any, Any] = ("first", "last")
        shown = [address(still(library, asset, end)) for end in ends] if said.get("extract_frames") else [None, None]
        facts |= {"start_frame_url": shown[0], "end_frame_url": shown[1]}
    return Wish("media", output={"media": facts})


def waveform(said: dict[str, Any], bring: Bring, library: Library, address: Address) -> Wish:
    """Peaks of 0 to 1 out of full scale: the loudest sample about each point."""
    asset = named(said, "media_url", bring)
    per_second = min(max(number("points_per_second", said.get("points_per_second", 4)), 0.1), 200)
    precision = round(min(max(number("precision", said.get("precision", 2)), 1), 6))
    window = round(min(max(number("smoothing_window", said.get("smoothing_window", 3)), 1), 21))
    known, duration = library.waveform(asset.id), asset.duration_s or 0.0
    points = max(1, round(duration * per_second))
    if points > MOST_POINTS:
        raise Invalid(f"points_per_second: at most {MOST_POINTS / max(duration, 1):.2g} of a sound that long", "")
    drawn = smoothed(spread(known["peaks"], known["per_second"], points, per_second), window)
    values = [round(value, precision) for value in drawn]
    return Wish("waveform", output={"waveform": values, "duration": duration, "points": points, "precision": precision})


def spread(peaks: list[float], rate: float, points: int, per_second: float) -> list[float]:
    """The peaks of another rate: of those that fall to a point, the highest."""
    found = []
    for n in range(points):
        first = int(n * rate / per_second)
        last = max(first + 1, int((n + 1) * rate / per_second))
        found.append(max(peaks[first:last], default=0.0))
    return found


def smoothed(values: list[float], window: int) -> list[float]:
    reach = window // 2
    if not reach:
        return values
    near = (values[max(0, n - reach) : n + reach + 1] for n in range(len(values)))
    return [sum(part) / len(part) for part in near]


def extract_frame(said: dict[str, Any], bring: Bring, library: Library, address: Address) -> Wish:
    film = of_kind("video_url", named(said, "video_url", bring), "video")
    which = said.get("frame_type", "first")
    if which not in ("first", "middle", "last"):
        raise Invalid("frame_type: Input should be 'first', 'middle' or 'last'", "")
    picture = still(library, film, which)
    image = {**file_of(picture, address), "width": picture.width, "height": picture.height}
    return Wish("frames", output={"images": [image]})
