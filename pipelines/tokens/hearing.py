"""Turns tokens back into sound, or sound into tokens, a stretch at a time, so that memory does not grow with length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

STRETCH_S, AROUND_S, CROSS_S = 10.0, 2.0, 0.01


def heard(codec: Any, tokens: Any, tick: Callable[[float], None]) -> np.ndarray:
    """Tokens [1, K, T] as sound of shape (channels, samples), float32. Each stretch is decoded with two seconds of its
    neighbours around it and a hundredth of one crossed over, so that none is heard to begin; `tick` hears how far."""
    import torch

    rate, hop = codec.frame_rate, round(codec.sample_rate / codec.frame_rate)
    count, stretch, around = tokens.shape[-1], round(STRETCH_S * rate), round(AROUND_S * rate)
    cross = round(CROSS_S * codec.sample_rate)
    out = np.zeros((codec.channels, count * hop), dtype=np.float32)
    rise = np.linspace(0, 1, cross, endpoint=False, dtype=np.float32)
    for start in range(0, count, stretch):
        low, high = max(0, start - around), min(count, start + stretch + around)
        with torch.no_grad():
            sound = codec.decode(tokens[..., low:high], None)[0].float().cpu().numpy()
        begin, end = start * hop, min(count, start + stretch) * hop
        piece = sound[:, begin - low * hop : end + cross - low * hop]
        if start:
            piece[:, :cross] *= rise
            out[:, begin : begin + cross] *= 1 - rise[: piece[:, :cross].shape[-1]]
        fits = out[:, begin : begin + piece.shape[-1]].shape[-1]
        out[:, begin : begin + fits] += piece[:, :fits]
        tick(min(1.0, (start + stretch) / count))
    return out
