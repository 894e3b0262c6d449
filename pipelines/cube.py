"""Reads colour look-up tables from `.cube` files (Adobe's Cube LUT Specification 1.0): a curve a channel, or a cube."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

MOST = {"LUT_1D_SIZE": 65536, "LUT_3D_SIZE": 65}
LEAST = 2


class Lut(NamedTuple):
    """`table` is (n, 3) float32, 0..1: an entry for each step of one curve, or for each point of a cube of `side` to an
    edge, red going round fastest. `low` and `high` (3,) are the R'G'B' its first and last entries stand for."""

    table: np.ndarray
    side: int | None
    low: tuple[float, ...] = (0.0, 0.0, 0.0)
    high: tuple[float, ...] = (1.0, 1.0, 1.0)


def read(text: str) -> Lut:
    """Raises `ValueError`, saying in a sentence what is wrong with the file."""
    said: dict[str, list[str]] = {}
    rows: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        words = line.split("#")[0].split() if not line.startswith("TITLE") else []
        if words and words[0][0].isalpha():
            said[words[0]] = words[1:]
        elif words:
            rows.append(line.split("#")[0])
    sizes = [name for name in MOST if name in said]
    if len(sizes) != 1:
        raise ValueError("it names no size, or two")
    side = int("".join(said[sizes[0]][:1]) or 0)
    if not LEAST <= side <= MOST[sizes[0]]:
        raise ValueError(f"its size is {side}, and can be {LEAST} to {MOST[sizes[0]]}")
    cube = sizes[0] == "LUT_3D_SIZE"
    table = np.array(" ".join(rows).split(), np.float32)
    if table.size != 3 * (side**3 if cube else side):
        raise ValueError(f"it has {table.size // 3} entries instead of {side**3 if cube else side}")
    low, high = (corner(said.get(f"DOMAIN_{end}"), default) for end, default in (("MIN", 0.0), ("MAX", 1.0)))
    if not np.isfinite(table).all() or not all(0 < b - a < 1e4 for a, b in zip(low, high, strict=True)):
        raise ValueError("its numbers make no sense")
    return Lut(table.reshape(-1, 3).clip(0, 1), side if cube else None, low, high)


def corner(words: list[str] | None, default: float) -> tuple[float, ...]:
    found = tuple(float(word) for word in words) if words else (default,) * 3
    if len(found) != 3:
        raise ValueError("a corner of its domain is not three numbers")
    return found
