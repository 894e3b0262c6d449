"""Brings a recording to the level of a narration, a block at a time, whatever its length.

Sound is mono float at 48 kHz, full scale 1. Loudness is ITU-R BS.1770-4's, gated.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

RATE = 48_000
LOUDNESS, KNEE, CEILING = -18.0, 0.6, 0.88  # LUFS; and -1.1 dBFS, never passed
HEADER = 44
BLOCK = RATE * 10
Sound = np.ndarray


def pcm(sound: Sound) -> Sound:
    return np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")


def level(path: Path) -> None:
    """Bring a mono 16-bit WAV at 48 kHz to -18 LUFS, peaks bent to stay under -1 dBFS; a block at a time. Who has the
    file open goes on hearing it as it was."""
    sound, fresh = np.memmap(path, "<i2", "r", offset=HEADER), path.with_suffix(".level")
    gain = gain_for(sound)
    with fresh.open("wb") as out:
        with path.open("rb") as had:
            out.write(had.read(HEADER))
        for at in range(0, len(sound), BLOCK):
            out.write(pcm(bent(sound[at : at + BLOCK] / 32768.0 * gain)).tobytes())
    fresh.replace(path)


def gain_for(sound: Sound) -> float:
    """What brings 16-bit samples at 48 kHz to the level of a narration."""
    return float(10 ** ((LOUDNESS - loudness(sound)) / 20))


def bent(sound: Sound) -> Sound:
    """Peaks over the knee rounded off towards the ceiling."""
    over = np.maximum(np.abs(sound) - KNEE, 0)
    rounded = KNEE + (CEILING - KNEE) * np.tanh(over / (CEILING - KNEE))
    return np.where(over > 0, np.sign(sound) * rounded, sound)


def loudness(sound: Sound) -> float:
    """Integrated loudness in LUFS of 16-bit samples at 48 kHz; -70 for silence."""
    from scipy.signal import sosfilt

    state, energies = np.zeros((2, 2)), []
    tenth = RATE // 10
    for at in range(0, len(sound), BLOCK):
        weighed, state = sosfilt(K_WEIGHT, sound[at : at + BLOCK] / 32768.0, zi=state)
        weighed = np.pad(weighed, (0, -len(weighed) % tenth))
        energies.append((weighed.reshape(-1, tenth) ** 2).mean(axis=1))
    tenths = np.concatenate(energies) if energies else np.zeros(1)
    blocks = np.convolve(tenths, np.ones(4) / 4, "valid") if len(tenths) >= 4 else tenths.mean(keepdims=True)
    for gate in (lambda b: 10**-6.9309, lambda b: b.mean() / 10):  # -70 LUFS, then 10 LU under the mean of the rest
        blocks = blocks[blocks > gate(blocks)]
        if not len(blocks):
            return -70.0
    return float(-0.691 + 10 * np.log10(blocks.mean()))


K_WEIGHT = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585],
        [1, -2, 1, 1, -1.99004745483398, 0.99007225036621],
    ]
)
