"""A first assembly: files one after the other, as a film to cut. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from pipelines.faults import Invalid
from studio.timeline.items import Clip, Item
from studio.timeline.model import Timeline, Track
from studio.types import Asset

STILL_S = 4
MOST = 2000
LARGEST = 3840
RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50),
         Fraction(60000, 1001), Fraction(60))  # fmt: skip


class NothingToAssemble(Invalid):
    """Among the files there is no picture, shot or sound."""


def assembled(assets: Sequence[Asset], title: str = "") -> Timeline:
    """Pictures (4 s each) and shots in the order given on one row, sounds on another. The canvas and the frame rate are
    the first shot's, or, where there is none, 1280x720, or upright like the first picture, at 30 frames a second.
    Raises `NothingToAssemble`."""
    seen = [asset for asset in assets if asset.kind in ("image", "video")]
    sounds = [asset for asset in assets if asset.kind == "audio"]
    if not seen and not sounds:
        raise NothingToAssemble("There is no picture, shot or sound among the files.", "Bring in other files.")
    if len(assets) > MOST:
        raise Invalid(f"{len(assets)} files are too many for one film.", f"Take at most {MOST}.")
    fps = rate(seen)
    width, height = canvas(seen)
    rows = [Track(kind="video", name="Picture", items=clips(seen, fps))] if seen else []
    rows += [Track(kind="audio", name="Sound", items=clips(sounds, fps))] if sounds else []
    return Timeline(title=title[:500], fps=fps, width=width, height=height, tracks=tuple(rows))


def clips(assets: Sequence[Asset], fps: Fraction) -> tuple[Item, ...]:
    def frames(asset: Asset) -> int:
        lasts = STILL_S if asset.kind == "image" else Fraction(asset.duration_s or STILL_S)
        return max(1, int(lasts * fps + Fraction(1, 100)))

    return tuple(Clip(asset=asset.id, frames=frames(asset)) for asset in assets)


def rate(seen: Sequence[Asset]) -> Fraction:
    """The nearest usual rate to the first shot's own."""
    own = next((asset.fps for asset in seen if asset.kind == "video" and asset.fps), None)
    return min(RATES, key=lambda usual: abs(float(usual) - own)) if own else Fraction(30)


def canvas(seen: Sequence[Asset]) -> tuple[int, int]:
    """Width and height in pixels, even, no side over 3840."""
    shot = next((asset for asset in seen if asset.kind == "video" and asset.width and asset.height), None)
    if shot is None:
        upright = bool(seen and seen[0].height and seen[0].width and seen[0].height > seen[0].width)
        return (720, 1280) if upright else (1280, 720)
    width, height = shot.width or 0, shot.height or 0
    factor = min(1.0, LARGEST / max(width, height))
    return max(16, 2 * round(width * factor / 2)), max(16, 2 * round(height * factor / 2))


def in_order(name: str) -> list[tuple[int, int | str]]:
    """What names are sorted by: `shot 2` comes before `shot 10`."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name.casefold()) if part]
