"""How a film is cut into chunks: which frames each reads, and from when to when it counts. Pure but for the times."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from pipelines.faults import Invalid
from pipelines.restoring.source import Source

CYCLE = 5
"""Frames of one turn of 3:2 pulldown: chunks begin where a turn does, so that each makes the same of it."""


@dataclass(frozen=True)
class Chunk:
    """Reads the source's frames [first, last); what it makes is kept from `start` to `end`, and, for the next one to
    begin from, up to `tail`. All three in ticks of the plan."""

    number: int
    first: int
    last: int
    start: int
    end: int
    tail: int


@dataclass(frozen=True)
class Plan:
    """The whole of a job: frames [first, last) of the source in chunks. A time `pts` of the source is `pts * ratio` in
    ticks of the film, which are `tick` seconds."""

    source: Source
    first: int
    last: int
    tick: Fraction
    ratio: int
    chunks: tuple[Chunk, ...]

    @property
    def zero(self) -> Fraction:
        """The source's time, in seconds, at which the film's begins: as the file's, or where it is cut."""
        if self.first == 0:
            return self.source.origin
        return self.source.at(self.first) * self.source.tick

    @property
    def seconds(self) -> float:
        return float((self.source.at(self.last) - self.source.at(self.first)) * self.source.tick)


def planned(source: Source, options: Any, *, chunk: int, overlap: int, context: int) -> Plan:
    """Chunks of so many frames, each overlapping the next by `overlap` and seeing `context` frames more on either
    side. Raises `Invalid` when the stretch asked for is not in the film."""
    first = source.index(options.from_s)
    if first >= source.frames:
        raise Invalid(f"from_s: the film is {source.seconds:.2f} s long.", "Begin before its end.")
    last = source.index(options.from_s + options.duration_s) if options.duration_s else source.frames
    last = max(first + 1, last)
    beats = source.tick * (1 if options.fps == "same" else int(options.fps))
    ratio = lcm(2, beats.numerator)  # so that half a frame's time, and a frame's at that rate, are whole ticks
    tick = source.tick / ratio
    chunk, context = up(chunk), up(context)
    chunks = []
    for number, begin in enumerate(range(first, last, chunk)):
        end = min(begin + chunk, last)
        if last - end < chunk // 4:  # what is left over would not be worth a chunk
            end = last
        tail = min(end + overlap, last)
        times = (source.at(n) * ratio for n in (begin, end, tail))
        chunks.append(Chunk(number, max(first % CYCLE, begin - context), min(tail + context, source.frames), *times))
        if end == last:
            break
    return Plan(source, first, last, tick, ratio, tuple(chunks))


def up(frames: int) -> int:
    return -(-frames // CYCLE) * CYCLE
