"""Reads a SoundFont 2 file and plays single notes from it: zones, tuning, loops, volume envelope and filter.

Written here because symusic 0.5.9 plays this font out of tune and knows no force; that is the player's business.
Source: SoundFont Technical Specification 2.04.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipelines.draft.desk import RATE, quick_size
from pipelines.faults import Unavailable

DRUMS = 128  # the bank
STRUCK = 100  # the velocity whose layer is played
(START, END, LOOP_START, LOOP_END, START_COARSE, FILTER, END_COARSE, PAN, ATTACK, HOLD, DECAY, SUSTAIN) = (
    0, 1, 2, 3, 4, 8, 12, 17, 34, 35, 36, 37,
)  # fmt: skip
(INSTRUMENT, KEYS, FORCES, LOOP_START_COARSE, QUIETER, LOOP_END_COARSE, COARSE, FINE, SAMPLE, MODE, SCALE, ROOT) = (
    41, 43, 44, 45, 48, 50, 51, 52, 53, 54, 56, 58,
)  # fmt: skip
USUAL = {FILTER: 13500, ATTACK: -12000, HOLD: -12000, DECAY: -12000, SCALE: 100, ROOT: -1}
ABSOLUTE = {KEYS, FORCES, SAMPLE, MODE, ROOT, INSTRUMENT}

Zone = dict[int, int]


def bundled() -> Path:
    """The General MIDI SoundFont that lies inside the pretty_midi wheel. Raises `Unavailable` where it does not."""
    spec = find_spec("pretty_midi")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0]) / "TimGM6mb.sf2" if folders else None
    if not path or not path.exists():
        raise Unavailable("draft-music has no instruments.", "Install the package `pretty_midi`, which carries them.")
    return path


class SoundFont:
    def __init__(self, path: Path):
        data = path.read_bytes()
        chunks = dict(_chunks(data, 12, len(data)))
        self.samples = np.frombuffer(chunks[b"smpl"], "<i2")
        self._chunks = chunks

    def _table(self, name: bytes, kind: str) -> np.ndarray:
        return np.frombuffer(self._chunks[name], np.dtype(kind))

    @cached_property
    def _headers(self) -> np.ndarray:
        return self._table(b"shdr", "S20,<u4,<u4,<u4,<u4,<u4,u1,i1,<u2,<u2")

    @cached_property
    def _presets(self) -> dict[tuple[int, int], tuple[int, int]]:
        rows = self._table(b"phdr", "S20,<u2,<u2,<u2,<u4,<u4,<u4")
        return {(int(a[2]), int(a[1])): (int(a[3]), int(b[3])) for a, b in pairwise(rows)}

    @cache  # noqa: B019  one font lives as long as the process that plays it
    def zones(self, bank: int, program: int) -> list[Zone]:
        """Every zone of a preset, its generators summed as the specification says; else the bank's first preset's."""
        first, last = self._presets.get((bank, program)) or self._presets[(bank, 0)]
        instruments = self._table(b"inst", "S20,<u2")
        found = []
        for outer in self._layers(b"pbag", b"pgen", first, last, INSTRUMENT):
            number = outer[INSTRUMENT]
            bags = int(instruments[number][1]), int(instruments[number + 1][1])
            for inner in self._layers(b"ibag", b"igen", *bags, SAMPLE):
                zone = {**USUAL, **inner}
                for kind, value in outer.items():
                    if kind in (KEYS, FORCES):
                        zone[kind] = _overlap(zone.get(kind, 0x7F00), value)
                    elif kind not in ABSOLUTE:
                        zone[kind] = zone.get(kind, 0) + value
                found.append(zone)
        return found

    def _layers(self, bags: bytes, generators: bytes, first: int, last: int, ends_in: int) -> Iterator[Zone]:
        """The zones between two bags; one with no end of its own sets what the others start from."""
        bag, generator = self._table(bags, "<u2,<u2"), self._table(generators, "<u2,<i2")
        common: Zone = {}
        for number in range(first, last):
            rows = generator[int(bag[number][0]) : int(bag[number + 1][0])]
            zone = {**common, **{int(kind): int(value) for kind, value in rows}}
            if ends_in in {int(kind) for kind, _ in rows}:
                yield zone
            elif number == first:
                common = zone

    def record(self, bank: int, program: int, pitch: int, seconds: float) -> np.ndarray:
        """One note held for so long, (2, samples) at 48 kHz. A pitch no zone covers is played by the nearest."""
        zones = [z for z in self.zones(bank, program) if _distance(z.get(FORCES), STRUCK) == 0]
        near = min((_distance(z.get(KEYS), pitch) for z in zones), default=0)
        out = np.zeros((2, max(1, int(seconds * RATE))), dtype=np.float32)
        for zone in (z for z in zones if _distance(z.get(KEYS), pitch) == near):
            sound = self._tone(zone, pitch, out.shape[1])
            angle = (np.clip(zone.get(PAN, 0), -500, 500) / 500 + 1) * np.pi / 4
            out[0, : len(sound)] += np.float32(np.cos(angle)) * sound
            out[1, : len(sound)] += np.float32(np.sin(angle)) * sound
        return out

    def _tone(self, zone: Zone, pitch: int, length: int) -> np.ndarray:
        """One zone's sample at a pitch, looped and shaped. Mono."""
        _, start, end, loop_start, loop_end, rate, root, correction, _, _ = self._headers[zone[SAMPLE]].item()
        start += zone.get(START, 0) + 32768 * zone.get(START_COARSE, 0)
        end += zone.get(END, 0) + 32768 * zone.get(END_COARSE, 0)
        loop_start += zone.get(LOOP_START, 0) + 32768 * zone.get(LOOP_START_COARSE, 0)
        loop_end += zone.get(LOOP_END, 0) + 32768 * zone.get(LOOP_END_COARSE, 0)
        root = zone[ROOT] if zone[ROOT] >= 0 else root
        cents = (pitch - root) * zone[SCALE] + 100 * zone.get(COARSE, 0) + zone.get(FINE, 0) + correction
        step = rate / RATE * 2 ** (cents / 1200)
        wave = self.samples[start:end]
        if zone.get(MODE, 0) & 1 and loop_end > loop_start + 8:
            loop = self.samples[loop_start:loop_end]
            rounds = max(0, int(length * step) + 8 - (loop_end - start)) // len(loop) + 1
            wave = np.concatenate([self.samples[start:loop_end], np.tile(loop, rounds)])
        length = min(length, int((len(wave) - 4) / step))
        sound = _resampled(wave, step, length) * _envelope(zone, length)
        return _filtered(sound, zone[FILTER])


