"""Two versions of a film that grew apart, as one. Pure: a three-way merge of rows, item by item.

What only one side changed is taken; where both changed the same items differently, the side that changed them later
wins, and what lost is told: nothing is dropped without a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from pipelines.faults import Fault
from studio.timeline.model import Timeline
from studio.types import Frozen

Side = Literal["here", "there"]
FILM_FIELDS = ("title", "fps", "width", "height", "loudness_lufs", "markers")
UNSEEN = ("slot",)


class Conflict(Frozen):
    """Both sides changed the same thing: where, which one was kept, and what the other had, as items of the film."""

    path: str
    kept: Side
    lost: Any
    won: Any


class Version(NamedTuple):
    """One side's film; `ages` says when each item of each row got its present form, `updated` when anything did, in
    seconds of one and the same clock."""

    film: Timeline
    updated: float
    ages: list[list[float]]


class Run(NamedTuple):
    """Items that follow each other in a row of one side, with their ages."""

    items: list[dict[str, Any]]
    ages: list[float]

    def part(self, start: int, end: int) -> Run:
        return Run(self.items[start:end], self.ages[start:end])


def merge(base: Timeline | None, here: Version, there: Version) -> tuple[Timeline, list[Conflict]]:
    """Both as one film, and what was in conflict. Without a common `base`, or where the two cannot be put together, the
    side that was changed later is taken whole."""
    if here.film == there.film:
        return here.film, []
    if base is None or len({version.film.fps for version in (here, there)}) > 1:
        return whole(base, here, there)
    work = Merger(here, there)
    merged = work.fields(*(film.dump() for film in (base, here.film, there.film)))
    tracks = work.rows(base)
    try:
        return Timeline.parse({**merged, "tracks": tracks}), work.conflicts
    except Fault:  # each side's rows are right, and yet not together: two transitions longer than their clip
        return whole(base, here, there)


def whole(base: Timeline | None, here: Version, there: Version) -> tuple[Timeline, list[Conflict]]:
    """One side's film as it is: the only one that changed, else the later one."""
    if base is not None and base in (here.film, there.film):
        return (there if here.film == base else here).film, []
    kept: Side = "there" if there.updated > here.updated else "here"
    winner, loser = (there, here) if kept == "there" else (here, there)
    return winner.film, [Conflict(path="the film", kept=kept, lost=loser.film.dump(), won=winner.film.dump())]


