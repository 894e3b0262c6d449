"""Keys, numerals and voicings: which notes a chord is, and how a hand gets from one to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
KEYS = tuple(f"{name} {mode}" for mode in ("major", "minor") for name in NAMES)
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
SHAPES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "M7": (0, 4, 7, 11),
    "9": (0, 4, 10, 14),
    "m9": (0, 3, 10, 14),
    "M9": (0, 4, 11, 14),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "ø": (0, 3, 6, 10),
}
_NUMERAL = re.compile(r"(b?)([ivIV]+)(.*)")


@dataclass(frozen=True)
class Key:
    """A tonic (pitch class, C is 0) and a mode."""

    tonic: int
    mode: str

    @property
    def scale(self) -> tuple[int, ...]:
        """Its seven pitch classes, from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in MODES[self.mode])

    @property
    def minor(self) -> bool:
        return MODES[self.mode][2] == 3

    def __str__(self) -> str:
        return f"{NAMES[self.tonic]} {self.mode}"


@dataclass(frozen=True)
class Chord:
    """`tones` are pitch classes, root first; `start` and `beats` are in beats."""

    start: float
    beats: float
    tones: tuple[int, ...]

    @property
    def root(self) -> int:
        return self.tones[0]

    @property
    def end(self) -> float:
        return self.start + self.beats


def spell(numeral: str, key: Key) -> tuple[int, ...]:
    """The pitch classes of a numeral such as `ii9` or `bVII` in a key, root first."""
    flat, degree, suffix = _NUMERAL.fullmatch(numeral).groups()  # type: ignore[union-attr]
    steps = MODES["minor" if key.minor else "major"]
    above = steps[NUMERALS.index(degree.upper())]
    # bVII and bII are a semitone under the major scale's own, whichever mode the piece is in
    if flat:
        above = MODES["major"][NUMERALS.index(degree.upper())] - 1
    minor = degree.islower() and suffix not in ("5", "ø", "sus2", "sus4")
    shape = SHAPES["m" + suffix if minor else suffix]
    return tuple((key.tonic + above + step) % 12 for step in shape)


@lru_cache(maxsize=1024)
def voice(tones: tuple[int, ...], before: tuple[int, ...] | None, low: int, high: int) -> tuple[int, ...]:
    """Pitches for a chord's tones between two MIDI pitches, moving as little as can be from the voicing before it."""
    choices = [[p for p in range(low, high + 1) if p % 12 == tone] for tone in tones]
    centre = (low + high) / 2

    def cost(pitches: tuple[int, ...]) -> float:
        spread = pitches[-1] - pitches[0]
        gaps = [b - a for a, b in pairwise(pitches)]
        muddy = sum(4 for a, gap in zip(pitches, gaps, strict=False) if gap < 3 and (gap < 2 or a < 55))
        here = abs(sum(pitches) / len(pitches) - centre)
        if not before:
            return here + muddy + abs(spread - 10)
        moved = sum(min(abs(p - q) for q in before) for p in pitches) + sum(
            min(abs(p - q) for q in pitches) for p in before
        )
        return moved + 0.4 * here + muddy + 0.5 * max(0, spread - 16)

    return min((tuple(sorted(set(pick))) for pick in product(*choices)), key=lambda pitches: (cost(pitches), pitches))


def nearest(tone: int, pitch: int) -> int:
    """The pitch of a pitch class that lies nearest to a pitch."""
    return pitch + (tone - pitch + 6) % 12 - 6


def local_scale(key: Key, chord: Chord) -> set[int]:
    """The key's pitch classes, bent to a chord that borrows: its leading tone stands in for the natural seventh."""
    borrowed = [tone for tone in chord.tones if tone not in key.scale]
    kept = {s for s in key.scale if not any((s - b) % 12 in (1, 11) for b in borrowed)}
    return kept | set(chord.tones)
