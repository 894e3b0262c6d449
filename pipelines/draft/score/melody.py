"""Tunes: a motif of two bars, said, said again on the next chords, varied, and brought to rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.draft.score.harmony import Chord, Key, local_scale, nearest
from pipelines.draft.score.patterns import CADENCES, TUNES, steps


class Note(NamedTuple):
    """`start` and `beats` are in beats, `pitch` is MIDI's, `force` is 1 to 127."""

    start: float
    beats: float
    pitch: int
    force: float


class Motif(NamedTuple):
    cells: tuple[str, str]
    moves: tuple[int, ...]


def motif(style: str, rng: np.random.Generator) -> Motif:
    """Two bars of rhythm, and the steps in the scale from each note to the next; a leap is answered by a step back."""
    cells = TUNES[style]
    first, second = (str(cell) for cell in rng.choice(cells, 2, replace=len(cells) < 2))
    moves: list[int] = []
    for _ in range(32):
        if moves and abs(moves[-1]) > 1:
            moves.append(-int(np.sign(moves[-1])))
        else:
            moves.append(
                int(rng.choice([-3, -2, -1, -1, 0, 1, 1, 2, 4], p=[0.04, 0.1, 0.2, 0.12, 0.1, 0.18, 0.12, 0.1, 0.04]))
            )
    return Motif((first, second), tuple(moves))


class Singer:
    """Sings motifs over chords within a range, keeping its place between bars."""

    def __init__(self, key: Key, metre: int, low: int, high: int, plain: bool):
        self.key, self.metre, self.low, self.high = key, metre, low, high
        self.plain = plain
        """Keep to five notes where the genre's tunes do."""
        self.pitch = nearest(key.scale[4], (low + high) // 2)

    def bar(
        self, start: float, cell: str, moves: tuple[int, ...], chords: list[Chord], force: float, rest: bool
    ) -> list[Note]:
        """One bar from beat `start`; `rest` brings its last note home to the chord."""
        struck = list(steps(cell, 0, self.metre))
        notes = []
        for i, (at, beats, _) in enumerate(struck):
            chord = next((c for c in chords if c.start <= start + at < c.end), chords[-1])
            strong = at % 2 == 0 or beats >= 1 or (rest and i == len(struck) - 1)
            self.pitch = self._step(moves[i % len(moves)], chord, strong)
            accent = 8 if at == 0 else 3 if at % 1 == 0 else -4
            notes.append(Note(start + at, beats * 0.94, self.pitch, force + accent))
        return notes

    def _step(self, move: int, chord: Chord, strong: bool) -> int:
        tones = local_scale(self.key, chord)
        if self.plain:
            scale = self.key.scale
            skipped = {scale[1], scale[5]} if self.key.minor else {scale[3], scale[6]}
            tones = (tones - skipped) | set(chord.tones)
            move = int(np.clip(move, -2, 2))  # a rung is wider on five notes than on seven
        ladder = [p for p in range(self.low - 2, self.high + 3) if p % 12 in tones]
        here = min(range(len(ladder)), key=lambda i: (abs(ladder[i] - self.pitch), i))
        if ladder[here] + 2 * move > self.high or ladder[here] + 2 * move < self.low:
            move = -move
        pitch = ladder[int(np.clip(here + move, 0, len(ladder) - 1))]
        if strong:
            homes = [p for p in ladder if p % 12 in chord.tones[:3]]
            pitch = min(homes, key=lambda p: (abs(p - pitch), p))
        return pitch


def phrase(
    singer: Singer, idea: Motif, start: float, bars: int, chords: list[Chord], force: float, rng: np.random.Generator
) -> list[Note]:
    """A motif spun over some bars from beat `start`: said, answered, said again with one bar turned, and closed."""
    notes: list[Note] = []
    first, second = idea.cells
    half = len(idea.moves) // 2
    for bar in range(bars):
        closes = bar == bars - 1 or bar % 4 == 3
        cell = first if bar % 2 == 0 else second
        moves = idea.moves[:half] if bar % 2 == 0 else idea.moves[half:]
        if bar % 4 == 2 and rng.random() < 0.5:
            moves = tuple(-m for m in moves)
        if closes:
            cell = str(rng.choice(CADENCES))
        at = start + bar * singer.metre
        here = [c for c in chords if c.start < at + singer.metre and c.end > at] or chords[-1:]
        notes += singer.bar(at, cell, moves, here, force, closes)
    return notes
