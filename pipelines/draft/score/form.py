"""The shape of a piece: how many bars at what tempo fill its time exactly, in which sections, and how loud each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.draft.score.brief import Brief

LEVEL = {"intro": 0.44, "A": 0.62, "B": 0.88, "C": 0.5, "build": 0.65, "break": 0.32, "outro": 0.46}
BODIES = {
    "song": "A B A B C B",
    "dance": "A A B A C A",
    "flow": "A B C B",
    "groove": "A build B B break build B B",
}


@dataclass(frozen=True)
class Section:
    """`start` and `bars` are in bars; `energy` is 0 to 1."""

    name: str
    start: int
    bars: int
    energy: float

    @property
    def end(self) -> int:
        return self.start + self.bars


@dataclass(frozen=True)
class Form:
    """`beats` are played; then, unless it loops, the last chord rings for `ring_s`."""

    bpm: float
    metre: int
    beats: int
    ring_s: float
    sections: tuple[Section, ...]

    @property
    def beat_s(self) -> float:
        return 60 / self.bpm

    @property
    def ring(self) -> float:
        """The last chord's length in beats."""
        return self.ring_s / self.beat_s

    @property
    def bars(self) -> int:
        return -(-self.beats // self.metre)


def shape(brief: Brief) -> Form:
    """A form whose beats and last chord fill `brief.duration_s` exactly; a stated tempo is kept to the letter.

    A loop is whole beats with nothing left over, so a stated tempo then gives way by less than half a beat overall.
    """
    low, high = brief.genre.bpm
    wanted = brief.bpm or low + (high - low) * brief.pace
    bpm, beats, ring = (_loop if brief.loop else _ending)(brief, wanted)
    bars = -(-beats // brief.metre)
    return Form(bpm, brief.metre, beats, ring, _sections(brief, bars))


def _loop(brief: Brief, wanted: float) -> tuple[float, int, float]:
    exact = brief.duration_s * wanted / 60
    if brief.bpm:
        whole = round(exact / brief.metre) * brief.metre
        beats = whole if whole and abs(whole / exact - 1) < 0.01 else max(1, round(exact))
    else:
        beats = max(1, round(exact / brief.metre)) * brief.metre
        if not 0.8 < beats / exact < 1.25:
            beats = max(1, round(exact))
    return beats * 60 / brief.duration_s, beats, 0.0


def _ending(brief: Brief, wanted: float) -> tuple[float, int, float]:
    time, metre = brief.duration_s, brief.metre
    least = min(1.6, 0.3 * time)
    bar = metre * 60 / wanted
    if not brief.bpm:
        ring = min(0.12 * time, 2.2 + brief.genre.room_s * 0.5)
        about = (time - ring) / bar
        low, high = brief.genre.bpm[0] * 0.94, brief.genre.bpm[1] * 1.06
        fits = []
        for bars in range(max(1, int(about * 0.8)), int(about * 1.25) + 2):
            bpm = bars * metre * 60 / (time - ring)
            if low <= bpm <= high:
                fits.append((abs(np.log(bpm / wanted)) + 0.05 * (bars % 4 > 0) + 0.02 * (bars % 2), bars, bpm))
        if fits:
            _, bars, bpm = min(fits)
            return float(bpm), bars * metre, float(ring)
    beats = int((time - least) / bar + 1e-9) * metre
    return float(wanted), beats, float(time - beats * 60 / wanted)


def _sections(brief: Brief, bars: int) -> tuple[Section, ...]:
    """A short way in, sections of whole phrases, a short way out."""
    if not bars:
        return ()
    edge = 0 if brief.loop or bars < 6 else min((1, 2, 4, 8), key=lambda size: abs(size - bars * 0.11))
    way_in = 0 if "no intro" in brief.shapes else edge
    way_out = edge if bars >= 12 else 0
    inner = bars - way_in - way_out
    unit = 8 if inner >= 64 else 4 if inner >= 7 else 2 if inner >= 4 else inner
    names = _body(brief, max(1, inner // unit))
    lengths = [unit] * len(names)
    lengths[0] += inner - sum(lengths)
    if way_in:
        names, lengths = ["intro", *names], [way_in, *lengths]
    if way_out:
        names, lengths = [*names, "outro"], [*lengths, way_out]
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    return tuple(map(Section, names, starts, lengths, _energies(brief, names)))


def _body(brief: Brief, count: int) -> list[str]:
    kind = "groove" if "drop" in brief.shapes else brief.genre.form
    body = BODIES[kind].split()
    names = [body[i % len(body)] for i in range(count)]
    if kind == "groove" and count < 4:
        names = {1: ["B"], 2: ["A", "B"], 3: ["A", "build", "B"]}[count]
    elif names[-1] in ("build", "break", "C"):
        names[-1] = "B"
    return names


def _energies(brief: Brief, names: list[str]) -> list[float]:
    power = brief.genre.power + 0.15 * brief.lively
    energies = [LEVEL[name] * (0.55 + 0.45 * power) for name in names]
    count = len(names)
    for i, name in enumerate(names):
        again = names[:i].count(name)
        energies[i] += 0.05 * min(again, 2)
    shapes = brief.shapes
    if "steady" in shapes or (brief.loop and count < 3):
        energies = [0.6 * (0.6 + 0.4 * power)] * count
    if "rise" in shapes and "drop" not in shapes:
        energies = [0.22 + 0.78 * (i + 1) / count for i in range(count)]
    if "calm start" in shapes:
        energies[0] = 0.2
    if "big end" in shapes:
        energies[-1] = 1.0
    if "calm end" in shapes:
        energies[-1] = 0.2
    return [float(np.clip(e, 0.15, 1.0)) for e in energies]
