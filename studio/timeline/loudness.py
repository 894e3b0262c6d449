"""Loudness and true peak (ITU-R BS.1770-5, EBU R 128), and the limiter that keeps peaks below a ceiling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d
from scipy.signal import firwin, lfilter, upfirdn

RATE = 48_000
# BS.1770-5, annex 1, tables 1 and 2: the head's shelf and the low cut, for 48 kHz.
SHELF = (
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1.0, -1.69065929318241, 0.73248077421585],
)
LOW_CUT = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
FINE = RATE // 200
"""The meter keeps an energy and a peak every 5 ms: enough to tell what the limiter will do."""
PER_STEP = 20
OVER = 4
TAPS = firwin(12 * OVER * 2 + 1, 1 / OVER, window=("kaiser", 7)) * OVER
REACH = 12
"""Samples on either side that the interpolator looks at."""


class Level(NamedTuple):
    """Integrated loudness in LUFS (None: silence) and true peak in dBTP (None: digital silence)."""

    lufs: float | None
    peak_dbtp: float | None


def oversampled_peaks(samples: np.ndarray) -> np.ndarray:
    """|samples| (n, 2) as the loudest of both channels at each sample and the three points after it: (n,)."""
    out = np.zeros(len(samples), np.float32)
    for channel in samples.T:
        fine = upfirdn(TAPS, channel, up=OVER)[REACH * OVER : REACH * OVER + len(samples) * OVER]
        np.maximum(out, np.abs(fine).reshape(-1, OVER).max(1), out=out)
    return out


class Meter:
    """Measures block after block; what it keeps grows by two numbers every 5 ms."""

    def __init__(self) -> None:
        self.state = [np.zeros((2, 2)), np.zeros((2, 2))]
        self.rest = np.zeros((0, 3))
        self.tail = np.zeros((2 * REACH, 2), np.float32)
        self.kept: list[np.ndarray] = []
        self.peak = 0.0

    def add(self, samples: np.ndarray) -> None:
        """(n, 2) float samples at 48 kHz, full scale 1."""
        weighted = samples.astype(np.float64)
        for n, (b, a) in enumerate((SHELF, LOW_CUT)):
            weighted, self.state[n] = lfilter(b, a, weighted, axis=0, zi=self.state[n])
        rows = np.concatenate([self.rest, np.column_stack([weighted**2, np.abs(samples).max(1)])])
        whole = len(rows) // FINE * FINE
        self.rest = rows[whole:]
        fine = rows[:whole].reshape(-1, FINE, 3)
        self.kept.append(np.column_stack([fine[..., :2].mean(1).sum(1), fine[..., 2].max(1)]).astype(np.float32))
        self.look_at(np.concatenate([self.tail, samples.astype(np.float32)]))

    def look_at(self, samples: np.ndarray) -> None:
        """The true peak, interpolated only where a sample comes within 6 dB of the loudest so far."""
        self.tail = samples[-2 * REACH :]
        step = 4096
        for at in range(0, len(samples), step):
            part = samples[max(at - 2 * REACH, 0) : at + step]
            if part.size and float(np.abs(part).max()) > self.peak * 0.5:
                between = oversampled_peaks(part)[
                    REACH:-REACH
                ]  # what lies nearer an end is cut off from its neighbours
                self.peak = max(self.peak, float(between.max(initial=0)), float(np.abs(part).max()))

    def level(self) -> Level:
        """What was measured so far."""
        return Level(gated(self.envelope()[:, 0]), float(20 * np.log10(self.peak)) if self.peak > 1e-7 else None)

    def envelope(self) -> np.ndarray:
        """(n, 2): K-weighted energy and sample peak of every 5 ms."""
        return np.concatenate(self.kept) if self.kept else np.zeros((0, 2), np.float32)

    def gain_for(self, target: float, ceiling: float) -> float:
        """The gain in dB with which `limited` comes out at `target` LUFS, foretold from the envelope; when the limiter
        would take more than it is given, the gain without it and 12 dB."""
        plain = self.level().lufs
        assert plain is not None
        low, high = target - plain, target - plain + 12
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if (foretold(self.envelope(), middle, ceiling) or -99) < target else (low, middle)
            )
        return low


def gated(fine: np.ndarray) -> float | None:
    """LUFS of 5-ms energies: 400-ms blocks every 100 ms, those above -70 LUFS, of them those above their mean less 10
    (BS.1770-5, annex 1). None when no block is loud enough. A sound shorter than a block is one block."""
    steps = fine[: len(fine) // PER_STEP * PER_STEP].reshape(-1, PER_STEP).mean(1, dtype=np.float64)
    z = (
        np.convolve(steps, np.ones(4) / 4, "valid")
        if len(steps) >= 4
        else fine.mean(keepdims=True)
        if len(fine)
        else fine
    )
    loud = z[z > 10 ** ((-70 + 0.691) / 10)]
    if not loud.size:
        return None
    loud = loud[loud > loud.mean() / 10]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def foretold(envelope: np.ndarray, gain_db: float, ceiling: float) -> float | None:
    """About how loud `limited` leaves a sound with this envelope."""
    gain = 10 ** (gain_db / 20)
    needed = np.minimum(1, ceiling / np.maximum(envelope[:, 1] * gain, 1e-9))
    window = np.hanning(7)[1:-1] / np.hanning(7).sum()
    smooth = np.convolve(np.pad(minimum_filter1d(needed, 5, mode="nearest"), 2, mode="edge"), window, "valid")
    return gated(envelope[:, 0] * (smooth * gain) ** 2)


def measured(blocks: Iterable[np.ndarray]) -> Level:
    meter = Meter()
    for block in blocks:
        meter.add(block)
    return meter.level()


def limited(blocks: Iterable[np.ndarray], gain: float, ceiling: float) -> Iterator[np.ndarray]:
    """The blocks times `gain`, their true peaks held below `ceiling` (both linear), length for length.

    The gain dips in time for a peak, by the least it must, along a smooth curve of 12 ms on either side."""
    half = RATE * 12 // 1000
    window = np.hanning(2 * half + 3)[1:-1].astype(np.float64)
    window /= window.sum()
    margin, held = 2 * half + REACH, np.zeros((0, 2), np.float32)
    done = 0  # how many samples at the start of `held` are context only
    for block, last in with_last(blocks):
        held = np.concatenate([held, block * np.float32(gain)])
        end = len(held) if last else len(held) - margin
        if end <= done:
            continue
        if float(np.abs(held).max(initial=0)) * 1.6 <= ceiling:
            out = held[done:end]
        else:
            peaks = maximum_filter1d(oversampled_peaks(held), 3)
            needed = np.minimum(1, ceiling / np.maximum(peaks, 1e-9))
            lowest = minimum_filter1d(needed, 2 * half + 1, mode="nearest")
            smooth = np.convolve(np.pad(lowest, half, mode="edge"), window, "valid")
            out = held[done:end] * smooth[done:end, None].astype(np.float32)
        yield out
        keep = max(end - margin, 0)
        held, done = held[keep:], end - keep


def with_last(blocks: Iterable[np.ndarray]) -> Iterator[tuple[np.ndarray, bool]]:
    before: np.ndarray | None = None
    for block in blocks:
        if before is not None:
            yield before, False
        before = block
    if before is not None:
        yield before, True
