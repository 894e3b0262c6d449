"""A texture for words no sound is known for: the words choose what it is made of, the seed how it falls out."""

from __future__ import annotations

import hashlib

import numpy as np

from pipelines.draft.desk import RATE, band
from pipelines.draft.sounds.take import Take, arch, modes, sweep
from pipelines.draft.sounds.weather import pink


def texture(take: Take, words: tuple[str, ...]) -> np.ndarray:
    """The same words always make the same kind of sound: a bed of air, a chord of its own, and grains."""
    digest = hashlib.sha256(" ".join(words).encode()).digest()
    choose = np.random.default_rng(list(digest[:16]))
    low = float(np.exp(choose.uniform(np.log(70), np.log(1200))))
    bed = take.noise(pink(low, low * float(choose.uniform(2, 8)), 0.5), 0.9)
    bed *= take.drift(float(choose.uniform(0.25, 3.5)), 0.2, 1.0) * np.float32(choose.uniform(0.1, 0.6))
    root = float(np.exp(choose.uniform(np.log(70), np.log(420))))
    for ratio in choose.choice([1, 1.5, 2, 2.5, 3, 4, 5.3], 3, replace=False):
        partial = np.sin(take.wave(root * float(ratio))) * take.drift(float(choose.uniform(0.6, 4))) ** 2
        bed += (partial * choose.uniform(0.05, 0.5)).astype(np.float32)
    kind = int(choose.integers(3))
    hz = float(np.exp(choose.uniform(np.log(250), np.log(4200))))
    grains = []
    for spread in take.rng.uniform(0.7, 1.5, 12):
        length = int(RATE * 0.12)
        if kind == 0:
            grains.append(take.burst(band(hz * spread, hz * spread * 2), 0.001, 0.06))
        elif kind == 1:
            grains.append(modes([(hz * spread, 1, 0.3), (hz * spread * 2.76, 0.4, 0.12)], 0.35))
        else:
            grains.append(sweep(np.linspace(hz * spread, hz * spread * 1.6, length), arch(length, 0.3)))
    take.scatter(bed, [g * np.float32(0.5) for g in grains], float(choose.uniform(1.5, 14)), 0.9)
    return bed
