"""The cutting room's verbs: each takes a timeline and returns a new one, so undo is the value one still has.

Tracks and items are named by their numbers, times by whole frames. What cannot be done raises `Invalid` (a row or item
that is not there: `NoSuchItem`), whose message opens with the path of the fault.
"""

from __future__ import annotations

from pydantic import ValidationError

from pipelines.faults import Invalid
from studio.timeline.edit.rows import add_track, at_fps, move_track, remove_track, set_film, set_track
from studio.timeline.edit.splice import (
    NoSuchItem,
    gaps,
    halves,
    item_at,
    joined_gaps,
    row,
    set_item,
    unslotted,
    with_row,
)
from studio.timeline.edit.trim import roll, slip, trim_head, trim_tail
from studio.timeline.faults import in_words
from studio.timeline.items import Clip, Gap, Item, Take, Transition
from studio.timeline.model import Timeline

__all__ = [
    "NoSuchItem",
    "add_take",
    "add_track",
    "add_transition",
    "append",
    "at_fps",
    "duplicate",
    "insert",
    "insert_at",
    "lift",
    "make_room",
    "move",
    "move_to",
    "move_track",
    "overwrite",
    "remove",
    "remove_track",
    "replace_take",
    "roll",
    "set_film",
    "set_item",
    "set_track",
    "slip",
    "split",
    "trim_head",
    "trim_tail",
]


def insert(timeline: Timeline, track: int, at: int, *items: Item) -> Timeline:
    """Put items before item `at`, moving the rest along; at the number of items there are: at the end."""
    there = row(timeline, track).items
    if not 0 <= at <= len(there):
        raise NoSuchItem(f"tracks[{track}].items[{at}]: there are {len(there)} items on this track")
    return with_row(timeline, track, [*there[:at], *items, *there[at:]])


def append(timeline: Timeline, track: int, *items: Item) -> Timeline:
    return insert(timeline, track, len(row(timeline, track).items), *items)


def insert_at(timeline: Timeline, track: int, frame: int, *items: Item) -> Timeline:
    """Ripple insert: put items at a frame of the timeline, cutting what plays there in two and moving the rest along.
    Past the end, a gap leads up to them."""
    timeline, at = cut_at(timeline, track, frame)
    return insert(timeline, track, at, *items)


def overwrite(timeline: Timeline, track: int, frame: int, *items: Item) -> Timeline:
    """Put items at a frame in place of what plays there; nothing else moves."""
    length = sum(-item.frames if isinstance(item, Transition) else item.frames for item in items)
    timeline, first = cut_at(timeline, track, frame)
    if frame + length < row(timeline, track).frames:
        timeline, last = cut_at(timeline, track, frame + length)
    else:
        last = len(row(timeline, track).items)
    there = row(timeline, track).items
    return with_row(timeline, track, [*there[:first], *items, *there[last:]])


def remove(timeline: Timeline, track: int, at: int) -> Timeline:
    """Ripple remove: take an item out and close the hole. A clip's transitions go with it."""
    first, last = with_transitions(timeline, track, at)
    there = row(timeline, track).items
    return with_row(timeline, track, [*there[:first], *there[last:]])


def lift(timeline: Timeline, track: int, at: int) -> Timeline:
    """Take an item out and leave a gap, so that nothing else moves."""
    item = item_at(timeline, track, at)
    if isinstance(item, Transition):
        raise Invalid(f"tracks[{track}].items[{at}]: a transition cannot be lifted", "Remove it instead.")
    first, last = with_transitions(timeline, track, at)
    there = row(timeline, track).items
    hole = item.frames - sum(t.frames for t in there[first:last] if isinstance(t, Transition))
    return with_row(timeline, track, joined_gaps([*there[:first], *gaps(hole), *there[last:]]))


def with_transitions(timeline: Timeline, track: int, at: int) -> tuple[int, int]:
    """The run of items to take out with item `at`: itself and, unless it is one, the transitions beside it."""
    item, there = item_at(timeline, track, at), row(timeline, track).items
    if isinstance(item, Transition):
        return at, at + 1
    first = at - 1 if at and isinstance(there[at - 1], Transition) else at
    last = at + 2 if at + 1 < len(there) and isinstance(there[at + 1], Transition) else at + 1
    return first, last


def split(timeline: Timeline, track: int, at: int, frame: int) -> Timeline:
    """Cut an item in two, `frame` frames into it. Picture and sound go on over the cut as if it were not there."""
    left, right = halves(timeline, track, at, frame)
    there = row(timeline, track).items
    return with_row(timeline, track, [*there[:at], left, right, *there[at + 1 :]])


