"""Ends a film sooner: every row up to a frame. Pure."""

from __future__ import annotations

from typing import Any

from studio.timeline.edit.splice import rebuilt
from studio.timeline.items import Clip, Title, Transition
from studio.timeline.model import Timeline, Track


def shortened(timeline: Timeline, frames: int) -> Timeline:
    """The film up to a frame; what lies across it is trimmed."""
    return rebuilt(timeline, tracks=tuple(rebuilt(t, items=tuple(upto(t, frames))) for t in timeline.tracks),
                   markers=tuple(m for m in timeline.markers if m.frame < frames))  # fmt: skip


def upto(track: Track, frames: int) -> list[Any]:
    kept = list[Any]()
    for span in track.spans():
        left = frames - span.start
        if left <= 0 or (span.before and kept and left <= span.before.frames):
            break
        item = span.item if left >= span.item.frames else trimmed(span.item, left)
        if kept and span.before:
            kept.append(span.before)
        kept.append(item)
        if left < span.item.frames:
            break
    return kept[:-1] if kept and isinstance(kept[-1], Transition) else kept


def trimmed(item: Any, frames: int) -> Any:
    """The item's first frames, its fades and words cut to them."""
    more: dict[str, Any] = {"frames": frames}
    if isinstance(item, Clip | Title):
        more |= {"fade_in": min(item.fade_in, frames // 2), "fade_out": min(max(item.fade_out, 6), frames // 2)}
    if item.type == "caption":
        more["words"] = tuple((w, min(a, frames), min(b, frames)) for w, a, b in item.words if a < frames)
    return rebuilt(item, **more)
