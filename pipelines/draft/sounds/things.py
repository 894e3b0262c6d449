"""Things: doors, knocks, clocks, bells, glass, blows, whooshes; and machines, from engine to radio."""

from __future__ import annotations

import numpy as np

from pipelines.draft.desk import RATE, band
from pipelines.draft.sounds.take import Take, arch, modes, sweep
from pipelines.draft.sounds.weather import pink


def door(take: Take) -> np.ndarray:
    out = take.silence()
    for _, at in take.beats(0.28, 0.05, 0.1):
        take.tick()
        length = int(min(1.5, 0.5 * take.seconds) * RATE / take.pace)
        x = np.linspace(0, 1, length)
        rate = 28 + 60 * np.sin(np.pi * x) ** 2 + 12 * np.cumsum(take.rng.standard_normal(length)) / np.sqrt(length)
        teeth = np.maximum(0, np.sin(2 * np.pi * np.cumsum(rate) / RATE)) ** 14
        creak = sum(
            teeth * np.sin(2 * np.pi * np.cumsum(hz * (1 + 0.25 * x)) / RATE) for hz in (430, 910, 1670)
        ) * arch(length, 0.6)
        take.put(out, creak * 0.18, at, -0.2)
        slam = modes([(62, 1, 0.35), (118, 0.8, 0.25), (203, 0.5, 0.15), (391, 0.3, 0.08)], 0.5)
        take.put(out, slam, at + length, -0.15, 0.6 + 0.5 * take.weight)
        take.put(out, take.burst(pink(200, 3000, 0.5), 0.001, 0.12), at + length, -0.15, 0.5)
        take.put(out, take.burst(band(2200, 6000), 0.0005, 0.03), at + length + int(0.05 * RATE), -0.15, 0.25)
    return out


def knock(take: Take) -> np.ndarray:
    out = take.silence()
    for _, at in take.beats(0.4, 0.05, 0.15):
        for n in range(3):
            blow = modes([(165 + take.rng.normal(0, 6), 1, 0.09), (340, 0.7, 0.06), (720, 0.35, 0.03)], 0.15)
            take.put(out, blow, at + int(n * 0.2 * RATE / take.pace), 0.1, float(take.rng.uniform(0.75, 1)))
    return out


def clock(take: Take) -> np.ndarray:
    out = take.noise(pink(100, 500, 0.7)) * np.float32(0.002)
    for number, at in take.beats(2, 0.0, 0.2):
        base = 2650 if number % 2 else 2150
        tick = modes([(base, 1, 0.018), (base * 1.73, 0.6, 0.012), (base * 0.31, 0.5, 0.03)], 0.05, 0.0003)
        take.put(out, tick, at, 0.05, 0.9)
    return out


def bell(take: Take) -> np.ndarray:
    out = take.silence()
    hz = 330 * (1.6 - take.weight)
    hum = (
        (0.5, 0.5, 6.0),
        (1, 1, 4.5),
        (1.19, 0.7, 3.6),
        (1.5, 0.5, 3.0),
        (2, 0.8, 2.6),
        (2.51, 0.35, 1.6),
        (3.01, 0.3, 1.2),
        (4.17, 0.25, 0.7),
        (5.4, 0.15, 0.4),
    )
    ring = modes([(hz * ratio, strength, decay) for ratio, strength, decay in hum], min(6.0, take.seconds + 1))
    for _, at in take.beats(0.4, 0.0):
        take.tick()
        take.put(out, ring, at, float(take.rng.uniform(-0.1, 0.1)), 0.7)
    return out


