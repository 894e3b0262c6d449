"""Keeps true peaks below a ceiling: the gain dips in time for each, along a smooth curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from studio.timeline.sound.loudness import RATE, REACH, lowest, oversampled_peaks


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
            needed = np.minimum(1, ceiling / np.maximum(oversampled_peaks(held), 1e-9))
            smooth = np.convolve(np.pad(lowest(needed, half + 1), half, mode="edge"), window, "valid")
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
