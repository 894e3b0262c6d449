"""Our rows as other editors lay them out: side by side, with transitions astride the cuts instead of inside the row.

Ours: a transition of n frames plays the last n of one item and the first n of the next together, and the row is n
frames shorter for it. Theirs: the cut lies in the middle of the transition, which reaches into what both neighbours
have beyond it. The film's frames are the same either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from studio.timeline.items import Gap, Transition
from studio.timeline.model import Span, Track


@dataclass(frozen=True)
class Cut:
    """An item over the film's frames [start, end), which do not overlap its neighbours'; `head` and `tail` are how many
    of its own frames lie beyond, under the transitions `before` and `after` it."""

    item: Any
    start: int
    end: int
    head: int
    tail: int
    before: Transition | None
    after: Transition | None

    @property
    def frames(self) -> int:
        return self.end - self.start

    @property
    def is_gap(self) -> bool:
        return isinstance(self.item, Gap)


def halves(transition: Transition | None) -> tuple[int, int]:
    """How many of a transition's frames lie before the cut, and how many after it."""
    frames = transition.frames if transition else 0
    return frames // 2, frames - frames // 2


def cuts(track: Track) -> Iterator[Cut]:
    """Every item of a row but its transitions, side by side."""
    for span in track.spans():
        yield cut(span)


def cut(span: Span) -> Cut:
    head, tail = halves(span.before)[0], halves(span.after)[1]
    return Cut(span.item, span.start + head, span.end - tail, head, tail, span.before, span.after)
