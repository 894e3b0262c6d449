"""Edits of several items at once, on as many rows as they lie: each is one edit, and one step to undo.

Items are picked as (track, item). Those that follow each other keep the transitions between them; a transition that
leads out of the group goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import Field

from pipelines.faults import Invalid
from studio.timeline.edit import insert_at, overwrite, split
from studio.timeline.edit.splice import gaps, item_at, joined_gaps, row, set_item, with_row
from studio.timeline.edit.trim import trim_head, trim_tail
from studio.timeline.items import Gap, Item, Transition
from studio.timeline.model import Timeline
from studio.timeline.values import Piece

__all__ = ["blade", "lift_group", "move_group", "paste", "remove_group", "set_group"]

Picks = tuple[tuple[int, int], ...]


class Part(Piece):
    """Items that were copied from one row: `after` is how many frames behind the first of all they begin."""

    track: int = Field(ge=0)
    after: int = Field(0, ge=0, le=20_000_000)
    items: tuple[Item, ...] = Field(min_length=1, max_length=50_000)

    @property
    def frames(self) -> int:
        return length(self.items)


class Run(NamedTuple):
    """Picked items that follow each other, numbers [first, last) of a row, which begin at frame `start`."""

    track: int
    first: int
    last: int
    start: int
    items: tuple[Any, ...]


def length(items: Iterable[Any]) -> int:
    return sum(-item.frames if isinstance(item, Transition) else item.frames for item in items)


def runs(timeline: Timeline, picks: Picks) -> list[Run]:
    """The picked items as runs, row by row, first to last. Transitions and gaps that were picked alone are none."""
    found: list[Run] = []
    for track, at in sorted({(track, at) for track, at in picks if moves(item_at(timeline, track, at))}):
        there, last = row(timeline, track), found[-1] if found and found[-1].track == track else None
        between = there.items[last.last : at] if last else ()
        if last and all(isinstance(item, Transition) for item in between):
            found[-1] = last._replace(last=at + 1, items=(*last.items, *between, there.items[at]))
        else:
            found.append(Run(track, at, at + 1, there.starts[at], (there.items[at],)))
    if not found:
        raise Invalid("picks: nothing that could be moved was picked")
    return found


def moves(item: Any) -> bool:
    return not isinstance(item, Transition | Gap)


def move_group(timeline: Timeline, picks: Picks, by: int, rows: int = 0) -> Timeline:
    """Everything picked `by` frames later (earlier when negative) and `rows` rows further down, over what is there.
    Nothing else moves; a transition that is met half-way becomes a cut."""
    taken = runs(timeline, picks)
    early = min(run.start for run in taken)
    if early + by < 0:
        raise Invalid(f"tracks[{taken[0].track}]: there are {early} frames before, not {-by}")
    timeline = lifted(timeline, taken)
    for run in taken:
        row(timeline, run.track + rows)
        timeline = laid_over(timeline, run.track + rows, run.start + by, run.items)
    return tidied(timeline, {run.track for run in taken} | {run.track + rows for run in taken})


def lift_group(timeline: Timeline, picks: Picks) -> Timeline:
    """Take everything picked out and leave gaps, so that nothing else moves."""
    return lifted(timeline, runs(timeline, picks))


def lifted(timeline: Timeline, taken: list[Run]) -> Timeline:
    for run in reversed(taken):
        items = row(timeline, run.track).items
        first, last = with_leading_out(items, run)
        hole = length(items[first:last])
        timeline = with_row(timeline, run.track, [*items[:first], *gaps(hole), *items[last:]])
    return tidied(timeline, {run.track for run in taken})


def tidied(timeline: Timeline, tracks: set[int]) -> Timeline:
    for track in tracks:
        timeline = with_row(timeline, track, joined_gaps(list(row(timeline, track).items)))
    return timeline


def with_leading_out(items: tuple[Any, ...], run: Run) -> tuple[int, int]:
    """A run together with the transitions that lead into it and out of it."""
    first = run.first - (run.first > 0 and isinstance(items[run.first - 1], Transition))
    last = run.last + (run.last < len(items) and isinstance(items[run.last], Transition))
    return first, last


def remove_group(timeline: Timeline, picks: Picks) -> Timeline:
    """Take everything picked out and close the holes, row by row. A clip's transitions go with it."""
    for track in {track for track, _ in picks}:
        items, gone = row(timeline, track).items, set()
        for at in (at for t, at in picks if t == track):
            item = item_at(timeline, track, at)
            beside = (at - 1, at + 1) if not isinstance(item, Transition) else ()
            gone |= {at, *(n for n in beside if 0 <= n < len(items) and isinstance(items[n], Transition))}
        timeline = with_row(timeline, track, joined_gaps([item for n, item in enumerate(items) if n not in gone]))
    return timeline


def set_group(timeline: Timeline, picks: Picks, **fields: Any) -> Timeline:
    """The same values for the same fields of everything picked."""
    for track, at in dict.fromkeys(picks):
        timeline = set_item(timeline, track, at, **fields)
    return timeline


def paste(timeline: Timeline, frame: int, parts: tuple[Part, ...], ripple: bool = False) -> Timeline:
    """Lay copies down from a frame on, over what is there; with `ripple` what follows on their rows moves along."""
    if ripple:
        for track in sorted({part.track for part in parts}):
            timeline = pushed_in(timeline, track, frame, [part for part in parts if part.track == track])
        return timeline
    for part in parts:
        timeline = laid_over(timeline, part.track, frame + part.after, part.items)
    return tidied(timeline, {part.track for part in parts})


def pushed_in(timeline: Timeline, track: int, frame: int, parts: list[Part]) -> Timeline:
    block: list[Any] = []
    for part in sorted(parts, key=lambda part: part.after):
        block += [*gaps(part.after - length(block)), *part.items]
    return insert_at(cleared(timeline, track, frame), track, frame, *block)


def blade(timeline: Timeline, frame: int) -> Timeline:
    """A cut through every row that is not locked. Rows with nothing to cut there stay as they are."""
    cut = timeline
    for track, there in enumerate(timeline.tracks):
        for span in () if there.locked else there.spans():
            alone = (
                span.start + (span.before.frames if span.before else 0),
                span.end - (span.after.frames if span.after else 0),
            )
            if alone[0] < frame < alone[1] and moves(span.item):
                cut = split(cut, track, span.index, frame - span.start)
    if cut is timeline:
        raise Invalid(f"frame: there is nothing to cut at frame {frame}")
    return cut


def laid_over(timeline: Timeline, track: int, frame: int, items: tuple[Any, ...]) -> Timeline:
    """`overwrite`, with the transitions in its way made into cuts first."""
    for end in (frame, frame + length(items)):
        timeline = cleared(timeline, track, end)
    return overwrite(timeline, track, frame, *items)


def cleared(timeline: Timeline, track: int, frame: int) -> Timeline:
    """The row with a cut at `frame` in place of the transition that was at work there; nothing moves."""
    for span in row(timeline, track).spans():
        if span.before and span.start <= frame < span.start + span.before.frames:
            old, items = span.index - 2, list(row(timeline, track).items)
            del items[old + 1]
            cut = with_row(timeline, track, items)
            cut = trim_tail(cut, track, old, span.start + span.before.frames - frame)
            return trim_head(cut, track, old + 1, frame - span.start) if frame > span.start else cut
    return timeline
