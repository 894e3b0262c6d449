"""What a recording booth does for a synthetic voice: takes off the buzz, gives it a small room, and sets its level.

Sound is mono float at 48 kHz, full scale 1. Loudness is ITU-R BS.1770-4's, gated.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

RATE = 48_000
TAIL_S = 0.12
LOUDNESS, KNEE, CEILING = -18.0, 0.6, 0.88  # LUFS; and -1.1 dBFS, never passed
HEADER = 44
BLOCK = RATE * 10
Sound = np.ndarray


def recorded(samples: Sound, rate: int) -> Sound:
    """The voice at `rate`, 16 bits, as the booth hears it at 48 kHz, with the room's last 0.12 s dying away."""
    from scipy.signal import oaconvolve, resample_poly, sosfilt

    dry = np.concatenate([samples / 32768.0, np.zeros(round(TAIL_S * rate))])
    warm = sosfilt(tone(rate), dry)
    wet = oaconvolve(warm, room(rate))[: len(warm)]
    divisor = int(np.gcd(RATE, rate))
    sound = resample_poly(wet, RATE // divisor, rate // divisor)
    fade = round(0.05 * RATE)
    sound[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return sound


@cache
def tone(rate: int) -> Any:
    """Rumble out, a little chest, less of the buzz about 3 kHz, and a soft top."""
    from scipy.signal import butter

    parts = [butter(2, 75, "high", fs=rate, output="sos"), bell(rate, 190, 2.0, 0.8), bell(rate, 2900, -3.5, 0.9)]
    return np.vstack([*parts, butter(2, min(7200, rate * 0.45), "low", fs=rate, output="sos")])


def bell(rate: int, hertz: float, gain_db: float, q: float) -> Sound:
    """A peaking equaliser as a second-order section (R. Bristow-Johnson's audio EQ cookbook)."""
    a, w = 10 ** (gain_db / 40), 2 * np.pi * hertz / rate
    alpha = np.sin(w) / (2 * q)
    b0, b1, b2 = 1 + alpha * a, -2 * np.cos(w), 1 - alpha * a
    a0, a2 = 1 + alpha / a, 1 - alpha / a
    return np.array([[b0, b1, b2, a0, b1, a2]]) / a0


@cache
def room(rate: int) -> Sound:
    """The impulse response of a small, soft room: six walls, then a breath of diffuse sound."""
    heard = np.zeros(round(TAIL_S * rate))
    heard[0] = 1
    for milliseconds, gain in ((5.3, 0.11), (8.9, -0.085), (13.1, 0.07), (19.7, -0.05), (27.1, 0.04), (36.7, -0.028)):
        at = round(milliseconds * rate / 1000)
        heard[at : at + 3] += gain * np.array([0.25, 0.5, 0.25])  # a wall takes the treble first
    late = np.random.default_rng(1932).standard_normal(len(heard)) * np.exp(-np.arange(len(heard)) / (0.022 * rate))
    late = np.convolve(late, np.ones(5) / 5, "same")
    late[: round(0.009 * rate)] = 0
    return heard + 0.012 * late


def pcm(sound: Sound) -> Sound:
    return np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")


def level(path: Path) -> None:
    """Bring a mono 16-bit WAV at 48 kHz to -18 LUFS in place, peaks bent to stay under -1 dBFS; a block at a time."""
    sound = np.memmap(path, "<i2", "r+", offset=HEADER)
    gain = 10 ** ((LOUDNESS - loudness(sound)) / 20)
    for at in range(0, len(sound), BLOCK):
        block = sound[at : at + BLOCK] / 32768.0 * gain
        sound[at : at + BLOCK] = pcm(bent(block))
    sound.flush()


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
