"""Fire, and what lives: birds, gulls, owl, crickets, frogs, bees, dog, wolf, heart, breath, feet, crowds and hands."""

from __future__ import annotations

import numpy as np

from pipelines.draft.desk import RATE, band
from pipelines.draft.sounds.take import Take, arch, modes, sweep
from pipelines.draft.sounds.weather import pink


def fire(take: Take) -> np.ndarray:
    roar = take.noise(pink(50, 320, 0.7), 0.6) * take.drift(0.35, 0.4, 1.0) * np.float32(0.25 + 0.5 * take.weight)
    hiss = take.noise(pink(2500, 9000, 0.1), 1.0) * take.drift(0.8, 0.2, 1.0) * np.float32(0.05)
    out = roar + hiss
    cracks = [
        take.burst(band(hz, hz * 3), 0.0004, float(d))
        for hz, d in zip(take.rng.uniform(700, 4500, 30), take.rng.uniform(0.005, 0.04, 30), strict=True)
    ]
    take.scatter(out, [c * np.float32(1.6) for c in cracks], 14 + 16 * take.weight, 0.6)
    return out


def birds(take: Take) -> np.ndarray:
    out = take.noise(pink(200, 1500, 0.8), 1.0) * np.float32(0.012)
    flock = [
        (float(take.rng.uniform(2300, 5200)), float(take.rng.uniform(-0.9, 0.9)), int(take.rng.integers(3)))
        for _ in range(6)
    ]
    for at in take.chances(1.3 + 1.2 * take.weight, 2):
        take.tick()
        hz, pan, kind = flock[int(take.rng.integers(len(flock)))]
        gain = float(take.rng.uniform(0.25, 0.9))
        for note in range(int(take.rng.integers(2, 7))):
            chirp = _chirp(take, hz * float(take.rng.uniform(0.94, 1.06)), kind)
            gap = (0.16, 0.09, 0.22)[kind]
            take.put(out, chirp, at + int(note * gap * RATE / take.pace), pan, gain)
    return out


def _chirp(take: Take, hz: float, kind: int) -> np.ndarray:
    length = int((0.09, 0.05, 0.15)[kind] * RATE)
    at = np.linspace(0, 1, length)
    line = (1.15 - 0.35 * at, 0.9 + 0.35 * at, 1 + 0.10 * np.sin(2 * np.pi * (2.5 + take.rng.random()) * at))[kind]
    return sweep(hz * line, arch(length, 0.35), (1.0, 0.12))


def gulls(take: Take) -> np.ndarray:
    out = take.silence()
    for at in take.chances(0.5, 1):
        pan, gain = float(take.rng.uniform(-0.8, 0.8)), float(take.rng.uniform(0.3, 0.9))
        for cry in range(int(take.rng.integers(2, 5))):
            take.tick()
            length = int(float(take.rng.uniform(0.28, 0.45)) * RATE)
            x = np.linspace(0, 1, length)
            hz = 900 + 650 * np.sin(np.pi * x**0.7) + 25 * np.sin(2 * np.pi * 28 * x)
            call = sweep(hz, arch(length, 0.4), (0.6, 1.0, 0.7, 0.35, 0.2))
            take.put(out, call * np.float32(0.4), at + int(cry * 0.5 * RATE), pan, gain * 0.85**cry)
    return out


def owl(take: Take) -> np.ndarray:
    out = take.noise(pink(150, 900, 0.8)) * np.float32(0.004)
    for _, at in take.beats(0.22, 0.1, 0.3):
        for start, long in ((0.0, 0.35), (0.75, 0.18), (1.0, 0.7)):
            length = int(long * RATE)
            x = np.linspace(0, 1, length)
            call = sweep(370 * (1 + 0.04 * np.sin(np.pi * x)), arch(length, 0.4), (1.0, 0.16, 0.05))
            take.put(out, call, at + int(start * RATE), 0.3, 0.8)
    return out


