"""Other lengths for what is said, and the cut with it. Pure.

Where a stretch of the film gets longer or shorter, everything that lies in it is stretched or pressed by the same ratio
in every row, and what follows moves along: pictures change where they did in the words, titles and captions stay with
them. Transitions keep their length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from studio.timeline.edit.splice import rebuilt
from studio.timeline.items import Caption, Clip, Gap, Item, Title
from studio.timeline.model import Marker, Timeline, Track
from studio.types import Asset


class Stretch(NamedTuple):
    """`frames` of the film from `start` on, which are to last `lasts`."""

    start: int
    frames: int
    lasts: int


class Warp:
    """Where a frame of the film lies afterwards. Stretches that overlap an earlier one are left out."""

    def __init__(self, stretches: Sequence[Stretch]):
        self.stretches: list[Stretch] = []
        for stretch in sorted(stretches):
            if not self.stretches or stretch.start >= self.stretches[-1].start + self.stretches[-1].frames:
                self.stretches.append(stretch)

    def __call__(self, frame: int) -> int:
        moved = 0
        for start, frames, lasts in self.stretches:
            if frame >= start + frames:
                moved += lasts - frames
            elif frame > start:
                return start + moved + round((frame - start) * lasts / frames)
        return frame + moved


def retimed(timeline: Timeline, stretches: Sequence[Stretch], media: Mapping[str, Asset]) -> Timeline:
    """The film with these stretches in their new lengths. A clip that would outlast its media holds its last frame."""
    warp = Warp(stretches)
    tracks = tuple(rebuilt(track, items=tuple(items_of(track, warp, timeline, media))) for track in timeline.tracks)
    marks: dict[int, Marker] = {}
    for marker in timeline.markers:
        marks.setdefault(warp(marker.frame), rebuilt(marker, frame=warp(marker.frame)))
    changes: dict[str, Any] = {"tracks": tracks}
    return rebuilt(timeline, **changes, **({"markers": tuple(marks.values())} if timeline.markers else {}))


def items_of(track: Track, warp: Warp, timeline: Timeline, media: Mapping[str, Asset]) -> list[Item]:
    """A row's items in their new lengths. Each begins where its old beginning lies now."""
    spans, made = list(track.spans()), list[Item]()
    for n, span in enumerate(spans):
        if span.before:
            made.append(span.before)
        after = span.after.frames if span.after else 0
        ends = warp(spans[n + 1].start) + after if n + 1 < len(spans) else warp(span.end)
        least = max(after + (span.before.frames if span.before else 0), 0 if gap_alone(span) else 1)
        frames = max(ends - warp(span.start), least)
        if frames:
            made.append(lasting(span.item, frames, timeline, media))
    return made


def gap_alone(span: Any) -> bool:
    return isinstance(span.item, Gap) and not span.before and not span.after


def lasting(item: Any, frames: int, timeline: Timeline, media: Mapping[str, Asset]) -> Any:
    """An item with another length, its fades within it, its words as they were said."""
    if frames == item.frames:
        return item
    changes: dict[str, Any] = {"frames": frames}
    if isinstance(item, Clip | Title) and item.fade_in + item.fade_out > frames:
        changes["fade_in"] = min(item.fade_in, frames // 2)
        changes["fade_out"] = min(item.fade_out, frames - changes["fade_in"])
    if isinstance(item, Caption) and item.words:
        ratio = frames / item.frames
        changes["words"] = tuple((w, round(a * ratio), min(round(b * ratio), frames)) for w, a, b in item.words)
    if isinstance(item, Clip) and outlasts(item, frames, timeline, media.get(item.asset)):
        changes["freeze"] = True
    return rebuilt(item, **changes)


def outlasts(clip: Clip, frames: int, timeline: Timeline, asset: Asset | None) -> bool:
    """Whether a clip of so many frames would ask for more than its media has."""
    if asset is None or asset.kind == "image" or clip.loop or asset.duration_s is None:
        return False
    return (clip.offset + (frames - 1) * clip.speed) / timeline.fps > asset.duration_s
