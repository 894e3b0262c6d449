"""Enlarges frames by Lanczos, and then by what that lost: what is made, made small again, is to be what was given."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from pipelines.restoring.graph import filtered, frame_of, planes_of
from pipelines.restoring.prepare import tags_of
from pipelines.restoring.source import Source

WORTH = 1.2
"""From which factor on something is lost that can be found again."""


def enlarged(frames: Iterator[Any], source: Source, size: tuple[int, int], deep: bool) -> Iterator[Any]:
    """4:2:0 frames, in another size."""
    form = "yuv420p10le" if deep else "yuv420p"
    chain = [("scale", f"{size[0]}:{size[1]}:flags=lanczos+accurate_rnd+full_chroma_int"), ("format", form)]
    if size == source.seen:
        yield from frames
        return
    if min(size[0] / source.seen[0], size[1] / source.seen[1]) < WORTH:
        yield from filtered(frames, chain, source.rate)
        return
    given: deque[np.ndarray] = deque()

    def noted() -> Iterator[Any]:
        for frame in frames:
            given.append(planes_of(frame)[0])
            yield frame

    for frame in filtered(noted(), chain, source.rate):
        luma, *colours = planes_of(frame)
        yield frame_of([found(luma, given.popleft()), *colours], form, frame.pts, frame.time_base, tags_of(frame))


def found(large: np.ndarray, given: np.ndarray) -> np.ndarray:
    """One step of iterative back-projection (M. Irani and S. Peleg, 1991)."""
    import cv2

    high, wide = large.shape
    again = cv2.resize(large.astype(np.float32), given.shape[::-1], interpolation=cv2.INTER_AREA)
    fault = cv2.resize(given - again, (wide, high), interpolation=cv2.INTER_CUBIC)
    most = 255 if large.dtype == np.uint8 else 1023
    return np.rint(large + fault).clip(0, most).astype(large.dtype)