def crickets(take: Take) -> np.ndarray:
    out = take.noise(pink(2500, 9000, 0.2), 1.0) * np.float32(0.012)
    for _ in range(5 + int(4 * take.weight)):
        take.tick()
        hz, rate = float(take.rng.uniform(3900, 5200)), float(take.rng.uniform(0.85, 1.6))
        pulse = sweep(np.full(int(0.018 * RATE), hz), arch(int(0.018 * RATE)), (1.0, 0.15))
        chirp = np.zeros(int(0.13 * RATE), dtype=np.float32)
        for n in range(3):
            chirp[int(n * 0.036 * RATE) :][: len(pulse)] += pulse
        pan, gain = float(take.rng.uniform(-1, 1)), float(take.rng.lognormal(-1.4, 0.5))
        for _, at in take.beats(rate, 0.03, float(take.rng.uniform(0.02, 0.9 / rate))):
            take.put(out, chirp, at, pan, gain)
    return out


def frogs(take: Take) -> np.ndarray:
    out = take.noise(pink(300, 1500, 0.6)) * np.float32(0.008)
    for _ in range(5):
        take.tick()
        hz, pan = float(take.rng.uniform(420, 900)), float(take.rng.uniform(-0.9, 0.9))
        length = int(0.22 * RATE)
        x = np.linspace(0, 1, length)
        croak = sweep(
            hz * (0.9 + 0.25 * x),
            arch(length, 0.6) * (0.5 + 0.5 * np.sign(np.sin(2 * np.pi * 55 * x * 0.22 * 4))),
            (1, 0.6, 0.4, 0.2),
        )
        for at in take.chances(0.5, 1):
            take.put(out, croak, at, pan, float(take.rng.uniform(0.2, 0.8)))
    return out


def bees(take: Take) -> np.ndarray:
    out = take.silence()
    for _ in range(5):
        take.tick()
        phase = take.wave(205 * float(take.rng.uniform(0.9, 1.15)) * take.drift(0.5, 0.93, 1.07))
        buzz = take.buzz(phase, 1 / np.arange(1, 12)) * take.drift(0.7, 0.05, 1.0) ** 1.5
        pan = take.drift(1.5, 0.1, 0.9)
        out += np.stack([buzz * (1 - pan), buzz * pan]).astype(np.float32)
    return out


def dog(take: Take) -> np.ndarray:
    out = take.silence()
    for at in take.chances(0.45, 1):
        for bark in range(int(take.rng.integers(1, 4))):
            length = int(0.17 * RATE)
            x = np.linspace(0, 1, length)
            hz = 380 + 330 * np.sin(np.pi * x**0.6)
            voice = sweep(hz, arch(length, 0.3), (0.8, 1.0, 0.8, 0.5, 0.4, 0.3)) + 0.6 * arch(
                length, 0.2
            ) * take.rng.standard_normal(length)
            take.put(out, voice * 0.4, at + int(bark * 0.36 * RATE), 0.15, 1.0)
    return out


def wolf(take: Take) -> np.ndarray:
    out = take.noise(pink(150, 700, 0.8)) * np.float32(0.005)
    for _, at in take.beats(0.25, 0.1, 0.2):
        take.tick()
        length = int(min(take.seconds, 3.2) * RATE)
        x = np.linspace(0, 1, length)
        hz = np.interp(x, (0, 0.18, 0.7, 1), (290, 520, 500, 330)) * (1 + 0.012 * np.sin(2 * np.pi * 5 * x * 3.2))
        take.put(out, sweep(hz, arch(length, 0.4), (1, 0.35, 0.15, 0.06)), at, float(take.rng.uniform(-0.5, 0.5)), 0.8)
    return out


def heartbeat(take: Take) -> np.ndarray:
    out = take.silence()
    x = np.linspace(0, 1, int(0.2 * RATE))
    thump = sweep(85 - 45 * x, arch(len(x), 0.18), (1.0, 0.35))
    for _, at in take.beats(1.1, 0.01):
        take.put(out, thump, at, 0, 1.0)
        take.put(out, thump, at + int(0.3 * RATE / max(1, take.pace)), 0, 0.6)
    return out


