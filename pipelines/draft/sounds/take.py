"""What a sound is made with: its length, dice, weight and pace; and the raw material, noise, drifts, tones and modes.

Noise and drifts turn a whole number of times in a take, and events wrap round its end: so every take is a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from pipelines.draft.desk import RATE, Curve, add


def nobody() -> None:
    """Nobody is waiting."""


@dataclass
class Take:
    """`weight` is 0 (light) to 1 (heavy), `pace` multiplies every rate. Sounds are float32, (2, samples) at 48 kHz."""

    samples: int
    rng: np.random.Generator
    weight: float = 0.5
    pace: float = 1.0
    loop: bool = False
    tick: Callable[[], None] = field(default=nobody)

    @property
    def seconds(self) -> float:
        return self.samples / RATE

    @property
    def t(self) -> np.ndarray:
        """The time of every sample, in seconds."""
        return np.arange(self.samples, dtype=np.float32) / RATE

    def silence(self) -> np.ndarray:
        return np.zeros((2, self.samples), dtype=np.float32)

    def noise(self, curve: Curve, width: float = 1.0) -> np.ndarray:
        """Noise of that spectrum, as loud as a sine of 0 dBFS; `width` 0 is mono, 1 is two sides that share nothing."""
        self.tick()
        bins = self.samples // 2 + 1
        gains = curve(np.fft.rfftfreq(self.samples, 1 / RATE)).astype(np.float32)
        sides = []
        for _ in range(2 if width else 1):
            parts = self.rng.standard_normal((2, bins), dtype=np.float32)
            sides.append(np.fft.irfft((parts[0] + 1j * parts[1]) * gains, self.samples).astype(np.float32))
        if width:
            shared = 1 - width
            sides[1] = sides[0] * np.float32(shared) + sides[1] * np.float32(np.sqrt(1 - shared**2))
        sound = np.stack([sides[0], sides[-1]])
        return sound * np.float32(0.7 / max(1e-9, float(np.sqrt((sound**2).mean()))))

    def drift(self, period_s: float, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        """A slow wander between two values, turning about every `period_s`. Shape (samples,)."""
        turns = max(2, round(self.seconds * self.pace / period_s))
        points = self.rng.random(turns)
        at = np.linspace(0, turns, 24 * turns + 1)  # drawn coarsely, then joined up
        before = at.astype(int)
        blend = (1 - np.cos(np.pi * (at - before))) / 2
        wander = points[before % turns] * (1 - blend) + points[(before + 1) % turns] * blend
        line = np.interp(np.arange(self.samples) * (turns / self.samples), at, low + (high - low) * wander)
        return line.astype(np.float32)

    def wave(self, hz: np.ndarray | float) -> np.ndarray:
        """The phase, in radians, of something that turns `hz` times a second, a whole number of times in the take."""
        rate = np.broadcast_to(np.asarray(hz, dtype=np.float64), (self.samples,))
        turns = max(1.0, round(float(rate.mean()) * self.seconds))
        phase = np.cumsum(rate)
        return 2 * np.pi * phase * (turns / phase[-1])

    def buzz(self, phase: np.ndarray, strengths: Iterable[float]) -> np.ndarray:
        """A tone with overtones: one strength for the fundamental and each that follows. Shape (samples,)."""
        turn = np.arange(4096) * (2 * np.pi / 4096)
        table = sum(strength * np.sin((k + 1) * turn) for k, strength in enumerate(strengths))
        return np.asarray(table, dtype=np.float32)[(phase * (4096 / (2 * np.pi))).astype(np.int64) & 4095]

    def chances(self, rate: float, least: int = 1) -> Iterator[int]:
        """Where things happen by chance, `rate * pace` times a second: samples from the start, in order."""
        count = max(least, int(self.rng.poisson(rate * self.pace * self.seconds)))
        starts = np.sort(self.rng.integers(0, self.samples, count))
        if not self.loop:  # nobody should wait long for the first
            starts[0] = min(starts[0], int(0.2 * RATE))
        yield from starts.tolist()

    def beats(self, rate: float, jitter: float = 0.0, first_s: float = 0.12) -> Iterator[tuple[int, int]]:
        """Regular happenings, `rate * pace` a second, numbered; evenly round the take where it loops."""
        rate *= self.pace
        count = max(1, round(self.seconds * rate)) if self.loop else max(1, int((self.seconds - first_s) * rate + 0.7))
        every = self.seconds / count if self.loop else 1 / rate
        for number in range(count):
            late = self.rng.normal(0, jitter * every) if jitter and number else 0.0
            at = int((min(first_s, every / 2) + number * every + late) * RATE)
            yield number, (at % self.samples if self.loop else min(max(0, at), self.samples - 1))

    def put(self, track: np.ndarray, sound: np.ndarray, at: int, pan: float = 0.0, gain: float = 1.0) -> None:
        """Add a mono sound at a place: `pan` -1 (left) to 1 (right), equal power. What hangs over wraps, or is cut."""
        angle = (pan + 1) * np.pi / 4
        sides = np.array([[np.cos(angle)], [np.sin(angle)]], dtype=np.float32) * np.float32(gain * 1.4)
        add(track, sides * sound.astype(np.float32), at, self.loop)

    def scatter(self, track: np.ndarray, kinds: list[np.ndarray], rate: float, spread: float = 1.0) -> None:
        """Strew mono sounds over a track, each with a place and a force of its own."""
        self.tick()
        for number, at in enumerate(self.chances(rate)):
            if number % 400 == 399:
                self.tick()
            sound = kinds[int(self.rng.integers(len(kinds)))]
            self.put(track, sound, at, float(self.rng.uniform(-spread, spread)), float(self.rng.lognormal(-0.4, 0.7)))

    def burst(self, curve: Curve, attack_s: float, decay_s: float) -> np.ndarray:
        """A mono puff of noise, peaking at 1, gone 60 dB after `decay_s`."""
        length = int((attack_s + decay_s) * RATE) + 64
        hz = np.fft.rfftfreq(length, 1 / RATE)
        puff = np.fft.irfft(np.fft.rfft(self.rng.standard_normal(length)) * curve(hz), length)
        puff *= envelope(length, attack_s, decay_s)
        return (puff / np.abs(puff).max()).astype(np.float32)

    def gush(self, curve: Curve, length: int) -> np.ndarray:
        """So many samples of mono noise, about 0.3 RMS."""
        noise = np.fft.rfft(self.rng.standard_normal(length)) * curve(np.fft.rfftfreq(length, 1 / RATE))
        air = np.fft.irfft(noise, length)
        return (air * (0.3 / max(1e-9, float(np.sqrt((air**2).mean()))))).astype(np.float32)


def envelope(length: int, attack_s: float, decay_s: float) -> np.ndarray:
    """Up in `attack_s`, then 60 dB down in `decay_s`, and to nothing at the end."""
    t = np.arange(length) / RATE
    rise = np.minimum(1, t / max(attack_s, 0.0005))
    fall = np.exp(-6.9 * np.maximum(0, t - attack_s) / decay_s)
    return rise * fall * np.minimum(1, (length - np.arange(length)) / 64)


def modes(partials: Iterable[tuple[float, float, float]], seconds: float, attack_s: float = 0.001) -> np.ndarray:
    """A struck thing: (hertz, strength, decay in seconds) for each way it rings. Mono, peaking at 1."""
    length = int(seconds * RATE)
    t = np.arange(length) / RATE
    sound = np.zeros(length)
    for hz, strength, decay in partials:
        if hz < RATE / 2.2:
            sound += strength * np.sin(2 * np.pi * hz * t) * np.exp(-6.9 * t / decay)
    sound *= np.minimum(1, t / attack_s) * np.minimum(1, (length - np.arange(length)) / 200)
    return (sound / max(1e-9, np.abs(sound).max())).astype(np.float32)


def sweep(hertz: np.ndarray, loud: np.ndarray, overtones: tuple[float, ...] = (1.0,)) -> np.ndarray:
    """A tone that follows a line of pitches and one of loudness, both spread over the same samples. Mono."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    return (sum(a * np.sin((i + 1) * phase) for i, a in enumerate(overtones)) * loud).astype(np.float32)


def arch(length: int, skew: float = 0.5) -> np.ndarray:
    """From nothing up and back to nothing, the top at `skew` of the way."""
    at = np.linspace(0, 1, length)
    return np.sin(np.pi * at ** (np.log(0.5) / np.log(skew))) ** 2
