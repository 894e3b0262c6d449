"""What the studio does beside restoring itself: a frame to compare, and a timeline's clips exchanged for restored ones.

A restored file's link to its original is its recipe's `source`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from pipelines import catalogue
from pipelines.faults import Conflict, Fault, Unsupported
from studio.studio import Studio
from studio.timeline.edit.exchange import exchanged
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.types import Asset

Side = Literal["restored", "originals"]
LABELS: dict[Side, str] = {"restored": "Use restored clips", "originals": "Back to the originals"}


class NothingToExchange(Conflict):
    """No clip of the timeline has a restored one, or an original."""


class NoFrames(Unsupported):
    """A file that is not seen."""


def original_of(asset: Asset) -> str | None:
    """The id of what this was restored from, if it was; its whole, not a stretch of it."""
    if asset.recipe is None or asset.recipe.options.get("from_s") or asset.recipe.options.get("duration_s"):
        return None
    try:
        task = catalogue.find(asset.recipe.model).task
    except Fault:
        return None
    source = asset.recipe.options.get("source")
    return source if task == "restore" and isinstance(source, str) else None


def restored_of(studio: Studio, asset_id: str) -> Asset | None:
    """The newest restored one of an asset."""
    rows = studio.db.all(
        "select id from asset where json_extract(recipe, '$.options.source') = ? and trashed is null order by n desc"
        " limit 50",
        asset_id,
    )
    found = studio.library.many([row[0] for row in rows])
    made = (found[row[0]] for row in rows if row[0] in found)
    return next((asset for asset in made if original_of(asset) == asset_id), None)


def pairs(studio: Studio, timeline: Timeline, side: Side) -> dict[str, str]:
    """For each asset of the timeline that has one, the other one."""
    there = studio.library.many(timeline.assets())
    if side == "originals":
        wanted = {id: source for id, asset in there.items() if (source := original_of(asset))}
        known = studio.library.many(wanted.values())
        return {id: source for id, source in wanted.items() if source in known}
    return {id: made.id for id in there if (made := restored_of(studio, id))}


def exchange(studio: Studio, project_id: str, side: Side, *, if_version: int) -> Project:
    """Every clip that can be, exchanged in one edit. Raises `Stale`, and `NothingToExchange`."""
    timeline = Timeline.parse(studio.projects.at_version(project_id, if_version).timeline)
    media = pairs(studio, timeline, side)
    if not media:
        what = {"restored": "a restored one", "originals": "an original here"}[side]
        raise NothingToExchange(f"No clip of this timeline has {what}.", "Restore its clips in the Restore tab first.")
    after = exchanged(timeline, media)
    check_against(after, studio.library.many(after.assets()))
    return studio.projects.save(project_id, after, if_version=if_version, label=LABELS[side])


def frame(studio: Studio, asset_id: str, seconds: float, width: int) -> bytes:
    """What an asset shows that many seconds from its first frame, as a JPEG of that width; past its end, the last."""
    import cv2

    asset = studio.library.get(asset_id)
    if asset.kind not in ("video", "image"):
        raise NoFrames(f"{asset.name} is {asset.kind}.", "Films and pictures have frames.")
    with studio.easel:
        image, aspect = seen(asset, seconds)
    size = (width, max(1, round(width * image.shape[0] / (image.shape[1] * aspect))))
    how = cv2.INTER_AREA if width < image.shape[1] else cv2.INTER_CUBIC
    made = cv2.resize(image, size, interpolation=how)
    return cv2.imencode(".jpg", made[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 93])[1].tobytes()


def seen(asset: Asset, seconds: float) -> tuple[Any, float]:
    """(h, w, 3) uint8 of red, green and blue, and its pixels' width over their height."""
    from studio.timeline.paint.picture import to_rgb
    from studio.timeline.paint.sources import Film, Still

    if asset.kind == "image" and asset.mime != "image/gif":
        return Still(asset).read()[..., :3], 1.0
    film = Film(asset)
    try:
        last = Fraction(str(asset.duration_s or 0)) - 1 / (2 * film.fps)
        picture, aspect = film.sized(max(Fraction(0), min(Fraction(str(seconds)), last)))
        return to_rgb(picture)[..., :3].copy(), aspect
    finally:
        film.close()