def cut_at(timeline: Timeline, track: int, frame: int) -> tuple[Timeline, int]:
    """A cut at a frame of the timeline, and the number of the item that begins there."""
    there = row(timeline, track)
    if frame < 0:
        raise Invalid(f"tracks[{track}]: there is no frame {frame}")
    if frame >= there.frames:
        return with_row(timeline, track, [*there.items, *gaps(frame - there.frames)]), len(there.items) + (
            frame > there.frames
        )
    for span in there.spans():
        inner = span.start + (span.before.frames if span.before else 0)
        if span.start < frame < inner or (span.before and frame == span.start):
            raise Invalid(f"tracks[{track}].items[{span.index - 1}]: frame {frame} lies in this transition")
        if frame == span.start:
            return timeline, span.index
        if span.start < frame < span.end - (span.after.frames if span.after else 0):
            return split(timeline, track, span.index, frame - span.start), span.index + 1
    return timeline, len(there.items)


def move(timeline: Timeline, track: int, at: int, to_track: int, to: int) -> Timeline:
    """Take an item out of its row, closing the hole, and put it before item `to` as the row was, or at the end."""
    item = item_at(timeline, track, at)
    first, last = with_transitions(timeline, track, at)
    taken = remove(timeline, track, at)
    if track == to_track and to > at:
        to -= last - first
    return insert(taken, to_track, max(0, min(to, len(row(taken, to_track).items))), item)


def move_to(timeline: Timeline, track: int, at: int, to_track: int, frame: int) -> Timeline:
    """Lift an item and lay it down at a frame of a track, over what is there."""
    item = item_at(timeline, track, at)
    return overwrite(lift(timeline, track, at), to_track, frame, item)


def duplicate(timeline: Timeline, track: int, at: int) -> Timeline:
    """The same item once more, right after it and its transition."""
    item = unslotted(item_at(timeline, track, at))
    _, last = with_transitions(timeline, track, at)
    return insert(timeline, track, min(at + 1, last), item)


def replace_take(timeline: Timeline, track: int, at: int, asset: str, offset: int | None = None) -> Timeline:
    """Another take in a clip's slot: same place, length, motion and sound settings, other media. The one it had is
    kept among its takes. Without `offset` it plays from where it did when it was here before, or from its start."""
    clip = clip_at(timeline, track, at)
    if offset is None:
        offset = next((take.offset for take in clip.takes if take.asset == asset), 0)
    rest = [take for take in clip.takes if take.asset not in (asset, clip.asset)]
    if clip.asset != asset:
        rest.append(Take(asset=clip.asset, offset=clip.offset))
    return set_item(timeline, track, at, asset=asset, offset=offset, takes=tuple(rest))


def add_take(timeline: Timeline, track: int, at: int, asset: str, offset: int = 0) -> Timeline:
    """One more take for a clip's slot; the clip goes on playing the one it has."""
    clip = clip_at(timeline, track, at)
    if asset in (clip.asset, *(take.asset for take in clip.takes)):
        return timeline
    return set_item(timeline, track, at, takes=(*clip.takes, Take(asset=asset, offset=offset)))


def clip_at(timeline: Timeline, track: int, at: int) -> Clip:
    item = item_at(timeline, track, at)
    if not isinstance(item, Clip):
        raise Invalid(f"tracks[{track}].items[{at}]: only a clip has takes")
    return item


def add_transition(timeline: Timeline, track: int, at: int, name: str = "dissolve", frames: int = 15) -> Timeline:
    """A transition between item `at` and the next, which begins `frames` earlier; one already there is exchanged."""
    item_at(timeline, track, at)
    item_at(timeline, track, at + 1)
    items = list(row(timeline, track).items)
    if isinstance(items[at + 1], Transition):
        return set_item(timeline, track, at + 1, name=name, frames=frames)
    try:
        between = Transition(name=name, frames=frames)
    except ValidationError as error:
        raise Invalid(f"tracks[{track}].items[{at + 1}].{in_words(error)}") from None
    return with_row(timeline, track, [*items[: at + 1], between, *items[at + 1 :]])


def make_room(timeline: Timeline, frame: int, frames: int) -> Timeline:
    """Move everything from a frame on, in every row that is not locked, `frames` later."""
    for track, there in enumerate(timeline.tracks):
        if frame < there.frames and not there.locked:
            timeline = insert_at(timeline, track, frame, Gap(frames=frames))
    return timeline
