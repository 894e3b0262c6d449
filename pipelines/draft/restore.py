"""The draft restorer: ffmpeg's own filters, each as strong as what was measured asks for. No weights, any machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from pipelines.base import Context, Pipeline
from pipelines.restoring.graph import Filter
from pipelines.restoring.options import Restoring
from pipelines.restoring.prepare import PACE, finished, heard, prepared
from pipelines.restoring.source import Source
from pipelines.restoring.job import restored


class DraftRestoreOptions(Restoring):
    denoise: float = Field(-1, ge=-1, le=1, title="Denoise", description="0 to 1; -1 is as much as was measured")
    deblock: float = Field(-1, ge=-1, le=1, title="Deblock", description="0 to 1; -1 is as much as was measured")
    sharpen: float = Field(-1, ge=-1, le=1, title="Sharpen", description="0 to 1; -1 is as much as was measured")


class DraftRestore(Pipeline):
    """A film as MP4 (H.264; of more than eight bits HEVC), a picture as PNG. What was measured is told as the result."""

    Options = DraftRestoreOptions

    def run(self, options: DraftRestoreOptions, context: Context) -> Iterator[Path]:
        return restored(self, options, context, lambda used, source, size: Filters(used, source, size))


class Filters:
    """The engine's restorer."""

    chunk, overlap, context = 240, 6, 10

    def __init__(self, used: dict[str, Any], source: Source, size: tuple[int, int]):
        self.used, self.source, self.size = used, source, size
        self.pace = PACE.get(used["deinterlace"], Fraction(1))

    def restored(self, frames: Iterator[Any], tell: Callable[[], None]) -> Iterator[Any]:
        source, deep = self.source, self.source.depth > 8
        factor = min(a / b for a, b in zip(self.size, source.seen, strict=True))
        chain = [*cleaned(self.used), *finished(source, self.size, deep), *sharper(self.used, factor)]
        return prepared(heard(frames, tell), source, self.used["deinterlace"], self.used["first_field"], chain)


def cleaned(used: dict[str, Any]) -> list[Filter]:
    """Blocks first, which are sharp and would be taken for detail; then noise, in three frames at once."""
    chain: list[Filter] = []
    if used["deblock"] > 0:
        by = used["deblock"]
        chain.append(("deblock", f"filter=strong:block=8:alpha={0.12 * by:.3f}:beta={0.07 * by:.3f}:gamma={0.06 * by:.3f}:delta={0.05 * by:.3f}"))
    if used["denoise"] > 0:
        sigma = 20 * used["denoise"]
        chain.append(("fftdnoiz", f"sigma={min(30, sigma):.2f}:amount=0.95:block=32:overlap=0.6:prev=1:next=1"))
    return chain


def sharper(used: dict[str, Any], factor: float) -> list[Filter]:
    """What the blur took, and what enlarging takes."""
    amount = used["sharpen"] * 1.6 + (0.35 if factor > 1.2 else 0)
    size = 5 if factor < 1.5 else 7 if factor < 3 else 11
    return [("unsharp", f"{size}:{size}:{amount:.3f}:5:5:0")] if amount > 0 else []
