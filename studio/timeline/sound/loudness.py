"""Loudness and true peak (ITU-R BS.1770-5, EBU R 128), measured a block at a time."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import av
import av.error
import numpy as np

from pipelines.beside import beside
from studio.timeline.sound.reels import chain

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
REACH = 12
"""Samples on either side that the interpolator looks at."""


def interpolator() -> list[np.ndarray]:
    """A windowed sinc that finds the points between samples, as one short filter for each quarter of a sample."""
    taps = np.sinc(np.arange(-REACH * OVER, REACH * OVER + 1) / OVER) * np.kaiser(2 * REACH * OVER + 1, 7)
    return [(taps * OVER / taps.sum())[n::OVER].astype(np.float32) for n in range(OVER)]


QUARTERS = interpolator()


class Level(NamedTuple):
    """Integrated loudness in LUFS (None: silence) and true peak in dBTP (None: digital silence)."""

    lufs: float | None
    peak_dbtp: float | None


def oversampled_peaks(samples: np.ndarray) -> np.ndarray:
    """|samples| (n, 2) as the loudest of both channels at each sample and the three points after it: (n,)."""
    out = np.zeros(len(samples), np.float32)
    for channel in np.ascontiguousarray(samples.T, np.float32):
        for taps in QUARTERS:
            np.maximum(out, np.abs(np.convolve(channel, taps)[REACH : REACH + len(samples)]), out=out)
    return out


class Weighing:
    """BS.1770's K-weighting: given (n, 2) blocks one after another, it answers with the same number of samples."""

    def __init__(self) -> None:
        facts = [dict(zip(("b0", "b1", "b2", "a0", "a1", "a2"), (*b, *a), strict=True)) for b, a in (SHELF, LOW_CUT)]
        sections = [":".join(f"{name}={value!r}" for name, value in section.items()) for section in facts]
        self.graph, self.source, self.sink = chain([("biquad", f"{s}:precision=f64") for s in sections], "dbl")
        self.fed = 0

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        block = av.AudioFrame.from_ndarray(samples.astype(np.float64).reshape(1, -1), format="dbl", layout="stereo")
        block.sample_rate, block.pts, block.time_base = RATE, self.fed, Fraction(1, RATE)
        self.fed += len(samples)
        self.source.push(block)
        found: list[np.ndarray] = []
        while True:
            try:
                part = self.sink.pull().to_ndarray()
            except av.error.BlockingIOError:
                return np.concatenate(found)
            found.append(part.T if len(part) == 2 else part.reshape(-1, 2))


def lowest(values: np.ndarray, reach: int) -> np.ndarray:
    """The least value within `reach` places on either side of each (van Herk's running minimum)."""
    width, n = 2 * reach + 1, len(values)
    padded = np.full(-(-(n + 2 * reach) // width) * width, np.inf, values.dtype)
    padded[reach : reach + n] = values
    rows = padded.reshape(-1, width)
    onward = np.minimum.accumulate(rows, 1).ravel()
    back = np.minimum.accumulate(rows[:, ::-1], 1)[:, ::-1].ravel()
    return np.minimum(back[:n], onward[2 * reach : 2 * reach + n])


class Meter:
    """Measures block after block; what it keeps grows by two numbers every 5 ms."""

    def __init__(self) -> None:
        self.weighed = Weighing()
        self.rest = np.zeros((0, 3))
        self.tail = np.zeros((2 * REACH, 2), np.float32)
        self.kept: list[np.ndarray] = []
        self.peak = 0.0

    def add(self, samples: np.ndarray) -> None:
        """(n, 2) float samples at 48 kHz, full scale 1."""
        weighted = self.weighed(samples)
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
    smooth = np.convolve(np.pad(lowest(needed, 2), 2, mode="edge"), window, "valid")
    return gated(envelope[:, 0] * (smooth * gain) ** 2)


def measured(blocks: Iterable[np.ndarray]) -> Level:
    meter = Meter()
    beside(meter.add, blocks)
    return meter.level()
