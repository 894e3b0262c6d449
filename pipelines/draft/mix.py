"""Mixes a piece: each part at its place and level, ducked under the kick, in a room, brought to -16 LUFS."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from pipelines.draft import desk, sampler
from pipelines.draft.desk import RATE
from pipelines.draft.score.compose import Part, Piece
from pipelines.draft.score.genres import Genre
from pipelines.draft.score.patterns import KICK

LUFS = -16.0
LEVELS_DB = {"lead": -20.0, "chords": -24.0, "pad": -28.0, "arp": -28.0, "bass": -21.5, "drums": -21.0}
PANS = {"lead": 0.06, "chords": -0.22, "pad": 0.0, "arp": 0.34, "bass": 0.0, "drums": 0.0}
SENDS = {"lead": 1.0, "chords": 0.8, "pad": 1.2, "arp": 1.3, "bass": 0.12, "drums": 0.35}

Tick = Callable[[float, str], None]


def mix(piece: Piece, samples: int, tick: Tick) -> np.ndarray:
    """A piece as sound of shape (2, samples). `tick` hears how far along it is, and in what."""
    genre, wrap = piece.brief.genre, piece.brief.loop
    dry = np.zeros((2, samples), dtype=np.float32)
    send = np.zeros_like(dry)
    pump = _pump(piece, samples)
    for number, part in enumerate(piece.parts):
        done, told = 0.1 + 0.6 * number / len(piece.parts), f"playing the {part.role}"
        stem = _stem(part, piece, samples, wrap, partial(tick, done, told))
        if pump is not None and not part.drum:
            stem *= pump
        left, right = desk.db(-3 * max(0, PANS[part.role])), desk.db(-3 * max(0, -PANS[part.role]))
        stem *= np.array([[left], [right]], dtype=np.float32)
        dry += stem
        stem *= np.float32(SENDS[part.role])
        send += stem
    out = desk.convolve(dry, desk.kernel(_tone(genre)), 1023, wrap, lambda f: tick(0.7 + 0.08 * f, "mixing"))
    del dry
    echo = desk.room(genre.room_s, 3500 + 300 * genre.colour)
    out += np.float32(genre.wet * 1.6) * desk.convolve(
        send, echo, 0, wrap, lambda f: tick(0.78 + 0.12 * f, "mixing the room")
    )
    del send
    tick(0.9, "setting the level")
    if genre.drive:
        push = np.float32((1 + genre.drive) / max(1e-6, 3 * float(np.std(out[:, ::7]))))
        out = np.tanh(out * push * np.float32(0.55)) if genre.drive > 0.8 else _warm(out, push)
    if genre.hiss:
        out += _vinyl(samples, genre.hiss * 3 * float(np.std(out[:, ::7])) / 0.1, wrap)
    if not wrap:
        out *= _ride(piece, samples)
        _close(out, piece)
    out = desk.level(out, LUFS, wrap, lambda f: tick(0.91 + 0.05 * f, "setting the level"))
    tick(0.97, "setting the level")
    return out


def _stem(part: Part, piece: Piece, samples: int, wrap: bool, tick: Callable[[], None]) -> np.ndarray:
    """One part alone, at its level: measured while it plays, so that every instrument sits where its role does."""
    stem = np.zeros((2, samples), dtype=np.float32)
    sampler.play(part.notes, part.program, part.drum, piece.form.beat_s, stem, wrap, tick)
    block = min(2400, samples)
    blocks = stem[:, : samples // block * block].reshape(2, -1, block)
    powers = np.einsum("cbi,cbi->b", blocks, blocks) / (2 * block)
    playing = powers[powers > powers.max() * 1e-3]
    rms = float(np.sqrt(playing.mean())) if len(playing) else 0.0
    stem *= np.float32(desk.db(LEVELS_DB[part.role]) / rms if rms else 0)
    return stem


def _pump(piece: Piece, samples: int) -> np.ndarray | None:
    """How the kick makes room for itself: a gain for every sample, or None where it does not."""
    depth = piece.brief.genre.pump
    kicks = [n.start for p in piece.parts if p.drum for n in p.notes if n.pitch == KICK]
    if not depth or not kicks:
        return None
    ms = np.ones(samples * 1000 // RATE + 400)
    dip = 1 - depth * np.exp(-np.arange(350) / 90) * (1 - np.arange(350) / 350)
    for start in kicks:
        at = int(start * piece.form.beat_s * 1000)
        end = min(len(ms), at + 350)
        ms[at:end] = np.minimum(ms[at:end], dip[: end - at])
    return desk.per_ms(ms, samples)


def _ride(piece: Piece, samples: int) -> np.ndarray:
    """A hand on the fader: a few decibels up and down with the sections, further where the prompt wants a rise."""
    form, reach = piece.form, 12 if "rise" in piece.brief.shapes else 5
    middles = [(s.start + s.bars / 2) * form.metre * form.beat_s for s in form.sections]
    gains = [desk.db(reach * (s.energy - 0.7)) for s in form.sections]
    if len(middles) < 2:
        return np.ones(samples, dtype=np.float32)
    return desk.per_ms(np.interp(np.arange(samples * 1000 // RATE + 2) / 1000, middles, gains), samples)


def _tone(genre: Genre) -> desk.Curve:
    shelves = desk.shelves(-0.6 * genre.colour, genre.colour + 2)  # the font itself is a little dark
    if genre.hiss < 0.002:
        return shelves
    narrow = desk.band(70, 6500, 1)  # an old record
    return lambda hz: shelves(hz) * narrow(hz)


def _warm(sound: np.ndarray, push: np.float32) -> np.ndarray:
    """Round the peaks, more of them the harder it is pushed."""
    pushed = sound * (push * np.float32(0.4))
    return pushed / np.sqrt(1 + pushed * pushed)


def _vinyl(samples: int, amount: float, wrap: bool) -> np.ndarray:
    """Hiss, and a crackle now and then."""
    rng = np.random.default_rng(33)
    noise = rng.standard_normal((2, samples), dtype=np.float32) * np.float32(amount * 0.25)
    for at in rng.integers(0, samples, samples // 9000):
        size = float(rng.exponential(1.0))
        desk.add(
            noise,
            (rng.standard_normal((2, 40)) * np.exp(-np.arange(40) / 8) * amount * 6 * size).astype(np.float32),
            int(at),
            wrap,
        )
    return noise


def _close(sound: np.ndarray, piece: Piece) -> None:
    """Let the last chord ring and die away to nothing by the last sample; and let a long fade be long."""
    samples = sound.shape[-1]
    ring = piece.form.ring_s
    length = min(
        samples, int(RATE * (max(0.3 * piece.brief.duration_s, ring) if "fade" in piece.brief.shapes else 0.85 * ring))
    )
    away = np.linspace(0, 1, max(1, length), dtype=np.float32)
    sound[:, samples - length :] *= (1 - away) ** 2 * np.exp(-1.5 * away)
    head = min(samples, 48)
    sound[:, :head] *= np.linspace(0, 1, head, dtype=np.float32)