class Merger:
    """One merge under way: the two sides, and the conflicts found so far."""

    def __init__(self, here: Version, there: Version):
        self.here, self.there, self.conflicts = here, there, list[Conflict]()

    def settle(self, path: str, here: Any, there: Any, times: tuple[float, float]) -> Any:
        """The later of two, and a note on the other."""
        kept: Side = "there" if times[1] > times[0] else "here"
        won, lost = (there, here) if kept == "there" else (here, there)
        self.conflicts.append(Conflict(path=path, kept=kept, lost=lost, won=won))
        return won

    def field(self, path: str, was: Any, here: Any, there: Any) -> Any:
        if here == there or there == was:
            return here
        return there if here == was else self.settle(path, here, there, (self.here.updated, self.there.updated))

    def fields(self, old: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
        """The film's own fields, each for itself."""
        merged: dict[str, Any] = {"version": 1}
        for name in FILM_FIELDS:
            value = self.field(name, old.get(name), ours.get(name), theirs.get(name))
            if value is not None or (name in ours and name in theirs):
                merged[name] = value
        return merged

    # --- rows ------------------------------------------------------------------------------------------------------

    def rows(self, base: Timeline) -> list[Any]:
        """Every row of either side: those that both have merged, those that one added beside them, and one that the
        other took away only if it was not changed since."""
        olds, ours, theirs = (film.dump()["tracks"] for film in (base, self.here.film, self.there.film))
        mine, others = paired(olds, ours), paired(olds, theirs)
        origin, made, placed = {now: was for was, now in mine.items()}, list[Any](), set[int]()
        for n, track in enumerate(ours):
            was, path = origin.get(n), f"tracks[{len(made)}]"
            if was is None:
                made.append(track)
            elif (t := others.get(was)) is not None:
                runs = Run(track["items"], self.here.ages[n]), Run(theirs[t]["items"], self.there.ages[t])
                made.append(self.row(path, olds[was], track, theirs[t], *runs))
                placed.add(t)
            elif track != olds[was]:
                made.append(self.left(path, "here", track))
        origin = {now: was for was, now in others.items()}
        for t, track in enumerate(theirs):
            was = origin.get(t)
            if was is None:
                made.insert(min(t, len(made)), track)
            elif t not in placed and track != olds[was]:
                made.append(self.left(f"tracks[{len(made)}]", "there", track))
        return made

    def left(self, path: str, side: Side, track: Any) -> Any:
        """A row that one side took away and the other changed stays."""
        self.conflicts.append(Conflict(path=path, kept=side, lost=None, won=track))
        return track

    def row(self, path: str, old: Any, ours: Any, theirs: Any, here: Run, there: Run) -> dict[str, Any]:
        """One row: its fields each for itself, its items as runs."""
        names = [name for name in {**ours, **theirs} if name != "items"]
        merged = {name: self.field(f"{path}.{name}", old.get(name), ours.get(name), theirs.get(name)) for name in names}
        said = {name: value for name, value in merged.items() if value is not None}
        return {**said, "items": self.items(path, old["items"], here, there)}

    def items(self, path: str, old: list[Any], here: Run, there: Run) -> list[Any]:
        """The items of a row: the runs between what both sides left as it was are decided one after the other."""
        mine, others = kept(old, here.items), kept(old, there.items)
        out, b, h, t = list[Any](), 0, 0, 0
        for n in range(len(old) + 1):
            last = n == len(old)
            if not last and not (n in mine and n in others):
                continue
            ends = (len(here.items), len(there.items)) if last else (mine[n], others[n])
            out += self.decided(path, len(out), old[b:n], here.part(h, ends[0]), there.part(t, ends[1]))
            if not last:
                out.append(here.items[mine[n]])
                b, h, t = n + 1, mine[n] + 1, others[n] + 1
        return out

    def decided(self, path: str, at: int, old: list[Any], here: Run, there: Run) -> list[Any]:
        """A run that at least one side changed: both, where each put something in; item by item where it is as long on
        both; else as a whole."""
        if same(here.items, there.items) or same(there.items, old):
            return here.items
        if same(here.items, old):
            return there.items
        if len(old) > 1 and len(old) == len(here.items) == len(there.items):
            pieces = range(len(old))
            parts = (self.decided(path, at + n, [old[n]], here.part(n, n + 1), there.part(n, n + 1)) for n in pieces)
            return [item for part in parts for item in part]
        times = (max(here.ages, default=self.here.updated), max(there.ages, default=self.there.updated))
        if not old and not any(item["type"] == "transition" for item in (*here.items, *there.items)):
            first = sorted(((times[0], here.items), (times[1], there.items)), key=lambda side: (side[0], str(side[1])))
            return [*first[0][1], *first[1][1]]
        return self.settle(f"{path}.items[{at}]", here.items, there.items, times)


def paired(olds: list[Any], news: list[Any]) -> dict[int, int]:
    """Which row of a side is which of the base's: rows keep their order, kind, role and mostly their name."""
    if [track["kind"] for track in olds] == [track["kind"] for track in news]:
        return {n: n for n in range(len(olds))}
    marks = [[f"{t['kind']}/{t.get('role')}/{t.get('name')}" for t in tracks] for tracks in (olds, news)]
    return matched(*marks)


def kept(old: list[Any], new: list[Any]) -> dict[int, int]:
    """The items of the base that a side has still as they were, and where; in the same place, where that says as much:
    the same clip may lie in a row twice."""
    was, now = list(map(said, old)), list(map(said, new))
    found = matched(was, now)
    stayed = {n: n for n in range(len(was)) if len(was) == len(now) and was[n] == now[n]}
    return stayed if len(stayed) >= len(found) else found


def matched(old: list[str], new: list[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block.a + k: block.b + k for block in blocks for k in range(block.size)}


def said(item: Any) -> str:
    """An item as it is compared: without the name by which a take on its way knows it."""
    return json.dumps({key: value for key, value in item.items() if key not in UNSEEN}, sort_keys=True)


def same(one: list[Any], other: list[Any]) -> bool:
    return list(map(said, one)) == list(map(said, other))


def ages(film: Timeline, steps: Iterable[tuple[float, dict[str, Any]]]) -> list[list[float]]:
    """When each item of each row got its present form, by the steps that led here as (time, timeline), the latest
    first: the time of the earliest of those in a row that have it."""
    texts = [[said(item) for item in track["items"]] for track in film.dump()["tracks"]]
    found, looked = (
        [[0.0] * len(row) for row in texts],
        {(t, n) for t, row in enumerate(texts) for n in range(len(row))},
    )
    for when, step in steps:
        there = {said(item) for track in step["tracks"] for item in track["items"]}
        looked = {(t, n) for t, n in looked if texts[t][n] in there}
        for t, n in looked:
            found[t][n] = when
        if not looked:
            break
    return found


def described(conflict: Conflict) -> str:
    """A conflict in words: where it is, and which side was kept."""
    whose, other = ("this studio", "the other one") if conflict.kept == "here" else ("the other studio", "this one")
    return f"{placed(conflict.path)}: both changed it; {whose} did so later and was kept, what {other} had was not."


def placed(path: str) -> str:
    """A path in the film in words: `tracks[2].items[1]` is "row 3, item 2"."""
    words = re.sub(r"tracks\[(\d+)\]", lambda m: f"row {int(m[1]) + 1}", path)
    return re.sub(r"\.items\[(\d+)\]", lambda m: f", item {int(m[1]) + 1}", words)


def assets(conflict: Conflict) -> set[str]:
    """What the losing side's clips play: that must not be lost either."""
    lost = conflict.lost
    rows = [track["items"] for track in lost["tracks"]] if isinstance(lost, dict) and "tracks" in lost else [lost]
    clips = (item for row in rows if isinstance(row, list) for item in row if isinstance(item, dict))
    return {item["asset"] for item in clips if "asset" in item}
