"""Keeps recently used pipelines loaded, within a budget of memory."""

from __future__ import annotations

import time

from pipelines.base import Model, Pipeline


class Pool:
    """The least recently used goes first. One worker owns one pool, so there is no lock."""

    def __init__(self, budget_gb: float, idle_s: float = 600):
        self.budget_gb, self.idle_s = budget_gb, idle_s
        self.loaded: dict[str, Pipeline] = {}
        self.used: float = time.monotonic()

    def get(self, model: Model) -> Pipeline:
        """The model's pipeline, loaded. One that fails to load is not kept."""
        self.used = time.monotonic()
        pipeline = self.loaded.pop(model.id, None)
        if pipeline is None:
            self.make_room(model.vram_gb)
            pipeline = model.cls(model)
            pipeline.load()
        self.loaded[model.id] = pipeline
        return pipeline

    def make_room(self, needed_gb: float) -> None:
        while self.loaded and self.used_gb + needed_gb > self.budget_gb:
            oldest = next(iter(self.loaded))
            self.loaded.pop(oldest).unload()

    def rest(self) -> None:
        """Give everything back once nothing has been asked for a while."""
        if self.loaded and time.monotonic() - self.used > self.idle_s:
            self.clear()

    def clear(self) -> None:
        while self.loaded:
            self.loaded.popitem()[1].unload()

    @property
    def used_gb(self) -> float:
        return sum(p.model.vram_gb for p in self.loaded.values())
