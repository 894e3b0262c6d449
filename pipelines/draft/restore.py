"""The draft restorer: ffmpeg's own filters, each as strong as what was measured asks for. No weights, any machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from pipelines.base import Context, Pipeline
from pipelines.restoring.enlarge import enlarged
from pipelines.restoring.graph import Filter
from pipelines.restoring.job import restored
from pipelines.restoring.options import Restoring
from pipelines.restoring.prepare import PACE, finished, heard, prepared
from pipelines.restoring.source import Source


class DraftRestoreOptions(Restoring):
    denoise: float = Field(-1, ge=-1, le=1, title="Denoise", description="0 to 1; -1 is as much as was measured")
    deblock: float = Field(-1, ge=-1, le=1, title="Deblock", description="0 to 1; -1 is as much as was measured")
    sharpen: float = Field(-1, ge=-1, le=1, title="Sharpen", description="0 to 1; -1 is as much as was measured")


NOISE = 20
"""The standard deviation of noise, of 255, that a whole `denoise` is meant for."""


class DraftRestore(Pipeline):
    """A film as MP4 (H.264; of more than eight bits HEVC), a picture as PNG. What was measured is told."""

    Options = DraftRestoreOptions

    def run(self, options: DraftRestoreOptions, context: Context) -> Iterator[Path]:
        return restored(self, options, context, lambda used, source, size: Filters(used, source, size))


class Filters:
    """The engine's restorer."""

    chunk, overlap, context, batch = 240, 6, 10, 0

    def __init__(self, used: dict[str, Any], source: Source, size: tuple[int, int]):
        self.used, self.source, self.size = used, source, size
        self.pace = PACE.get(used["deinterlace"], Fraction(1))

    def ahead(self, *_: Any) -> None: ...

    def restored(self, frames: Iterator[Any], tell: Callable[[], None]) -> Iterator[Any]:
        source, used = self.source, self.used
        deep = source.depth > 8
        chain = [*cleaned(used, deep), *sharper(used["sharpen"]), *finished(source, source.seen, deep)]
        whole = prepared(heard(frames, tell), source, used["deinterlace"], used["first_field"], chain)
        return enlarged(whole, source, self.size, deep)


def cleaned(used: dict[str, Any], deep: bool) -> list[Filter]:
    """Noise in three frames at once, and what that leaves; or the traces of coding, edges of its blocks first, and then
    what differs in three frames: coding's faults do."""
    blocks, noise, scale = used["deblock"], NOISE * used["denoise"], 4 if deep else 1
    chain: list[Filter] = []
    if blocks > 0:
        by = f"beta={0.04 * blocks:.3f}:gamma={0.04 * blocks:.3f}:delta={0.04 * blocks:.3f}"
        chain.append(("deblock", f"filter=weak:block=8:alpha={0.06 * blocks:.3f}:{by}"))
    if noise > 0:
        sigma = noise * 0.7 * min(2.6, 0.6 + 0.27 * noise) * scale
        chain.append(("fftdnoiz", f"sigma={min(100, sigma):.2f}:amount=0.95:block=8:prev=1:next=1"))
        chain.append(("nlmeans", f"s={min(30, max(1, noise / 2)):.2f}:p=3:r=5"))
    elif blocks > 0:
        sigma = 14 * blocks * scale
        chain.append(("fftdnoiz", f"sigma={sigma:.2f}:amount=0.9:block=16:overlap=0.5:prev=1:next=1"))
    return chain


def sharper(by: float) -> list[Filter]:
    """Some of what a blur took: the wider it was, the wider."""
    size = 7 if by < 0.6 else 9
    return [("unsharp", f"{size}:{size}:{2 * by:.3f}:5:5:0")] if by > 0 else []
