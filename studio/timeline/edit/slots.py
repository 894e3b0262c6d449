"""Slots: places on a timeline that wait for a take. Pure: how one is marked, found again after edits, and filled.

A slot is a name on a clip or a gap. Should the name be gone (the step that brought it was undone), the place is known
by what lay there: the same media nearest to where it was, or a gap that still begins there.
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from pipelines.faults import Conflict, Invalid
from studio.timeline.edit import replace_take
from studio.timeline.edit.splice import gaps, item_at, row, set_item, with_row
from studio.timeline.items import Clip, Gap
from studio.timeline.model import Timeline
from studio.types import Frozen, new_id


class SlotGone(Conflict):
    """The place that waited for a take is not on the timeline any more."""


class Slot(Frozen):
    """A place that waits for a take: its name, and what lay there when it was asked for. `start` and `frames` are in
    frames of the timeline, `asset` is None for a gap."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    track: int
    start: int
    frames: int
    asset: str | None = None


def marked(timeline: Timeline, track: int, at: int) -> tuple[Timeline, Slot]:
    """The timeline with a name on this clip or gap, kept if it has one, and the slot that it is."""
    item = item_at(timeline, track, at)
    if not isinstance(item, Clip | Gap):
        raise Invalid(f"tracks[{track}].items[{at}]: a {item.type} has no takes", "Choose a clip or a gap.")
    name = item.slot or new_id()
    start = row(timeline, track).starts[at]
    slot = Slot(name=name, track=track, start=start, frames=item.frames, asset=getattr(item, "asset", None))
    return (timeline if item.slot else set_item(timeline, track, at, slot=name)), slot


def found(timeline: Timeline, slot: Slot) -> tuple[int, int]:
    """Where a slot is now: track, item. Raises `SlotGone`."""
    places = [
        (t, n, item, start)
        for t, track in enumerate(timeline.tracks)
        for n, (item, start) in enumerate(zip(track.items, track.starts, strict=True))
        if isinstance(item, Clip | Gap)
    ]
    named = [(t, n) for t, n, item, _ in places if item.slot == slot.name]
    if named:
        return named[0]
    alike = [
        (t != slot.track, abs(start - slot.start), t, n) for t, n, item, start in places if like(item, start, slot)
    ]
    if not alike:
        raise SlotGone("The place it was made for is not on the timeline any more.", "The take is in the bin.")
    return min(alike)[2:]


def like(item: Any, start: int, slot: Slot) -> bool:
    if slot.asset is None:
        return isinstance(item, Gap) and start == slot.start
    return isinstance(item, Clip) and item.asset == slot.asset


def filled(timeline: Timeline, slot: Slot, asset: str, kind: str, lasts: int | None) -> Timeline:
    """The take in its place; a clip's earlier one is kept among its takes. Nothing else moves.

    `lasts` is how many frames of the timeline it has, None for a still. A picture that is too short holds its last
    frame, sound leaves a gap behind it; in a gap either leaves the rest of the gap."""
    track, at = found(timeline, slot)
    item = item_at(timeline, track, at)
    kinds = {"video": ("image", "video"), "audio": ("audio", "video")}[row(timeline, track).kind]
    if kind not in kinds:
        raise Invalid(f"tracks[{track}].items[{at}]: no {kind} fits there.", "The take is in the bin.")
    if isinstance(item, Gap):
        frames = item.frames if lasts is None else max(1, min(item.frames, lasts))
        return exchanged(timeline, track, at, Clip(asset=asset, frames=frames, slot=slot.name), item.frames - frames)
    if item.asset == asset:
        return timeline
    after = replace_take(timeline, track, at, asset)
    if lasts is None or (item.frames - 1) * item.speed + 1 <= lasts or item.loop:
        return after
    if kind == "video":
        return set_item(after, track, at, freeze=True)
    return shortened(after, track, at, max(1, int((lasts - 1) / item.speed) + 1))


def shortened(timeline: Timeline, track: int, at: int, frames: int) -> Timeline:
    """A clip's end cut off, with a gap in its place."""
    item = item_at(timeline, track, at)
    fades = {name: min(getattr(item, name), frames // 2) for name in ("fade_in", "fade_out")}
    cut = set_item(timeline, track, at, frames=frames, **{k: v for k, v in fades.items() if v != getattr(item, k)})
    return exchanged(cut, track, at, item_at(cut, track, at), item.frames - frames)


def exchanged(timeline: Timeline, track: int, at: int, item: Any, rest: int) -> Timeline:
    """An item in place of another, and a gap of `rest` frames behind it."""
    items = row(timeline, track).items
    last = at == len(items) - 1
    return with_row(timeline, track, [*items[:at], item, *([] if last else gaps(rest)), *items[at + 1 :]])
