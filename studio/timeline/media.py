"""Whether a timeline's clips fit the files they are cut from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from pipelines.faults import Invalid
from studio.timeline.items import Clip
from studio.timeline.model import Timeline, Track
from studio.types import Asset

FITS = {"video": ("image", "video"), "audio": ("audio", "video"), "captions": ()}


def check_against(timeline: Timeline, media: Mapping[str, Asset]) -> None:
    """Raises `Invalid` with the path of the first clip that asks for what its media does not have: more seconds, or
    another kind. Clips whose asset is not in `media` are left alone."""
    for path, fault in misfits(timeline, media):
        raise Invalid(f"{path}: {fault}", "Trim the clip, or let it loop or freeze.")


def misfits(timeline: Timeline, media: Mapping[str, Asset]) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) of every clip that does not fit its media."""
    for t, track in enumerate(timeline.tracks):
        for n, item in enumerate(track.items):
            if isinstance(item, Clip) and item.asset in media:
                for key, fault in misfit(track, item, media[item.asset], timeline.fps):
                    yield f"tracks[{t}].items[{n}]{key}", fault
            lut = media.get((item.colour and item.colour.lut) or "") if isinstance(item, Clip) else None
            if lut is not None and lut.kind != "lut":
                yield f"tracks[{t}].items[{n}].colour.lut", f"“{lut.name}” is no look-up table, as a .cube file is"


def misfit(track: Track, clip: Clip, asset: Asset, fps: Fraction) -> Iterator[tuple[str, str]]:
    if asset.kind not in FITS[track.kind]:
        article = "an" if asset.kind in ("image", "audio") else "a"
        yield ".asset", f"“{asset.name}” is {article} {asset.kind} file, on a track of kind '{track.kind}'"
        return
    if track.kind == "audio" and asset.kind == "video" and not asset.sound:
        yield ".asset", f"“{asset.name}” has no sound"
        return
    if asset.kind == "image" or clip.loop or clip.freeze or asset.duration_s is None:
        return
    last = (clip.offset + (clip.frames - 1) * clip.speed) / fps
    slack = Fraction(1, 2) / fps if asset.kind == "video" and clip.speed else Fraction(0)
    if last + slack > Fraction(asset.duration_s) + Fraction(1, 1000):
        has = int(Fraction(asset.duration_s) * fps)
        wants = clip.offset + clip.frames * clip.speed
        yield ".frames", f"asks for {float(wants):g} frames of “{asset.name}”, which has {has}"
