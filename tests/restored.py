"""Restoring as a worker does it, without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from footage import fine
from pipelines import catalogue
from pipelines.base import Model, Pipeline
from pipelines.faults import Cancelled


class Here:
    """Whoever runs the pipeline. Raises `Cancelled` once `stop_at` is said."""

    def __init__(self, folder: Path, stop_at: str = ""):
        self.workdir, self.cache, self.stop_at = folder / "work", folder / "cache", stop_at
        self.heard: list[tuple[float, str]] = []
        self.workdir.mkdir(parents=True, exist_ok=True)

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append((fraction, note))
        if self.stop_at and self.stop_at in note:
            raise Cancelled


class Restorer:
    """Restores a file by a model, the draft one unless said; what it told, and to whom, stays on it."""

    def __init__(self, folder: Path, model: str | Model = "draft-restore", **usual):
        self.folder, self.model = folder, catalogue.find(model) if isinstance(model, str) else model
        self.usual = {"size": "same", "quality": "best", "seed": 0, **usual}

    def pipeline(self) -> Pipeline:
        made = self.model.cls(self.model)
        made.load()
        return made

    def __call__(self, source: Path, context: Here | None = None, **options) -> Path:
        pipeline = self.pipeline()
        self.context = context or Here(self.folder / "run")
        given = {"source": source, **self.usual, **options}
        made = [*pipeline.run(self.model.options(**given), self.context)]
        self.told = pipeline.told
        return made[0]


@pytest.fixture
def restore(tmp_path) -> Restorer:
    return Restorer(tmp_path)


@pytest.fixture(scope="module")
def known() -> np.ndarray:
    return fine(20)
