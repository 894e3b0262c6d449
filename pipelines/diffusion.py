"""What every diffusers family has in common: loading a folder in the hub's layout, seeds, steps told and stopped."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from pipelines import shortcuts
from pipelines.base import Context
from pipelines.placement import Placement, settle
from pipelines.weighted import Weighted


class Diffusion(Weighted):
    """A diffusers checkpoint: `loaded` is the pipeline its model_index.json names."""

    packages: ClassVar[tuple[str, ...]] = ("torch", "diffusers", "transformers", "accelerate")

    @classmethod
    def build_for(cls, options: Any) -> str:
        return shortcuts.build_for(options)

    @property
    def share(self) -> float:
        return shortcuts.SHARE if self.build == "fp8" else 1

    def bring(self, folder: Path, place: Placement) -> Any:
        return self.settled(opened(folder, place), place)

    def settled(self, pipe: Any, place: Placement) -> Any:
        """The pipeline in its build, where it is to compute."""
        if self.build == "fp8":
            shortcuts.shrink(pipe)
        settle(pipe, place)
        return pipe

    def other(self, name: str) -> Any:
        """The loaded weights in another of diffusers' pipelines, such as FluxImg2ImgPipeline. Costs no memory."""
        import diffusers

        kind = getattr(diffusers, name)
        parts = {**self.loaded.config, **self.loaded.components}
        pipe = kind(**{part: parts[part] for part in inspect.signature(kind.__init__).parameters if part in parts})
        if self.place.offload == "model":  # whoever computes keeps the hooks; the others lie in the parts themselves
            pipe.enable_model_cpu_offload(device=self.place.device)
        return pipe


def opened(folder: Path, place: Placement, **parts: Any) -> Any:
    """A diffusers pipeline from a folder: safetensors only, nothing fetched, no code of the checkpoint's own."""
    from diffusers import DiffusionPipeline

    return DiffusionPipeline.from_pretrained(
        folder, dtype=dtype(place), variant=variant(folder), local_files_only=True, use_safetensors=True, **parts
    )


def variant(folder: Path) -> str | None:
    """`fp16` where a checkpoint has its weights in that form alone."""
    files = [file.name for file in folder.rglob("*.safetensors")]
    return "fp16" if files and all(".fp16" in name for name in files) else None


def dtype(place: Placement) -> Any:
    import torch

    return getattr(torch, place.dtype)


def generator(seed: int) -> Any:
    """Noise that is the same on every device: it is drawn on the processor."""
    import torch

    return torch.Generator("cpu").manual_seed(seed)


@contextlib.contextmanager
def told(pipe: Any, context: Context, first: float = 0.05, last: float = 0.95) -> Iterator[None]:
    """While this is open, every step that `pipe` takes is told to `context`, from `first` to `last`; there a cancel
    comes out, too. Every diffusers pipeline counts its steps on `progress_bar`, whether it has a callback or not."""

    class Bar:
        def __init__(self, total: int):
            self.done, self.total = 0, max(1, total)

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None: ...

        def update(self, n: int = 1) -> None:
            self.done += n
            done = min(self.done, self.total)
            context.progress(first + (last - first) * done / self.total, f"step {done} of {self.total}")

        def set_postfix(self, *_: Any, **__: Any) -> None: ...

    def progress_bar(iterable: Iterable[Any] | None = None, total: int | None = None) -> Any:
        if iterable is None:
            return Bar(total or 1)
        steps = list(iterable)
        return counted(steps, Bar(len(steps)))

    context.progress(first, "reading the prompt")
    pipe.progress_bar = progress_bar
    try:
        yield
    finally:
        del pipe.progress_bar


def counted(steps: list[Any], bar: Any) -> Iterator[Any]:
    for step in steps:
        yield step
        bar.update()
