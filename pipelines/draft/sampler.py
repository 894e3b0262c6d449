"""Plays parts: each pitch is recorded once from the SoundFont, then struck as often, hard and long as is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from pipelines.draft.desk import RATE, add
from pipelines.draft.score.melody import Note
from pipelines.draft.score.patterns import CLAP, CRASH, HAT, KICK, OPEN, PEDAL, RIDE, SHAKER, SIDE, SNARE, TAMBOURINE
from pipelines.draft.soundfont import DRUMS, SoundFont, bundled

LONGEST_S = 14.0
RELEASE_S = {
    0: 0.25,
    8: 0.9,
    16: 0.06,
    24: 0.2,
    32: 0.08,
    40: 0.25,
    48: 0.4,
    56: 0.14,
    64: 0.14,
    72: 0.16,
    80: 0.08,
    88: 0.9,
    96: 0.7,
    104: 0.25,
}
ATTACK_S = {88: 0.15, 48: 0.02}

PEAKS = {
    KICK: 1.0,
    SNARE: 0.85,
    SIDE: 0.5,
    CLAP: 0.6,
    HAT: 0.3,
    PEDAL: 0.25,
    OPEN: 0.3,
    RIDE: 0.28,
    CRASH: 0.5,
    SHAKER: 0.2,
    TAMBOURINE: 0.25,
}
"""How loud each drum is next to the kick, whatever the kit made of it."""


@cache
def _font() -> SoundFont:
    return SoundFont(bundled())


def play(
    notes: tuple[Note, ...],
    program: int,
    drum: bool,
    beat_s: float,
    track: np.ndarray,
    wrap: bool,
    tick: Callable[[], None],
) -> None:
    """Add a part's notes to `track`, shape (2, samples), telling `tick` every hundred."""
    family = min(program // 8 * 8, 104)
    release = 0.3 if drum else RELEASE_S[family]
    if drum:
        notes = _choked(notes)
    bank = _recorded(notes, program, drum, beat_s, release)
    soft = {} if drum else {pitch: _dulled(sound, 900 + 14 * pitch) for pitch, sound in bank.items()}
    away = np.linspace(0, 1, int(release * RATE), dtype=np.float32)
    fall = np.exp(-5 * away) * (1 - away)
    rise = np.linspace(0, 1, int(ATTACK_S.get(family, 0) * RATE) if not drum else 0, dtype=np.float32) ** 2
    for number, note in enumerate(notes):
        if number % 100 == 0:
            tick()
        held = int(min(LONGEST_S, note.beats * beat_s) * RATE)
        sound = _struck(bank[note.pitch], soft.get(note.pitch), note.force, held + len(fall))
        tail = max(0, sound.shape[1] - held)
        sound[:, sound.shape[1] - tail :] *= fall[:tail]
        head = min(len(rise), sound.shape[1])
        sound[:, :head] *= rise[:head]
        add(track, sound, round(note.start * beat_s * RATE), wrap)


def _recorded(
    notes: tuple[Note, ...], program: int, drum: bool, beat_s: float, release: float
) -> dict[int, np.ndarray]:
    """Every pitch of a part, as long as its longest note lasts and dies away."""
    lengths: dict[int, float] = {}
    for note in notes:
        lengths[note.pitch] = max(lengths.get(note.pitch, 0), min(LONGEST_S, note.beats * beat_s) + release)
    bank = DRUMS if drum else 0
    sounds = {p: _font().record(bank, program, p, seconds) for p, seconds in sorted(lengths.items())}
    if drum:
        return {p: s * np.float32(PEAKS.get(p, 0.6) / max(1e-4, float(np.abs(s).max()))) for p, s in sounds.items()}
    return sounds


def _struck(loud: np.ndarray, soft: np.ndarray | None, force: float, length: int) -> np.ndarray:
    """A copy as loud, and unless it is a drum as bright, as it is struck hard."""
    gain = np.float32((force / 100) ** 1.7)
    if soft is None:
        return loud[:, :length] * gain
    open_ = np.float32(np.clip(force / 105, 0.15, 1))
    return loud[:, :length] * (gain * open_) + soft[:, :length] * (gain * (1 - open_))


def _choked(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """An open hi-hat rings until the next stroke closes it."""
    hats = [n.start for n in notes if n.pitch in (HAT, PEDAL, OPEN)]
    return tuple(
        n._replace(beats=min([n.beats, *(s - n.start for s in hats if s > n.start + 0.05)])) if n.pitch == OPEN else n
        for n in notes
    )


def _dulled(sound: np.ndarray, hz: float) -> np.ndarray:
    """The same, struck softly: a running mean, which takes away what lies above a frequency."""
    width = max(2, round(0.44 * RATE / hz))
    total = np.cumsum(np.pad(sound, ((0, 0), (width - width // 2, width // 2))), axis=1, dtype=np.float64)
    return ((total[:, width:] - total[:, :-width]) / width).astype(np.float32)