def breathing(take: Take) -> np.ndarray:
    phase = take.wave(0.28 * take.pace)
    inward = np.clip(np.sin(phase), 0, 1).astype(np.float32) ** 1.5
    outward = np.clip(-np.sin(phase), 0, 1).astype(np.float32) ** 1.5
    return (
        take.noise(pink(900, 4200, 0.2), 0.2) * inward * np.float32(0.6)
        + take.noise(pink(350, 1700, 0.4), 0.2) * outward
    )


def footsteps(take: Take) -> np.ndarray:
    out = take.noise(pink(100, 500, 0.7)) * np.float32(0.003)
    for number, at in take.beats(1.8, 0.03):
        side = 0.16 * (-1) ** number
        heel = take.burst(pink(70, 420 + 500 * (1 - take.weight), 0.6), 0.002, 0.12)
        sole = take.burst(band(900, 4200), 0.008, 0.09)
        force = float(take.rng.uniform(0.75, 1.0))
        take.put(out, heel, at, side, force * (0.6 + 0.5 * take.weight))
        take.put(out, sole, at + int(0.055 * RATE), side, 0.22 * force)
    return out


def crowd(take: Take) -> np.ndarray:
    out = take.noise(pink(180, 1400, 0.5), 0.9) * np.float32(0.10)
    for _ in range(14 + int(12 * take.weight)):
        take.tick()
        voice = float(take.rng.choice([105, 120, 135, 190, 215, 240]))
        phase = take.wave(voice * take.drift(0.4, 0.88, 1.14))
        k = np.arange(1, 18) * voice
        vowel = np.exp(-(((k - take.rng.uniform(400, 700)) / 260) ** 2))
        vowel += 0.6 * np.exp(-(((k - take.rng.uniform(1200, 1900)) / 380) ** 2))
        buzz = take.buzz(phase, vowel)
        talk = np.clip(take.drift(0.16, -0.5, 1.0), 0, 1) * np.clip(take.drift(2.2, -0.3, 1.0), 0, 1)
        pan = float(take.rng.uniform(0.1, 0.9))
        murmur = (buzz * talk * 0.35).astype(np.float32)
        out += np.stack([murmur * np.float32(1 - pan), murmur * np.float32(pan)])
    return out


def applause(take: Take) -> np.ndarray:
    out = take.noise(pink(700, 5000, 0.2), 1.0) * np.float32(0.10)
    claps = [
        take.burst(band(hz, hz * 2.1), 0.0006, float(take.rng.uniform(0.02, 0.05)))
        for hz in take.rng.uniform(750, 2100, 40)
    ]
    take.scatter(out, claps, 130 + 170 * take.weight)
    return out


def typing(take: Take) -> np.ndarray:
    out = take.noise(pink(100, 500, 0.7)) * np.float32(0.002)
    keys = []
    for _ in range(14):
        down = take.burst(band(1400, 5200), 0.0004, 0.022)
        up = take.burst(band(2600, 7500), 0.0004, 0.012) * np.float32(0.4)
        knock = modes([(float(take.rng.uniform(260, 420)), 1, 0.03)], 0.04) * np.float32(0.4)
        key = np.zeros(int(0.13 * RATE), dtype=np.float32)
        for part, later in ((down, 0), (knock, 0), (up, int(float(take.rng.uniform(0.06, 0.085)) * RATE))):
            key[later : later + len(part)] += part[: len(key) - later]
        keys.append(key)
    for _, at in take.beats(7.5, 0.3, 0.1):
        if take.rng.random() < 0.82:
            take.put(
                out,
                keys[int(take.rng.integers(14))],
                at,
                float(take.rng.uniform(-0.3, 0.3)),
                float(take.rng.uniform(0.5, 1)),
            )
    return out
