"""Keeps recently used pipelines loaded, within a budget of memory."""

from __future__ import annotations

import logging
import time

from pipelines.base import Model, Options, Pipeline
from pipelines.faults import ran_out

log = logging.getLogger(__name__)
Key = tuple[str, str]


class Pool:
    """The least recently used goes first. One worker owns one pool, so there is no lock."""

    def __init__(self, budget_gb: float, idle_s: float = 600):
        self.budget_gb, self.idle_s = budget_gb, idle_s
        self.loaded: dict[Key, Pipeline] = {}
        self.used: float = time.monotonic()

    def get(self, model: Model, options: Options | None = None) -> Pipeline:
        """The model's pipeline, loaded in the build that these options ask for. One that fails to load is not kept;
        when it fails for want of memory, everything else makes way and it is tried once more."""
        self.used = time.monotonic()
        key = model.id, model.cls.build_for(options) if options else ""
        pipeline = self.loaded.pop(key, None)
        if pipeline is None:
            self.make_room(model.vram_gb)
            pipeline = model.cls(model)
            pipeline.build = key[1]
            self.bring(pipeline)
        self.loaded[key] = pipeline
        return pipeline

    def bring(self, pipeline: Pipeline) -> None:
        try:
            pipeline.load()
        except Exception as error:
            pipeline.unload()
            if not ran_out(error) or not self.loaded:
                raise
            log.info("%s did not fit beside the others, which make way", pipeline.model.id)
            self.clear()
            pipeline.load()

    def make_way(self, pipeline: Pipeline) -> bool:
        """After it ran out of memory: everything else goes, and it comes back with less of it on the device. Says
        whether there was anything left to gain."""
        others = [key for key, other in self.loaded.items() if other is not pipeline]
        for key in others:
            self.loaded.pop(key).unload()
        pipeline.unload()
        less = pipeline.shrink()
        if less or others:
            pipeline.load()
            return True
        self.clear()
        return False

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
        return sum(pipeline.held_gb for pipeline in self.loaded.values())

    @property
    def models(self) -> list[str]:
        """The models that need no loading."""
        return sorted({model for model, _ in self.loaded})
