"""Takes a picture through a network piece by piece; where pieces overlap, the one fades into the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

OVERLAP = 32
"""Pixels that neighbouring tiles share."""


def tiled(image: np.ndarray, tile: int, scale: int, through: Callable[[np.ndarray], np.ndarray],
          tell: Callable[[], None]) -> np.ndarray:  # fmt: skip
    """(h, w, 3) whole numbers of eight or sixteen bits to (h x scale, w x scale, 3) of the same kind. `through` is
    given and gives float32 of 0..1."""
    most = np.iinfo(image.dtype).max
    height, width = image.shape[:2]
    rows, columns = spans(height, tile), spans(width, tile)
    if len(rows) == len(columns) == 1:
        tell()
        made = through(image.astype(np.float32) / most)
    else:
        made = np.zeros((height * scale, width * scale, 3), np.float32)
        weights = np.zeros((height * scale, width * scale, 1), np.float32)
        for top, bottom in rows:
            for left, right in columns:
                tell()
                piece = through(image[top:bottom, left:right].astype(np.float32) / most)
                weight = ramp(top, bottom, height, scale)[:, None] * ramp(left, right, width, scale)[None]
                at = np.s_[top * scale : bottom * scale, left * scale : right * scale]
                made[at] += piece * weight[..., None]
                weights[at] += weight[..., None]
        made /= weights
    return np.rint(made * most).clip(0, most).astype(image.dtype)


def spans(length: int, tile: int) -> list[tuple[int, int]]:
    """Where tiles begin and end along a side: as few as do, evenly laid, each overlapping the next by `OVERLAP` or
    more."""
    if length <= tile:
        return [(0, length)]
    overlap = min(OVERLAP, tile // 2)
    count = -(-(length - overlap) // (tile - overlap))
    starts = [round(n * (length - tile) / (count - 1)) for n in range(count)]
    return [(start, start + tile) for start in starts]


def ramp(first: int, last: int, length: int, scale: int) -> np.ndarray:
    """The weight along one side of a tile: rising from an edge that another tile lies over, 1 inside."""
    size, over = (last - first) * scale, min(OVERLAP, last - first) * scale
    weight = np.ones(size, np.float32)
    slope = (np.arange(over, dtype=np.float32) + 0.5) / over
    if first > 0:
        weight[:over] = np.minimum(weight[:over], slope)
    if last < length:
        weight[-over:] = np.minimum(weight[-over:], slope[::-1])
    return weight
