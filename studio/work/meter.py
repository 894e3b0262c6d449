"""Bytes as progress: how many of how many, how fast of late, and how long it will take."""

from __future__ import annotations

import time
from collections import deque

from pipelines.base import Context
from pipelines.weights import size

WINDOW_S = 15.0


class Meter:
    """Told how many bytes are done, it tells the job. Its speed is that of the last seconds, so that a resumed
    download is not thought to have come all at once."""

    def __init__(self, context: Context):
        self.context = context
        self.seen: deque[tuple[float, int]] = deque()

    def __call__(self, done: int, total: int, words: str) -> None:
        clock = time.monotonic()
        if not self.seen or clock - self.seen[-1][0] > 0.5:
            self.seen.append((clock, done))
        while clock - self.seen[0][0] > WINDOW_S:
            self.seen.popleft()
        since, had = self.seen[0]
        speed = (done - had) / (clock - since) if clock - since > 1 and done > had else 0
        parts = [f"{size(done)} of {size(total)}" if total else "", words]
        if speed and not words.startswith("the line"):
            parts += [f"{size(speed)}/s", f"{lasts((total - done) / speed)} left"]
        self.context.progress(done / total if total else 0, " · ".join(filter(None, parts)))


def lasts(seconds: float) -> str:
    """`4 min`, as one says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
