"""What is told, and for how long: a reading becomes lines sized to the film's length at the voice's pace.

The brief's own sentences come first. What stands between them is from the language's stock: it speaks of the light, the
place and the mood that the brief names, never of facts it does not. No sentence is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import zip_longest

from studio.director.plan import MOST_SHOTS
from studio.director.reading import Passage, Reading, folded
from studio.director.tongue import Found

BREATH_S = 1.0  # of quiet around a line
LIT = ("hour", "weather", "season")
LEAD_S, TAIL_S = 0.8, 1.6  # before the first word, and after the last
FAVOURITE_S = {"trailer": 3.8, "poem": 6.5, "travel": 5.0, "product": 4.5}
LONGEST_S = 7.5  # of a shot, where another can be had
LONGEST_LETTERS = 280
MORE = {"story": ("poem",), "travel": ("poem",), "explainer": ("poem",), "trailer": ("story", "poem"),
        "product": ("poem",), "poem": ("story",), "how-to": ("product",)}  # fmt: skip
"""Whose lines a kind of film may borrow when it is long."""
OPENS = ("trailer", "product", "story", "travel")  # kinds whose first line comes before the brief's own


@dataclass(frozen=True)
class Told:
    """A line on its way to a shot: what is said, what it is about, and how long it lasts."""

    line: str
    about: tuple[Found, ...] = ()
    seen: str = ""
    scene: int = 0
    step: bool = False
    seconds: float = 0.0
    role: str = "middle"


def speaking(line: str, pace: float) -> float:
    """How long a line takes to say, in seconds."""
    return len(line) / pace + 0.15 if line else 0.0


def script(reading: Reading, seconds: float, pace: float | None = None) -> list[Told]:
    """The lines of a film of that length, each with its shot's seconds; their sum is the film's."""
    pace = pace or reading.tongue.pace
    room = seconds - LEAD_S - TAIL_S
    own = [shortened(told_of(passage, reading), int((room - BREATH_S) * pace)) for passage in reading.passages]
    lines = (
        framed(fitting(own, room, pace), reading, room, pace) if reading.written else spread(own, reading, room, pace)
    )
    return timed(filled(lines or [Told("")], reading, seconds), seconds, pace)


def needs(line: Told, pace: float) -> float:
    return max(1.5, speaking(line.line, pace) + BREATH_S) if line.line else 2.5


def told_of(passage: Passage, reading: Reading) -> Told:
    speech = reading.tongue
    kinds = ("subject", "place", "hour", "weather", "season")
    about = tuple(speech.find(f"{passage.seen} {passage.line}", *kinds))
    return Told(passage.line, about, passage.seen, passage.scene, passage.step, role="own")


def shortened(told: Told, most: int) -> Told:
    """A line that would be longer than the film ends at a word before."""
    if len(told.line) <= min(most, LONGEST_LETTERS):
        return told
    start = told.line[: max(10, min(most, LONGEST_LETTERS))]
    return replace(told, line=(start.rsplit(" ", 1)[0] if " " in start else start).rstrip(" ,;:") + ".")


def fitting(own: list[Told], room: float, pace: float) -> list[Told]:
    """As many of a page's passages as there is time for, in their order: the first, the last, and then those that name
    most, spread over the whole."""
    worth = {n: len(told.about) + 0.5 * bool(told.line) + (n in (0, len(own) - 1)) * 100 + told.step * 50 - 0.001 * n
             for n, told in enumerate(own)}  # fmt: skip
    kept, left = set[int](), room
    for n in sorted(worth, key=worth.__getitem__, reverse=True):
        need = needs(own[n], pace)
        if (need <= left or not kept) and len(kept) < MOST_SHOTS - 2:
            kept.add(n)
            left -= need
    return [told for n, told in enumerate(own) if n in kept]


def framed(lines: list[Told], reading: Reading, room: float, pace: float) -> list[Told]:
    """Steps with a word before and after them, where there is time; a script stays as it was written."""
    if not any(line.step for line in lines):
        return lines
    opening, middle, closing = stock(reading, lines)
    for before, after in ((opening[:1], closing[:1]), ([], closing[:1])):
        left = room - sum(needs(line, pace) for line in [*before, *lines, *after])
        if left >= 0:
            more = [line for n, line in enumerate(middle) if left > 1.6 * sum(needs(m, pace) for m in middle[: n + 1])]
            return [*before, *woven(lines, more[: len(lines) - 1]), *after]
    return lines


def spread(own: list[Told], reading: Reading, room: float, pace: float) -> list[Told]:
    """The brief's few sentences among lines of the stock, as many as there is time for."""
    opening, middle, closing = stock(reading, own, room > 35)
    short = room < 14
    first = opening[:1] if opening and not short and reading.structure in OPENS else []
    last = closing[:1] if closing and room > 9 else []
    after = opening[:1] if opening and not short and not first else []
    while own and sum(needs(line, pace) for line in [*first, *own, *last]) > room:
        if first or last:
            first, last = [], last[1:] if not first else last
        elif len(own) > 1:
            own = own[:-1]
        else:
            break
    left = room - sum(needs(line, pace) for line in [*first, *own, *last])
    between = list[Told]()
    for line in [*after, *middle]:
        if (need := needs(line, pace)) <= left and len(between) + len(own) + 2 < MOST_SHOTS:
            between.append(line)
            left -= need
    return [*first, *woven(own, between), *last]


