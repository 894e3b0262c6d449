"""What a recording booth does for eSpeak's voice: takes off the buzz, and gives it a small room."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from pipelines.spoken.level import RATE, Sound

TAIL_S = 0.12


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
