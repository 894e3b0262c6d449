"""What every family with weights has in common: what it needs to run, and how it comes and goes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from pipelines import placement, weights
from pipelines.base import Model, Pipeline, Status
from pipelines.faults import BrokenWeights, Fault, ran_out
from pipelines.placement import Placement

DAMAGED = (
    "OSError", "SafetensorError", "ValueError", "KeyError", "EOFError", "JSONDecodeError", "UnpicklingError",
    "FileNotFoundError", "BadZipFile",
)  # fmt: skip
"""What the libraries throw at a checkpoint that is not whole, or is another's."""


class Weighted(Pipeline):
    """A family whose models have weights. `bring` loads them; everything it makes is kept in `self.loaded`, and dropped
    by `unload`. What it was made on is told as the job's result."""

    packages: ClassVar[tuple[str, ...]] = ("torch",)
    """What must be importable, by its import name."""
    on_device = True
    place: Placement = Placement("cpu", "float32")
    loaded: Any = None
    tight: Placement | None = None
    held: float = 0

    @property
    def share(self) -> float:
        """How much of the model's memory its build needs."""
        return 1

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        missing = [name for name in cls.packages if find_spec(name) is None]
        if missing:
            return "needs_package", f"{', '.join(missing)} is not installed: ./setup.sh models brings it."
        return weights.status(model)

    @property
    def held_gb(self) -> float:
        return self.held or placement.needed_gb(self.model) * self.share

    def load(self) -> None:
        folder = weights.folder(self.model)
        place = self.tight or placement.choose(self.model, share=self.share)
        before = placement.held_gb(place.device)
        try:
            self.loaded = self.bring(folder, place)
        except Exception as error:
            if isinstance(error, Fault) or ran_out(error) or not damaged(error):
                raise
            raise BrokenWeights(
                f"The weights of {self.model.title} cannot be loaded: {error}"[:400],
                f"`studio models verify {self.model.id}` finds damaged files, and a download brings them again.",
            ) from error
        self.place, self.held = place, max(0.0, placement.held_gb(place.device) - before)
        self.told = {**self.told, "device": place.device}

    def bring(self, folder: Path, place: Placement) -> Any:
        """Load the weights in `folder` (or the file that it is) as `place` says. What it returns becomes `loaded`."""
        raise NotImplementedError

    def unload(self) -> None:
        self.loaded, self.held = None, 0
        placement.sweep()

    def shrink(self) -> bool:
        tighter = self.place.tighter()
        self.tight = tighter or self.tight
        return tighter is not None


def damaged(error: Exception) -> bool:
    return type(error).__name__ in DAMAGED or "loading state_dict" in str(error)