def glass(take: Take) -> np.ndarray:
    out = take.silence()
    for _, at in take.beats(0.3, 0.05, 0.1):
        take.tick()
        take.put(out, take.burst(band(1500, 9000), 0.0008, 0.16), at, 0, 0.8)
        for _ in range(45 + int(40 * take.weight)):
            hz = float(take.rng.uniform(2300, 9500))
            shard = modes([(hz, 1, 0.14), (hz * 1.47, 0.6, 0.1), (hz * 2.09, 0.4, 0.05)], 0.18, 0.0004)
            later = abs(float(take.rng.normal(0, 0.28)))
            take.put(
                out,
                shard,
                at + int(later * RATE),
                float(take.rng.uniform(-0.7, 0.7)),
                0.28 * np.exp(-2 * later) * float(take.rng.uniform(0.3, 1)),
            )
    return out


def hit(take: Take) -> np.ndarray:
    out = take.silence()
    long = min(2.6, take.seconds)
    for _, at in take.beats(0.3, 0.0, 0.08):
        x = np.linspace(0, 1, int(long * RATE))
        boom = sweep(
            34 + 90 * np.exp(-14 * x * long), np.exp(-6 * x) * np.minimum(1, x * long / 0.002) * (1 - x), (1, 0.3, 0.12)
        )
        take.put(out, boom, at, 0, 1.0)
        take.put(out, take.burst(pink(90, 1800, 0.5), 0.001, 0.35 + 0.5 * take.weight), at, 0.1, 0.8)
        take.put(out, take.burst(pink(40, 300, 0.6), 0.01, long), at, -0.1, 0.5)
    return out


def gunshot(take: Take) -> np.ndarray:
    out = take.silence()
    for _, at in take.beats(0.6, 0.25, 0.1):
        take.put(out, take.burst(pink(150, 9000, 0.15), 0.0003, 0.14), at, 0, 1.0)
        take.put(out, take.burst(pink(60, 900, 0.5), 0.004, 0.9), at + 300, 0.2, 0.4)
    return out


def whoosh(take: Take) -> np.ndarray:
    out = take.silence()
    for _, at in take.beats(0.55, 0.05, 0.05):
        take.tick()
        length = int(min(0.9 * take.seconds, float(take.rng.uniform(0.7, 1.1)) / take.pace) * RATE)
        x = np.linspace(0, 1, length)
        for hz, skew in ((320, 0.45), (900, 0.52), (2400, 0.57)):
            air = take.gush(pink(hz * 0.6, hz * 1.8, 0.2), length) * arch(length, skew) ** 1.5
            angle = (0.15 + 0.7 * x) * np.pi / 2
            sides = np.stack([air * np.cos(angle), air * np.sin(angle)])
            for side, pan in ((0, -1.0), (1, 1.0)):
                take.put(out, sides[side], at, pan, 0.6)
    return out


def coins(take: Take) -> np.ndarray:
    out = take.silence()
    kinds = [
        modes([(hz, 1, 0.3), (hz * 1.34, 0.8, 0.25), (hz * 2.7, 0.5, 0.12)], 0.35, 0.0004)
        for hz in take.rng.uniform(3200, 6200, 10)
    ]
    take.scatter(out, kinds, 5, 0.5)
    return out


def paper(take: Take) -> np.ndarray:
    rough = np.clip(take.drift(0.03, -0.8, 1.0), 0, 1) * np.clip(take.drift(0.7, -0.4, 1.0), 0, 1)
    return take.noise(pink(1400, 9500, 0.1), 0.5) * rough**1.5


def phone(take: Take) -> np.ndarray:
    phase_a, phase_b = take.wave(1310), take.wave(1530)
    warble = np.where(np.sin(take.wave(20)) > 0, np.sin(phase_a), np.sin(phase_b)) + 0.3 * np.sin(2 * phase_a)
    ring = np.clip(np.sin(take.wave(0.33 * take.pace) + 0.6) * 20, 0, 1)
    return np.stack([warble * ring] * 2).astype(np.float32) * np.float32(0.5)


def alarm(take: Take) -> np.ndarray:
    gate = np.clip(np.sin(take.wave(2.0 * take.pace)) * 12 + 6, 0, 1)
    beep = np.sin(take.wave(2050)) + 0.35 * np.sin(take.wave(4100))
    return np.stack([beep * gate] * 2).astype(np.float32) * np.float32(0.5)


