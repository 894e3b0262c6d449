"""Turns tokens or latents back into sound a stretch at a time, so that memory does not grow with length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

STRETCH_S, AROUND_S, CROSS_S = 10.0, 2.0, 0.01


def heard(codec: Any, tokens: Any, tick: Callable[[float], None]) -> np.ndarray:
    """An audio codec's tokens [1, K, T] as sound of shape (channels, samples), float32."""
    import torch

    def decoded(low: int, high: int) -> np.ndarray:
        with torch.no_grad():
            return codec.decode(tokens[..., low:high], None)[0].float().cpu().numpy()

    hop = round(codec.sample_rate / codec.frame_rate)
    return stretched(decoded, tokens.shape[-1], hop, codec.sample_rate, tick)


def stretched(
    decoded: Callable[[int, int], np.ndarray], count: int, hop: int, rate: int, tick: Callable[[float], None]
) -> np.ndarray:
    """`count` steps of `hop` samples at `rate`, of which `decoded(low, high)` makes a part, as one sound. Each stretch
    is decoded with two seconds of its neighbours around it and a hundredth of one crossed over, so that none is heard
    to begin; `tick` hears how far it is."""
    stretch, around = (round(seconds * rate / hop) for seconds in (STRETCH_S, AROUND_S))
    cross = round(CROSS_S * rate)
    rise = np.linspace(0, 1, cross, endpoint=False, dtype=np.float32)
    out = np.zeros((0, 0), dtype=np.float32)
    for start in range(0, count, stretch):
        low, high = max(0, start - around), min(count, start + stretch + around)
        sound = decoded(low, high)
        if not start:
            out = np.zeros((sound.shape[0], count * hop), dtype=np.float32)
        begin, end = start * hop, min(count, start + stretch) * hop
        piece = sound[:, begin - low * hop : end + cross - low * hop]
        if start:
            fits = min(cross, piece.shape[-1])
            piece[:, :fits] *= rise[:fits]
            out[:, begin : begin + fits] *= 1 - rise[:fits]
        fits = min(piece.shape[-1], out.shape[-1] - begin)
        out[:, begin : begin + fits] += piece[:, :fits]
        tick(min(1.0, (start + stretch) / count))
    return out