def _resampled(wave: np.ndarray, step: float, length: int) -> np.ndarray:
    """So many samples of a waveform read at `step`, a cubic through the four around each place. Full scale is 1."""
    at = np.arange(length) * step
    whole = at.astype(np.int32)
    x = (at - whole).astype(np.float32)
    near = np.append(wave[:1], wave[: int(length * step) + 4]).astype(np.float32)
    a, b, c, d = (near[n : n + len(near)].take(whole, mode="clip") for n in range(4))
    return (b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)))) / np.float32(32768)


def _envelope(zone: Zone, length: int) -> np.ndarray:
    """Attack, hold, and decay to the sustained level: straight lines, in decibels but for the attack."""
    attack, hold, decay = (_seconds(zone[kind]) for kind in (ATTACK, HOLD, DECAY))
    t = np.append(np.arange(0, length, 96), length) / RATE
    held_db = -min(100.0, max(0, zone.get(SUSTAIN, 0)) / 10)
    fallen = np.maximum(held_db, -100 * np.maximum(0, t - attack - hold) / decay)
    line = np.interp(np.arange(length) / RATE, t, 10 ** ((fallen - 0.04 * zone.get(QUIETER, 0)) / 20)).astype(
        np.float32
    )
    rising = min(length, int(attack * RATE))
    line[:rising] *= np.linspace(0, 1, rising, endpoint=False, dtype=np.float32)
    return line


def _chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, memoryview]]:
    """The leaves of a RIFF file, by name."""
    while at + 8 <= end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"LIST":
            yield from _chunks(data, at + 12, at + 8 + size)
        else:
            yield name, memoryview(data)[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _seconds(timecents: int) -> float:
    return float(max(0.001, 2 ** (timecents / 1200)))


def _overlap(a: int, b: int) -> int:
    """Two ranges as the file writes them, low in the low byte, as the range they share."""
    return max(a & 0xFF, b & 0xFF) | min(a >> 8 & 0xFF, b >> 8 & 0xFF) << 8


def _distance(range_: int | None, value: int) -> int:
    """How far a value lies outside a range."""
    if range_ is None:
        return 0
    low, high = range_ & 0xFF, range_ >> 8 & 0xFF
    return 200 if low > high else max(low - value, value - high, 0)


def _filtered(sound: np.ndarray, cents: int) -> np.ndarray:
    """Through the zone's low-pass, which stands still here."""
    hertz = 8.176 * 2 ** (cents / 1200)
    if hertz > 15000 or not len(sound):
        return sound.astype(np.float32)
    size = quick_size(len(sound) + 2048)
    f = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)
    return np.fft.irfft(np.fft.rfft(sound, size) / np.sqrt(1 + (f / np.float32(hertz)) ** 4), size)[: len(sound)]
