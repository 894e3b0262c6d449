"""Wind, rain, hail and thunder; sea, stream, drops and the deep."""

from __future__ import annotations

import numpy as np

from pipelines.draft.desk import RATE, Curve, band
from pipelines.draft.sounds.take import Take, modes, sweep


def pink(low_hz: float, high_hz: float, slope: float = 0.5) -> Curve:
    """A band that leans: power falls by `6 * slope` dB an octave."""
    inside = band(low_hz, high_hz)
    return lambda hz: inside(hz) * (np.maximum(hz, 20) / 1000) ** -slope


def wind(take: Take) -> np.ndarray:
    gust = take.drift(2.6, 0.15, 1.0) * take.drift(0.9, 0.75, 1.0)
    gust = gust ** (0.8 + 0.8 * take.weight)
    body = take.noise(pink(60, 420 + 300 * take.weight, 0.6), 0.7) * gust
    air = take.noise(pink(500, 2200, 0.7), 0.9) * gust**2 * 0.4
    howl = take.silence()
    for centre in (330, 520, 790):
        pitch = centre * (1 + 0.25 * take.weight)
        tone = take.noise(band(pitch * 0.97, pitch * 1.03, 5), 0.5) * take.drift(1.7) ** 3
        howl += tone * np.float32(0.12 + 0.25 * take.weight)
    return body + air + howl * gust


def rain(take: Take) -> np.ndarray:
    weight = take.weight
    wash = take.noise(pink(500, 9000, 0.25), 1.0) * take.drift(4, 0.8, 1.0) * np.float32(0.25 + 0.4 * weight)
    roof = take.noise(pink(120, 700, 0.4), 0.8) * np.float32(0.05 + 0.35 * weight**2)
    drops = [
        take.burst(band(hz, hz * 2.2), 0.0006, float(take.rng.uniform(0.008, 0.03)))
        for hz in take.rng.uniform(1200, 6500, 24)
    ]
    drops += [modes([(hz, 1, 0.03), (hz * 1.6, 0.4, 0.02)], 0.05) for hz in take.rng.uniform(700, 2600, 8)]
    out = wash + roof
    take.scatter(out, drops, 40 + 110 * weight)
    return out


def hail(take: Take) -> np.ndarray:
    stones = [
        modes([(hz, 1, 0.05), (hz * 2.31, 0.7, 0.03), (hz * 4.1, 0.5, 0.012)], 0.07)
        for hz in take.rng.uniform(900, 2400, 20)
    ]
    out = take.noise(pink(900, 9000, 0.1), 1.0) * np.float32(0.06)
    take.scatter(out, stones, 60 + 80 * take.weight)
    return out


def thunder(take: Take) -> np.ndarray:
    out = take.silence()
    count = max(1, round(take.seconds * take.pace / 9))
    for number in range(count):
        take.tick()
        at = int((number + 0.06 + 0.3 * take.rng.random() * (count > 1)) / count * take.samples)
        long = min(7.0, max(1.2, take.seconds * 0.9))
        rumble = take.burst(pink(24, 130, 0.8), 0.15, long)
        hum = np.interp(
            np.linspace(0, 1, len(rumble)), np.linspace(0, 1, 24), np.append(take.rng.random(23) ** 1.5 + 0.12, 0)
        )
        take.put(out, rumble * hum, at, float(take.rng.uniform(-0.5, 0.5)), 1.6)
        for _ in range(3 + int(6 * take.weight)):
            crack = take.burst(pink(60, 700 + 2500 * take.weight, 0.6), 0.004, float(take.rng.uniform(0.2, 0.9)))
            later = at + int(take.rng.exponential(0.25) * RATE)
            take.put(
                out,
                crack,
                later,
                float(take.rng.uniform(-0.7, 0.7)),
                float(take.rng.uniform(0.1, 0.5)) * (0.4 + take.weight),
            )
    return out + take.noise(pink(25, 80, 0.5)) * np.float32(0.01)


def sea(take: Take) -> np.ndarray:
    deep = take.noise(pink(35, 260, 0.6), 0.7) * take.drift(4, 0.3, 0.6)
    out = deep * np.float32(0.5 + 0.5 * take.weight)
    rate = 0.13 + 0.03 * (1 - take.weight)
    for _, at in take.beats(rate, 0.12, 0.4):
        take.tick()
        long = int(min(take.samples, float(take.rng.uniform(4.5, 7.0)) * RATE / take.pace))
        swell = np.interp(np.linspace(0, 1, long), (0, 0.3, 0.42, 0.65, 1), (0, 0.35, 1, 0.4, 0)) ** 1.4
        roar = take.gush(pink(90, 1100 + 900 * take.weight, 0.5), long) * swell
        hiss = take.gush(pink(1500, 8000, 0.2), long) * np.roll(swell, long // 10) ** 1.6
        pan = float(take.rng.uniform(-0.5, 0.5))
        take.put(out, roar, at, pan, 1.6 * (0.6 + 0.8 * take.weight))
        take.put(out, hiss, at, -pan, 0.8)
    return out


def stream(take: Take) -> np.ndarray:
    flow = take.noise(pink(350, 3200, 0.4), 1.0) * take.drift(0.6, 0.6, 1.0) * np.float32(0.10 + 0.25 * take.weight)
    out = flow
    take.scatter(out, _bubbles(take, 40, 500, 1900), 45 + 40 * take.weight, 0.8)
    return out


def drops(take: Take) -> np.ndarray:
    out = take.noise(pink(100, 600, 0.6)) * np.float32(0.006)
    plinks = _bubbles(take, 12, 900, 2200)
    for _, at in take.beats(0.9, 0.22):
        take.put(
            out,
            plinks[int(take.rng.integers(12))],
            at,
            float(take.rng.uniform(-0.4, 0.4)),
            float(take.rng.uniform(0.5, 1)),
        )
    return out


def underwater(take: Take) -> np.ndarray:
    out = take.noise(pink(30, 190, 0.8), 0.6) * take.drift(2.5, 0.5, 1.0)
    take.scatter(out, [bubble * np.float32(1.5) for bubble in _bubbles(take, 30, 180, 620)], 7, 0.7)
    return out


def _bubbles(take: Take, count: int, low_hz: float, high_hz: float) -> list[np.ndarray]:
    """Bubbles: tones that rise as they close."""
    made = []
    for hz in np.exp(take.rng.uniform(np.log(low_hz), np.log(high_hz), count)):
        length = int(float(take.rng.uniform(0.03, 0.09)) * RATE * (900 / hz) ** 0.3)
        at = np.linspace(0, 1, length)
        made.append(sweep(hz * (1 + 0.35 * at**2), np.exp(-5 * at) * np.minimum(1, at * 20) * (1 - at)))
    return made
