"""`studio bench queue`: what going through the queue adds to a draft picture, against the bare pipeline call."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pipelines import catalogue
from studio.bench.measure import machine
from studio.settings import Settings
from studio.studio import Studio
from studio.types import GenerationRequest

PAIRS = 5
SIDE = 1024


class Here:
    """A place for the bare pipeline to write; nobody listens."""

    def __init__(self, workdir: Path):
        self.workdir = workdir

    def progress(self, fraction: float, note: str = "") -> None:
        pass


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def run(pairs: int = PAIRS, side: int = SIDE) -> dict[str, Any]:
    """A picture through the queue and one without it, in turns: medians, in seconds."""
    with tempfile.TemporaryDirectory(prefix="homereel-bench-") as folder:
        home = Path(folder)
        studio = Studio(Settings.load(home, workers=1))
        model, place = catalogue.find("draft-image"), Here(home / "tmp")
        bare = model.cls(model)

        def options(n: int) -> dict[str, Any]:
            return {"prompt": "a fox in the snow", "width": side, "height": side, "seed": n}

        def through(n: int) -> None:
            job, _ = studio.submit(GenerationRequest(model=model.id, options=options(n)))
            while not studio.queue.is_over(job.id):
                time.sleep(0.002)

        def alone(n: int) -> None:
            list(bare.run(model.options(**options(n)), place))

        studio.open()
        try:
            through(1000)  # the worker has come, and knows its model
            alone(1000)
            taken = [(seconds(partial(through, n)), seconds(partial(alone, n))) for n in range(pairs)]
        finally:
            studio.close()
    queue, own = (statistics.median(column) for column in zip(*taken, strict=True))
    more = statistics.median(a - b for a, b in taken)
    return {"through_s": round(queue, 4), "bare_s": round(own, 4), "more_s": round(more, 4), "machine": machine()}