def siren(take: Take) -> np.ndarray:
    swing = np.sin(take.wave(0.25 * take.pace))
    phase = take.wave(760 * (1 + 0.38 * swing))
    tone = take.buzz(phase, np.arange(1, 7) ** -1.4)
    return np.stack([tone, np.roll(tone, 700)]).astype(np.float32) * np.float32(0.4)


def engine(take: Take) -> np.ndarray:
    phase = take.wave(31 * take.pace * (1 + 0.25 * take.weight) * take.drift(1.3, 0.97, 1.03))
    rough = 1 + 0.3 * np.sin(phase / 2 if not take.loop else phase) * take.drift(0.05, 0.4, 1.0)
    motor = take.buzz(phase, [k**-0.75 * (1.5 if k % 2 == 0 else 1) * (-1) ** (k // 2) for k in range(1, 26)]) * rough
    tone = np.tanh(motor * 0.5).astype(np.float32)
    fan = take.noise(pink(150, 2600, 0.6), 0.8) * (0.6 + 0.4 * np.sin(phase)).astype(np.float32) * np.float32(0.13)
    return np.stack([tone, np.roll(tone, 90)]) * np.float32(0.6) + fan


def car(take: Take) -> np.ndarray:
    out = take.noise(pink(60, 500, 0.7), 0.8) * np.float32(0.04)
    for _, at in take.beats(0.25, 0.12, -0.5 if not take.loop else 0.1):
        take.tick()
        length = int(5 * RATE / take.pace)
        x = np.linspace(-1, 1, length)
        near = 1 / (1 + (x / 0.16) ** 2) * np.cos(x * np.pi / 2) ** 2
        tyres = take.gush(pink(250, 2600, 0.35), length) * near
        doppler = 1 - 0.06 * np.tanh(x * 6)
        motor = sweep(74 * doppler, near, (1, 0.8, 0.6, 0.5, 0.3, 0.3, 0.2)) * np.float32(0.25)
        angle = (np.tanh(x * 3) * float(take.rng.choice([-1, 1])) + 1) * np.pi / 4
        for side, pan in ((np.cos(angle), -1.0), (np.sin(angle), 1.0)):
            take.put(out, (tyres * 1.4 + motor) * side, at - int(0.5 * length) if take.loop else max(0, at), pan)
    return out


def train(take: Take) -> np.ndarray:
    out = take.noise(pink(40, 380, 0.7), 0.8) * take.drift(1.0, 0.7, 1.0) * np.float32(0.2)
    out += take.noise(pink(700, 3600, 0.5), 0.9) * np.float32(0.025)
    for number, at in take.beats(1.25, 0.01, 0.1):
        for later, force in ((0, 1.0), (0.11, 0.75), (0.30, 0.85), (0.41, 0.65)):
            clack = modes([(95, 1, 0.09), (410, 0.6, 0.05), (1230, 0.4, 0.03), (2870, 0.25, 0.02)], 0.12)
            take.put(out, clack, at + int(later * RATE / take.pace), 0.25 * (-1) ** number, 0.6 * force)
    return out


def helicopter(take: Take) -> np.ndarray:
    phase = take.wave(11 * take.pace)
    chop = np.clip(np.cos(phase), 0, 1).astype(np.float32) ** 5
    body = take.noise(pink(45, 700, 0.6), 0.7) * (chop + np.float32(0.12)) * np.float32(1.6)
    whine = np.sin(take.wave(410)) * 0.05 + np.sin(take.wave(823)) * 0.03
    return body + whine.astype(np.float32)


def plane(take: Take) -> np.ndarray:
    pass_by = 0.25 + 0.75 * np.sin(np.pi * np.linspace(0, 1, take.samples)) ** 2
    roar = take.noise(pink(60, 1500, 0.6), 0.8) * take.drift(0.25, 0.8, 1.0)
    whine = np.sin(take.wave(2350 * (1 - 0.08 * np.sin(take.wave(1 / take.seconds))))) * 0.06
    return ((roar + whine) * pass_by).astype(np.float32)


def factory(take: Take) -> np.ndarray:
    out = take.noise(pink(50, 600, 0.6), 0.8) * np.float32(0.15)
    hum = sum(np.sin(take.wave(50 * k)) / k for k in (1, 2, 4, 6))
    out += (0.10 * hum).astype(np.float32)
    clang = modes([(187, 1, 0.3), (512, 0.8, 0.5), (1340, 0.5, 0.3), (2210, 0.3, 0.2)], 0.6)
    for number, at in take.beats(1.4, 0.0, 0.1):
        take.put(out, clang, at, 0.4 if number % 2 else -0.4, 0.5 if number % 4 else 0.8)
        take.put(out, take.burst(pink(1500, 7000, 0.1), 0.05, 0.3), at + int(0.3 * RATE), -0.3, 0.2)
    return out


def static(take: Take) -> np.ndarray:
    hiss = take.noise(band(450, 3800, 2), 0.1) * take.drift(0.12, 0.55, 1.0)
    whistle = np.sin(take.wave(1400 * take.drift(1.6, 0.55, 1.6))) * take.drift(1.1) ** 4 * 0.3
    out = hiss * np.float32(0.7) + whistle.astype(np.float32)
    take.scatter(out, [take.burst(band(800, 5000), 0.0003, 0.006) for _ in range(6)], 18, 0.2)
    return out


def beeps(take: Take) -> np.ndarray:
    out = take.noise(pink(100, 400, 0.6)) * np.float32(0.02)
    notes = [
        sweep(np.full(int(0.09 * RATE), hz), arch(int(0.09 * RATE), 0.3), (1, 0.2))
        for hz in (880, 1174, 1568, 2093, 2637)
    ]
    for _, at in take.beats(5, 0.02):
        if take.rng.random() < 0.7:
            take.put(out, notes[int(take.rng.integers(5))], at, float(take.rng.uniform(-0.5, 0.5)), 0.5)
    return out


def drone(take: Take) -> np.ndarray:
    root = 55 * 2 ** (float(take.rng.integers(-4, 5)) / 12)
    out = take.noise(pink(60, 500, 0.8), 0.9) * take.drift(4, 0.05, 0.2)
    for k, strength in ((1, 1.0), (1.5, 0.5), (2, 0.6), (3, 0.3), (4, 0.2), (5.04, 0.12), (8, 0.06)):
        for side in (0, 1):
            detune = 1 + (side - 0.5) * 0.004
            out[side] += (np.sin(take.wave(root * k * detune)) * take.drift(3, 0.3, 1.0) * strength * 0.5).astype(
                np.float32
            )
    return out


def tone(take: Take) -> np.ndarray:
    return np.stack([np.sin(take.wave(440.0))] * 2).astype(np.float32) * np.float32(0.5)


def city(take: Take) -> np.ndarray:
    out = take.noise(pink(45, 420, 0.7), 0.9) * take.drift(2.5, 0.5, 1.0) * np.float32(0.5)
    out += take.noise(pink(500, 2500, 0.6), 1.0) * take.drift(1.8, 0.2, 1.0) * np.float32(0.12)
    for at in take.chances(0.16, 1):
        take.tick()
        length = int(float(take.rng.uniform(0.2, 0.6)) * RATE)
        hz = np.full(length, float(take.rng.choice([370, 415, 466])))
        horn = sweep(hz, np.minimum(1, arch(length) * 6), (1, 0.7, 0.5, 0.3, 0.2)) + sweep(
            hz * 1.26, np.minimum(1, arch(length) * 6), (1, 0.6, 0.4)
        )
        take.put(out, horn, at, float(take.rng.uniform(-0.9, 0.9)), float(take.rng.uniform(0.03, 0.10)))
    return out + car(take) * np.float32(0.5)
