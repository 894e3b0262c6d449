"""What each player does with a bar: chords from a comping figure, a bass line, a drum pattern and its fills."""

from __future__ import annotations

import numpy as np

from pipelines.draft.score.harmony import Chord, Key, local_scale, nearest
from pipelines.draft.score.melody import Note
from pipelines.draft.score.patterns import CRASH, FILL_VOICES, FILLS, KICK, LIGHT, SNARE, steps

PUSH = {"X": 112, "x": 94, "o": 72, ",": 48, "C": 92, "c": 74}
RINGING = {CRASH: 6.0, 46: 1.5, 51: 3.0, 41: 2.0}


def at(chords: list[Chord], beat: float) -> int:
    """Which chord sounds at a beat; the last one goes on for ever."""
    return next((i for i, chord in enumerate(chords) if chord.start <= beat + 1e-6 < chord.end), len(chords) - 1)


def comp_bar(
    figure: str, bar: int, metre: int, chords: list[Chord], voicings: list[tuple[int, ...]], force: float
) -> list[Note]:
    """One bar of chords or broken chords."""
    notes = []
    for beat, beats, symbol in steps(figure, bar, metre):
        start = bar * metre + beat
        here = at(chords, start)
        pitches = voicings[here]
        long = min(beats, max(0.25, chords[here].end - start)) if symbol in "Cc" else beats * 1.6
        if symbol.isdigit():
            n = int(symbol) - 1
            pitches = (pitches[n % len(pitches)] + 12 * (n // len(pitches)),)
            push = force * (1.08 if beat % 1 == 0 else 0.92)
        else:
            push = force * PUSH[symbol] / 90
        notes += [Note(start, long * 0.97, pitch, push - 3 * i) for i, pitch in enumerate(reversed(pitches))]
        # a chord held over the middle of a bar moves when the harmony does
        if symbol in "Cc" and beats > long and here + 1 < len(chords):
            rest = beats - long
            notes += [Note(start + long, rest * 0.97, pitch, push - 3) for pitch in voicings[here + 1]]
    return notes


def bass_bar(
    line: str, bar: int, metre: int, chords: list[Chord], key: Key, low: int, force: float, rng: np.random.Generator
) -> list[Note]:
    """One bar of bass; `low` is the lowest pitch it has."""
    notes: list[Note] = []
    for beat, beats, symbol in steps(line, bar, metre):
        start = bar * metre + beat
        here = at(chords, start)
        chord, after = chords[here], chords[min(here + 1, len(chords) - 1)]
        root = low + (chord.root - low) % 12
        pitch = root
        if symbol == "5":
            pitch = nearest(
                chord.tones[min(2, len(chord.tones) - 1)] if len(chord.tones) > 2 else chord.tones[-1], root + 4
            )
        elif symbol == "3":
            pitch = nearest(chord.tones[1], root + 4)
        elif symbol == "8":
            pitch = root + 12
        elif symbol == "w":
            pitch = _walk(notes[-1].pitch if notes else root, chord, after, key, low, rng)
        elif symbol == "a":
            goal = nearest(after.root, root)
            steps_in = [p for p in (goal - 2, goal - 1, goal + 1, goal + 2) if p % 12 in local_scale(key, chord)]
            pitch = int(rng.choice(steps_in)) if steps_in else goal - 1
        if pitch < low - 2:
            pitch += 12
        notes.append(Note(start, beats * 0.92, pitch, force * (1.06 if beat == 0 else 0.96)))
    return notes


def _walk(last: int, chord: Chord, after: Chord, key: Key, low: int, rng: np.random.Generator) -> int:
    """The next quarter of a walking bass: a chord tone or a neighbour, on the way to the next root."""
    goal = nearest(after.root, last)
    tones = chord.tones if rng.random() < 0.65 else tuple(local_scale(key, chord))
    near = [p for p in range(max(low, last - 7), last + 8) if p % 12 in tones and p != last and p < low + 22]
    near.sort(key=lambda p: abs(p - goal) + 0.3 * abs(p - last - 3 * np.sign(goal - last)))
    return near[int(rng.integers(min(3, len(near))))] if near else chord.root + low


def drum_bar(
    pattern: dict[int, str], bar: int, metre: int, energy: float, fill: str | None, rng: np.random.Generator
) -> list[Note]:
    """One bar of drums: below half energy only the light ones, near full every one; a fill takes the snare's place."""
    notes = []
    filled = fill.lstrip(".") if fill else ""
    opens = metre - len(filled) / 4 if fill else metre
    for drum, cell in pattern.items():
        if energy < 0.5 and drum not in LIGHT and not (drum == KICK and energy > 0.42):
            continue
        for beat, _, symbol in steps(cell, bar, metre):
            if fill and beat >= opens and drum != KICK:
                continue
            if symbol == "," and rng.random() < 0.3:
                continue
            notes.append(struck(bar * metre + beat, drum, PUSH[symbol] * (0.72 + 0.28 * energy)))
    for i, symbol in enumerate(filled):
        if symbol in FILL_VOICES:
            swell = 0.75 + 0.3 * i / max(1, len(filled))
            push = (96 if symbol != "o" else 60) * swell * (0.7 + 0.3 * energy)
            notes.append(struck(bar * metre + opens + i / 4, FILL_VOICES[symbol], push))
    return notes


def any_fill(rng: np.random.Generator, metre: int) -> str:
    return str(rng.choice(FILLS))[-metre * 4 :]


def roll_bar(bar: int, metre: int, through: float) -> list[Note]:
    """A snare roll that quickens and swells; `through` is how far into the build this bar is, 0 to 1."""
    each = 1 if through < 0.3 else 0.5 if through < 0.7 else 0.25
    hits = np.arange(0, metre, each)
    return [struck(bar * metre + float(b), SNARE, 50 + 50 * (through + 0.25 * b / metre)) for b in hits]


def struck(start: float, drum: int, force: float) -> Note:
    return Note(start, RINGING.get(drum, 0.5), drum, force)
