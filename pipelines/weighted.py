"""What every family with weights has in common: what it needs to run, and how it comes and goes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from pipelines import placement, weights
from pipelines.base import Model, Pipeline, Status
from pipelines.placement import Placement


class Weighted(Pipeline):
    """A family whose models have weights. `bring` loads them; everything it makes is kept in `self.loaded`, and dropped
    by `unload`."""

    packages: ClassVar[tuple[str, ...]] = ("torch",)
    """What must be importable, by its import name."""
    place: Placement
    loaded: Any = None

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        missing = [name for name in cls.packages if find_spec(name) is None]
        if missing:
            return "needs_package", f"{', '.join(missing)} is not installed: ./setup.sh models brings it."
        return weights.status(model)

    def load(self) -> None:
        folder = weights.folder(self.model)
        self.place = placement.choose(self.model)
        self.loaded = self.bring(folder, self.place)

    def bring(self, folder: Path, place: Placement) -> Any:
        """Load the weights in `folder` (or the file that it is) as `place` says. What it returns becomes `loaded`."""
        raise NotImplementedError

    def unload(self) -> None:
        self.loaded = None
        placement.sweep()
