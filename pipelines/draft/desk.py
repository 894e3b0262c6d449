"""The mixing desk both draft-music and draft-sound end in: filters, rooms, loudness, a limiter, and the WAV file.

Sound is float32 arrays of shape (2, samples) at 48 kHz, full scale 1.0. Whatever works over time can wrap, for loops.
"""

from __future__ import annotations

import wave
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

RATE = 48_000
CEILING = 10 ** (-1.2 / 20)
PUNCH = 1.8
"""How far past the ceiling a peak may be pushed before the limiter has it; a blow stays a blow."""

Curve = Callable[[np.ndarray], np.ndarray]
"""Frequencies in Hz to gains."""


def quick_size(length: int) -> int:
    """The next length that is quick to transform: no prime in it above five."""
    best = 1 << (length - 1).bit_length()
    for odd in (3, 5, 9, 15, 25, 27, 45, 75):
        size = odd << max(0, (-(-length // odd) - 1).bit_length())
        best = min(best, size)
    return best


def silent_tick(fraction: float) -> None:
    """Nobody is listening."""


def db(value: float) -> float:
    """Decibels as a gain."""
    return 10 ** (value / 20)


def shelves(low_db: float, high_db: float, low_hz: float = 160, high_hz: float = 3000, floor_hz: float = 28) -> Curve:
    """A low and a high shelf, and nothing below `floor_hz`."""

    def curve(hz: np.ndarray) -> np.ndarray:
        f = np.maximum(hz, 1e-3)
        low = low_db / (1 + (f / low_hz) ** 2)
        high = high_db / (1 + (high_hz / f) ** 2)
        return 10 ** ((low + high) / 20) / np.sqrt(1 + (floor_hz / f) ** 6)

    return curve


def band(low_hz: float, high_hz: float, order: int = 2) -> Curve:
    """What lies between two frequencies, falling off by `6 * order` dB an octave outside."""

    def curve(hz: np.ndarray) -> np.ndarray:
        f = np.maximum(hz, 1e-3)
        return 1 / np.sqrt((1 + (low_hz / f) ** (2 * order)) * (1 + (f / high_hz) ** (2 * order)))

    return curve


def kernel(curve: Curve, taps: int = 2047) -> np.ndarray:
    """A linear-phase filter of that curve; it delays by `taps // 2` samples."""
    gains = curve(np.fft.rfftfreq(taps + 1, 1 / RATE))
    window = np.hanning(taps + 2)[1:-1]
    impulse = np.roll(np.fft.irfft(gains), taps // 2)[:taps] * window
    if gains[0] < 0.01:  # the window lets a little through where nothing should
        impulse -= window * (impulse.sum() / window.sum())
    return impulse.astype(np.float32)


@cache
def room(seconds: float, damping_hz: float = 4500, distance: float = 0.015) -> np.ndarray:
    """The stereo echo of a room that dies away by 60 dB in `seconds`, highs sooner. Shape (2, samples), energy 1."""
    length = quick_size(int(RATE * seconds * 1.1))
    noise = np.random.default_rng(1934).standard_normal((2, length)).astype(np.float32)
    t = np.arange(length) / RATE
    hz = np.fft.rfftfreq(length, 1 / RATE)
    spectrum = np.fft.rfft(noise)
    dark = np.fft.irfft(spectrum * band(180, damping_hz * 0.4)(hz), length)
    bright = np.fft.irfft(spectrum * band(damping_hz * 0.4, damping_hz * 2)(hz), length)
    echo = dark * np.exp(-6.9 * t / seconds) + 0.8 * bright * np.exp(-6.9 * t / (0.55 * seconds))
    echo *= np.minimum(1, t / 0.02)
    echo = np.pad(echo, ((0, 0), (int(distance * RATE), 0)))
    return (echo / np.sqrt((echo**2).sum(axis=1, keepdims=True))).astype(np.float32)


def convolve(
    sound: np.ndarray,
    filter_: np.ndarray,
    delay: int = 0,
    wrap: bool = False,
    tick: Callable[[float], None] = silent_tick,
) -> np.ndarray:
    """`sound` through a filter of shape (taps,) or (2, taps), as long as it was; `delay` samples are taken back.

    With `wrap` what rings over the end comes in at the start. `tick` hears the fraction done, block by block.
    """
    taps, length = filter_.shape[-1], sound.shape[-1]
    size = 1 << int(np.ceil(np.log2(max(2.2 * taps, 1 << 16))))
    step = size - taps + 1
    response = np.fft.rfft(filter_.astype(np.float32), size)
    out = np.zeros_like(sound, dtype=np.float32)
    for start in range(0, length, step):
        block = np.fft.irfft(np.fft.rfft(sound[:, start : start + step], size) * response, size)
        add(out, block[:, : min(step, length - start) + taps - 1].astype(np.float32), start - delay, wrap)
        tick(min(1.0, (start + step) / length))
    return out


def add(track: np.ndarray, sound: np.ndarray, start: int, wrap: bool = False) -> None:
    """Add `sound` to `track` from a sample on; what hangs over an end is dropped, or wraps round."""
    length = track.shape[-1]
    if wrap:
        start %= length
        while sound.shape[-1]:
            fits = min(length - start, sound.shape[-1])
            track[..., start : start + fits] += sound[..., :fits]
            sound, start = sound[..., fits:], 0
        return
    if start < 0:
        sound, start = sound[..., -start:], 0
    fits = min(length - start, sound.shape[-1])
    if fits > 0:
        track[..., start : start + fits] += sound[..., :fits]


def weighting(hz: np.ndarray) -> np.ndarray:
    """The power weighting of ITU-R BS.1770: its high shelf and its high-pass, as squared gains at 48 kHz."""
    z = np.exp(-2j * np.pi * hz / RATE)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.abs(shelf * high) ** 2


def loudness(sound: np.ndarray) -> float:
    """Gated loudness in LUFS by ITU-R BS.1770, from spectra of tenths of a second; -120 for silence."""
    tenth = RATE // 10
    count = max(1, sound.shape[-1] // tenth)
    weights = weighting(np.fft.rfftfreq(tenth, 1 / RATE)).astype(np.float32)
    powers = np.zeros(count)
    for at in range(0, count, 100):  # ten seconds at a time
        part = sound[:, at * tenth : min(at + 100, count) * tenth]
        part = np.pad(part, ((0, 0), (0, -part.shape[-1] % tenth))).reshape(2, -1, tenth)
        spectra = np.abs(np.fft.rfft(part)) ** 2 * weights
        powers[at : at + part.shape[1]] = 2 * spectra.sum(axis=(0, 2)) / tenth**2
    window = min(4, count)
    blocks = np.convolve(powers, np.ones(window) / window, "valid")
    for gate in (1e-7, None):  # -70 LUFS, then 10 LU below what is left
        level = blocks[blocks > (gate or blocks.mean() * 0.1)]
        if not len(level):
            return -120.0
        blocks = level
    return float(-0.691 + 10 * np.log10(blocks.mean() + 1e-12))


def per_ms(points: np.ndarray, samples: int) -> np.ndarray:
    """A line through values a millisecond apart, for every sample; the last value goes on."""
    ms = RATE // 1000
    count = -(-samples // ms)
    points = np.append(points, points[-1:].repeat(max(0, count + 1 - len(points)))).astype(np.float32)[: count + 1]
    along = np.arange(ms, dtype=np.float32) / ms
    return (points[:-1, None] + (points[1:] - points[:-1])[:, None] * along).reshape(-1)[:samples]


def limit(sound: np.ndarray, ceiling: float = CEILING, wrap: bool = False) -> np.ndarray:
    """Turn down, with a few milliseconds' foresight, what would pass the ceiling."""
    ms = RATE // 1000
    length = sound.shape[-1]
    count = -(-length // ms)
    peaks = np.zeros(count * ms, dtype=np.float32)
    peaks[:length] = np.abs(sound).max(axis=0)
    need = np.minimum(1, ceiling / np.maximum(peaks.reshape(count, ms).max(axis=1), 1e-9))
    if need.min() >= 1:
        return sound
    reach = min(40, count)
    padded = np.pad(need, 2 * reach + 1, mode="wrap" if wrap else "edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 3).min(axis=1)
    smooth = np.convolve(lowest, np.ones(2 * reach + 1) / (2 * reach + 1), "valid")
    edges = np.append(smooth, smooth[0] if wrap else smooth[-1])
    return sound * per_ms(edges, length)


def level(
    sound: np.ndarray, lufs: float, wrap: bool = False, tick: Callable[[float], None] = silent_tick
) -> np.ndarray:
    """Bring to a loudness, limited to the ceiling."""
    for again in range(2):  # the limiter takes a little away, so once more
        now = loudness(sound)
        tick(0.25 + again / 2)
        if now <= -119:
            return sound
        louder = sound * np.float32(db(lufs - now))
        sound = limit(louder, wrap=wrap)
        tick(0.5 + again / 2)
        if sound is louder:
            break
    return sound


def level_gently(sound: np.ndarray, lufs: float, wrap: bool = False) -> np.ndarray:
    """About that loud; a blow is kept from being flattened by staying quieter than that."""
    now, peak = loudness(sound), float(np.abs(sound).max(initial=0))
    if now <= -119 or not peak:
        return sound
    return limit(sound * np.float32(min(db(lufs - now), PUNCH * CEILING / peak)), wrap=wrap)


def write_wav(path: Path, sound: np.ndarray) -> Path:
    """Stereo, 16 bit, 48 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for start in range(0, sound.shape[-1], RATE * 10):
            part = sound[:, start : start + RATE * 10]
            file.writeframes(np.rint(np.clip(part, -1, 1) * 32767).astype("<i2").T.tobytes())
    return path
