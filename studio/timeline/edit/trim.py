"""Where a clip begins and ends: trims, rolls and slips, exact in the media whatever the clip's speed and direction."""

from __future__ import annotations

from typing import Any

from pipelines.faults import Invalid
from studio.timeline.edit.splice import changed, gaps, item_at, joined_gaps, row, set_item, shift, with_row
from studio.timeline.items import Clip, Gap, Item, Transition
from studio.timeline.model import Timeline


def trim_head(timeline: Timeline, track: int, at: int, by: int, ripple: bool = True, still: bool = False) -> Timeline:
    """Begin an item `by` frames later (earlier when negative). With `ripple` the rest moves along; without, the gap
    before it takes up the difference. A `still` has no start that could move: its `in` stays."""
    timeline_after = set_item(timeline, track, at, **head_change(timeline, track, at, by, still))
    return timeline_after if ripple else compensated(timeline_after, track, at, at - 1, by)


def head_change(timeline: Timeline, track: int, at: int, by: int, still: bool) -> dict[str, Any]:
    item, path = item_at(timeline, track, at), f"tracks[{track}].items[{at}]"
    change: dict[str, Any] = {"frames": left_over(item, by, path)}
    if isinstance(item, Clip) and not item.reverse and not still:
        offset = item.offset + shift(item, by, path)
        if offset < 0:
            raise Invalid(f"{path}.in: the media begins {item.offset} frames before, not {-by}")
        change["offset"] = offset
    return change


def trim_tail(timeline: Timeline, track: int, at: int, by: int, ripple: bool = True) -> Timeline:
    """End an item `by` frames earlier (later when negative). With `ripple` the rest moves along; without, the gap
    after it takes up the difference."""
    item, path = item_at(timeline, track, at), f"tracks[{track}].items[{at}]"
    change: dict[str, Any] = {"frames": left_over(item, by, path)}
    if isinstance(item, Clip) and item.reverse:
        change["offset"] = item.offset + shift(item, by, path)
    trimmed = set_item(timeline, track, at, **change)
    return trimmed if ripple else compensated(trimmed, track, at + 1, at + 1, by)


def left_over(item: Item, by: int, path: str) -> int:
    if item.frames - by < 1:
        raise Invalid(f"{path}.frames: cannot lose {by} of its {item.frames} frames")
    return item.frames - by


def compensated(timeline: Timeline, track: int, insert_at: int, gap_at: int, by: int) -> Timeline:
    """A gap longer by `by` frames at number `gap_at`, made at `insert_at` if need be, so that nothing else moves."""
    items = list(row(timeline, track).items)
    if 0 <= gap_at < len(items) and isinstance(items[gap_at], Gap):
        rest = items[gap_at].frames + by
        if rest < 0:
            raise Invalid(f"tracks[{track}].items[{gap_at}]: the gap has {items[gap_at].frames} frames, not {-by}")
        items[gap_at : gap_at + 1] = gaps(rest)
    elif by > 0:
        items[insert_at:insert_at] = gaps(by)
    elif gap_at < len(items) and by < 0:
        raise Invalid(
            f"tracks[{track}].items[{max(gap_at, 0)}]: there is no gap to grow into", "Ripple or roll instead."
        )
    return with_row(timeline, track, joined_gaps(items))


def roll(timeline: Timeline, track: int, at: int, by: int, still: bool = False) -> Timeline:
    """Move the cut after item `at` by `by` frames: one neighbour grows by what the other loses, nothing else moves.
    `still` says that what follows the cut is a picture, which has no start that could move."""
    items = list(row(timeline, track).items)
    item_at(timeline, track, at)
    following = at + 2 if at + 1 < len(items) and isinstance(items[at + 1], Transition) else at + 1
    item_at(timeline, track, following)
    left = items[at]
    change: dict[str, Any] = {"frames": left_over(left, -by, f"tracks[{track}].items[{at}]")}
    if isinstance(left, Clip) and left.reverse:
        change["offset"] = left.offset - shift(left, by, f"tracks[{track}].items[{at}]")
    items[following] = changed(timeline, track, following, **head_change(timeline, track, following, by, still))
    items[at] = changed(timeline, track, at, **change)
    return with_row(timeline, track, items)


def slip(timeline: Timeline, track: int, at: int, by: int) -> Timeline:
    """Show a stretch of the media `by` frames later, in the same place and of the same length."""
    item, path = item_at(timeline, track, at), f"tracks[{track}].items[{at}]"
    if not isinstance(item, Clip):
        raise Invalid(f"{path}: only a clip can be slipped")
    if item.offset + by < 0:
        raise Invalid(f"{path}.in: the media begins {item.offset} frames before, not {-by}")
    return set_item(timeline, track, at, offset=item.offset + by)
