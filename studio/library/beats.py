"""Where music's beats fall: onsets by spectral flux, a tempo by their autocorrelation, and the beats that fit both best
(D. Ellis, "Beat Tracking by Dynamic Programming", Journal of New Music Research 36, 2007)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.library.film import opened
from studio.library.media import reading
from studio.library.views import NoSound, demuxer, publish
from studio.types import Asset

if TYPE_CHECKING:
    import numpy as np

RATE, HOP, WINDOW = 11_025, 128, 1024
LONGEST_S = 1200
SLOWEST, FASTEST, USUAL = 50.0, 210.0, 110.0
"""Beats per minute: the range looked in, and what is likeliest where twice and half would do as well."""
SECOND = RATE // HOP + 1
"""Hops in a second; what is shorter has no pulse to find."""
TIGHT = 100.0
"""How much an even pulse counts against strong onsets."""


def beats(asset: Asset, kept: Path) -> dict[str, Any]:
    """`{"bpm": 92.0, "beats": [seconds, ...]}`, read once and kept at `kept`; no beats where nothing pulses. A recipe
    that names its tempo (`bpm`) is believed. Raises `NoSound` for what has none to hear."""
    if asset.kind not in ("audio", "video"):
        raise NoSound(f"{asset.name} has no sound to hear beats in.", "Ask for the beats of a sound or a film.")
    if kept.exists():
        return json.loads(kept.read_text())
    told = asset.recipe.options.get("bpm", 0) if asset.recipe else 0
    found = pulse(heard(asset), float(told) if isinstance(told, int | float) else 0) if asset.sound else (0.0, [])
    answer = {"bpm": round(found[0], 2), "beats": [round(t, 3) for t in found[1]]}
    publish(kept, lambda to: to.write_text(json.dumps(answer, separators=(",", ":"))))
    return answer


def heard(asset: Asset) -> np.ndarray:
    """The sound as one row of float32 at `RATE`, its first twenty minutes."""
    import av
    import numpy as np

    parts: list[np.ndarray] = []
    left = LONGEST_S * RATE
    with reading("sound"), opened(asset.path, demuxer(asset.path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        for frame in container.decode(container.streams.audio[0]):
            for part in resampler.resample(frame):
                parts.append(part.to_ndarray()[0, :left])
                left -= len(parts[-1])
            if left <= 0:
                break
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def pulse(sound: np.ndarray, told: float = 0) -> tuple[float, list[float]]:
    """Tempo in beats per minute and the beats in seconds, of mono samples at `RATE`; (0, []) where nothing pulses."""
    onsets = flux(sound)
    if not onsets.any():
        return 0.0, []
    bpm = told if SLOWEST <= told <= FASTEST else tempo(onsets)
    return bpm, [(n * HOP + WINDOW / 2) / RATE for n in tracked(onsets, 60 * RATE / HOP / bpm)]


def flux(sound: np.ndarray) -> np.ndarray:
    """How much louder each band gets from one hop to the next, summed, in units of its own spread; nothing of less
    than a second."""
    import numpy as np

    window, rises, last = np.hanning(WINDOW).astype(np.float32), [], None
    for begin in range(0, len(sound) - WINDOW, HOP * 512):
        piece = sound[begin : begin + HOP * 511 + WINDOW]
        rows = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP]
        loud = np.log1p(1000 * np.abs(np.fft.rfft(rows * window, axis=1)) / WINDOW)
        rises.append(np.maximum(np.diff(loud, axis=0, prepend=loud[:1] if last is None else last), 0).sum(axis=1))
        last = loud[-1:]
    whole = np.concatenate(rises) if rises else np.zeros(0)
    if len(whole) < SECOND:
        return np.zeros(0)
    around = np.convolve(whole, np.ones(SECOND) / SECOND, "same")  # what is loud throughout is no onset
    sharp = np.maximum(whole - around, 0)
    return sharp / (sharp.std() or 1)


def tempo(onsets: np.ndarray) -> float:
    """The lag at which the onsets agree best with themselves, the likelier of twice and half preferred."""
    import numpy as np

    size = 1 << (2 * len(onsets) - 1).bit_length()
    power = np.abs(np.fft.rfft(onsets, size)) ** 2
    alike = np.fft.irfft(power)[: len(onsets)]
    per_minute = 60 * RATE / HOP
    lags = np.arange(int(per_minute / FASTEST), min(int(per_minute / SLOWEST) + 1, len(alike) - 1))
    likely = np.exp(-0.5 * (np.log2(per_minute / lags / USUAL) / 0.9) ** 2)
    best = int(lags[np.argmax(alike[lags] * likely)])
    before, here, after = alike[best - 1 : best + 2]
    bend = before - 2 * here + after
    return float(per_minute / (best + (0.5 * (before - after) / bend if bend else 0)))


def tracked(onsets: np.ndarray, period: float) -> list[int]:
    """The hops at which beats fall about `period` apart: the chain with the most onset under it (Ellis, section 3)."""
    import numpy as np

    lags = np.arange(round(period / 2), round(period * 2) + 1)
    cost = TIGHT * np.log(lags / period) ** 2
    score, from_ = onsets.astype(float).copy(), np.full(len(onsets), -1)
    for n in range(len(onsets)):
        back = n - lags
        fits = back >= 0
        if fits.any():
            tried = score[back[fits]] - cost[fits]
            best = int(np.argmax(tried))
            if tried[best] > 0:
                score[n] += tried[best]
                from_[n] = back[fits][best]
    at = int(np.argmax(score[-round(period * 1.5) :])) + max(0, len(score) - round(period * 1.5))
    chain = []
    while at >= 0:
        chain.append(at)
        at = int(from_[at])
    return chain[::-1]