def woven(own: list[Told], between: list[Told]) -> list[Told]:
    """The first of the brief's lines, then the others at even distances among those of the stock."""
    if not own:
        return between
    out, rest = [own[0]], list(between)
    for n, line in enumerate(own[1:], 1):
        take = round(len(between) * n / len(own)) - (len(between) - len(rest))
        out += [*rest[: max(0, take)], line]
        rest = rest[max(0, take) :]
    return out + rest


def stock(reading: Reading, own: list[Told], long: bool = False) -> tuple[list[Told], list[Told], list[Told]]:
    """What may be said beside the brief's own words: openings, what goes between, and endings; each sentence once."""
    said = {folded(told.line) for told in own}
    turn = int.from_bytes(blake2b(reading.topic.encode(), digest_size=4).digest(), "big")

    def of(*path: str, about: tuple[Found, ...] = (), role: str = "middle") -> list[Told]:
        lines = reading.tongue.lines(*path)
        at = turn % len(lines) if lines and path[-1] != "middle" else 0  # those of the middle build on each other
        return [Told(line, about, role=role) for line in lines[at:] + lines[:at]]

    def fresh(lines: list[Told]) -> list[Told]:
        return [line for line in lines if folded(line.line) not in said and not said.add(folded(line.line))]  # type: ignore[func-returns-value]

    kind = reading.structure
    keyed = [of(thing.kind, thing.key, about=(thing,)) for thing in reading.things if thing.kind in LIT]
    keyed += [of("mood", mood) for mood in dict.fromkeys(reading.moods)]
    named = list(filled_in(of("place", "any"), "P", reading.named("place"), long))
    named += list(filled_in(of("time", "any"), "T", reading.named("hour"), long))
    subjects = list(filled_in(of("subject", "any"), "S", reading.named("subject"), long))
    middle = [line for row in zip_longest(*keyed, of(kind, "middle"), subjects, named) for line in row if line]
    if long:
        middle += [line for other in MORE[kind] for line in of(other, "middle")]
    return fresh(of(kind, "open", role="open")), fresh(middle), fresh(of(kind, "close", role="close"))


def filled_in(lines: list[Told], letter: str, things: list[Found], long: bool) -> Iterator[Told]:
    """Each thing in a sentence of its own, in a long film in two."""
    for n, told in enumerate(lines[: len(things) * (1 + long)]):
        thing = things[n % len(things)]
        text = told.line.replace(f"{{{letter}}}", thing.called)
        yield replace(told, line=text[0].upper() + text[1:], about=(thing,))


def filled(lines: list[Told], reading: Reading, seconds: float) -> list[Told]:
    """The lines, and shots with none between them where the time would be long otherwise."""
    usual = FAVOURITE_S.get(reading.structure, 5.2)
    most = max(1, min(MOST_SHOTS, round(seconds / usual)))
    out = list(lines)
    while len(out) < most and seconds / len(out) > LONGEST_S:
        silent = [n for n, line in enumerate(out) if not line.line]
        gaps = [n for n in range(1, len(out)) if n - 1 not in silent and n not in silent] or [len(out)]
        at = gaps[len(gaps) // 2]
        out.insert(at, Told("", scene=out[min(at, len(out) - 1)].scene))
    return out


def timed(lines: list[Told], seconds: float, pace: float) -> list[Told]:
    """Each line with its shot's length, in tenths of a second: what it needs, and its share of the time left."""
    need = [needs(line, pace) for line in lines]
    need[0] += LEAD_S
    need[-1] += TAIL_S
    spare = seconds - sum(need)
    if spare >= 0:
        weights = [1.5 if not line.line else 1.0 for line in lines]
        need = [n + spare * w / sum(weights) for n, w in zip(need, weights, strict=True)]
    elif sum(need) > seconds:
        floor = [max(1.5, speaking(line.line, pace) + 0.25) for line in lines]
        give = [n - f for n, f in zip(need, floor, strict=True)]
        share = min(1.0, -spare / sum(give)) if sum(give) > 0 else 0
        need = [n - g * share for n, g in zip(need, give, strict=True)]
    ends, at = [0.0], 0.0
    for n in need:
        at += n
        ends.append(round(at, 1))
    return [replace(line, seconds=round(b - a, 1)) for line, a, b in zip(lines, ends, ends[1:], strict=False)]
