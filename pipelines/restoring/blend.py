"""Joins what two chunks made of the same moments: the one fades into the other, so that no join shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.restoring.graph import Frame


def crossed(before: list[Frame], frames: Iterable[Frame]) -> Iterator[Frame]:
    """The chunk's frames, of which the first fade in over those that the chunk before made of the same times."""
    waiting = {frame.pts: (n, frame) for n, frame in enumerate(before)}
    for frame in frames:
        if frame.pts in waiting:
            n, old = waiting[frame.pts]
            yield mixed(old, frame, (n + 1) / (len(before) + 1))
        else:
            yield frame


def mixed(old: Frame, new: Frame, share: float) -> Frame:
    """`share` of the new one, the rest of the old, to the nearest value."""
    weight = round(share * 256)
    planes = (
        ((a.astype(np.int32) * (256 - weight) + b.astype(np.int32) * weight + 128) >> 8).astype(a.dtype)
        for a, b in zip(old.planes, new.planes, strict=True)
    )
    return Frame(new.pts, tuple(planes))


def save(path: Path, frames: list[Frame]) -> None:
    """Raw, for the next chunk to begin from. Whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        planes: dict[str, Any] = {f"{n}_{p}": plane for n, f in enumerate(frames) for p, plane in enumerate(f.planes)}
        np.savez(file, pts=np.array([f.pts for f in frames], np.int64), **planes)
    part.replace(path)


def saved(path: Path) -> list[Frame]:
    with np.load(path, allow_pickle=False) as held:
        return [Frame(int(pts), tuple(held[f"{n}_{p}"] for p in range(3))) for n, pts in enumerate(held["pts"])]
