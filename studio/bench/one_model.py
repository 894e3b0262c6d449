"""One model's figures as JSON, in a process of its own: `python -m studio.bench.one_model HOME ID PAIRS`."""

from __future__ import annotations

import functools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import catalogue
from pipelines.base import Model
from pipelines.diffusion import Diffusion
from pipelines.video import FromPicture
from pipelines.weighted import Weighted
from studio.bench.queue import Here, seconds

PROMPT = "a lighthouse at dusk"
LENGTH_S = 2.0
"""Of what has a length: shots, music, sounds."""


@dataclass(frozen=True)
class Call:
    """A call that a pipeline of diffusers got, to be made again."""

    kind: type
    pipe: Any
    args: tuple
    given: dict[str, Any]

    def again(self) -> None:
        """As whoever has diffusers alone would make it: uncompiled, with the same noise, and nothing remembered."""
        import torch

        noise = self.given.get("generator")
        fresh = {"generator": torch.Generator(noise.device).manual_seed(noise.initial_seed())} if noise else {}
        with torch.compiler.set_stance("force_eager"):
            self.kind.__call__(self.pipe, *self.args, **{**self.given, **fresh})
        if torch.cuda.is_available():
            torch.cuda.synchronize()


def measured(model: Model, pairs: int) -> dict[str, Any]:
    """Seconds, GB, and how long our job takes over the library's own call, as the median of pairs."""
    pipeline = model.cls(model)
    assert isinstance(pipeline, Weighted)
    load = seconds(pipeline.load)
    with tempfile.TemporaryDirectory(prefix="homereel-bench-") as folder:
        first, second = (timed(pipeline, Path(folder), n)[0] for n in range(2))
        memory = peak_gb()
        beside = in_turns(pipeline, Path(folder), pairs)
    told = {"load_s": load, "first_s": first, "second_s": second, "memory_gb": memory, **beside}
    place = pipeline.place
    where = {"device": place.device, "dtype": place.dtype, "offload": place.offload}
    return where | {name: round(value, 4) for name, value in told.items()}


def in_turns(pipeline: Weighted, folder: Path, pairs: int) -> dict[str, float]:
    """Ours and the library's, A B A B; nothing for a family that does not make its job in one call of diffusers."""
    _, calls = timed(pipeline, folder, 2)
    if len(calls) != 1:
        return {}
    calls[0].again()  # uncompiled, it has not run yet
    taken = []
    for n in range(pairs):
        ours, (call,) = timed(pipeline, folder, 3 + n)
        taken.append((ours, seconds(call.again)))
    return {
        "plain_s": statistics.median(plain for _, plain in taken),
        "ratio": statistics.median(ours / plain for ours, plain in taken),
    }


def timed(pipeline: Weighted, folder: Path, n: int) -> tuple[float, list[Call]]:
    """How long the n-th job takes, and what it asked of diffusers. Each has words and noise of its own: nothing of the
    job before it is of use."""
    place = Here(folder / str(n))
    place.workdir.mkdir()
    options = small_job(pipeline.model, place.workdir, n)
    with overheard(pipeline) as calls:
        return seconds(lambda: list(pipeline.run(options, place))), calls


def small_job(model: Model, folder: Path, n: int) -> Any:
    """The family's defaults, no longer than it must be; a picture is drawn where one is needed."""
    fields, files = model.cls.Options.model_fields, model.cls.Options.media()
    given: dict[str, Any] = {"seed": n, "text" if "text" in fields else "prompt": f"{PROMPT}, {n + 1}"}
    if "duration_s" in fields:
        shortest = max((getattr(mark, "ge", 0) for mark in fields["duration_s"].metadata), default=0)
        given["duration_s"] = max(shortest, LENGTH_S)
    needed = {name for name in files if fields[name].is_required()}
    needed |= {"start"} if issubclass(model.cls.Options, FromPicture) else set()
    given |= {name: drawn(folder / f"{name}.png") for name in needed}
    return model.options(**given)


def drawn(path: Path) -> Path:
    from PIL import Image

    Image.radial_gradient("L").resize((1024, 1024)).convert("RGB").save(path)
    return path


@contextmanager
def overheard(pipeline: Weighted) -> Iterator[list[Call]]:
    """While this is open, the calls that the family makes of diffusers' pipelines are written down."""
    calls: list[Call] = []
    if not isinstance(pipeline, Diffusion):
        yield calls
        return
    turned: list[tuple[Any, type]] = []

    def heard(pipe: Any) -> Any:
        kind = type(pipe)

        @functools.wraps(kind.__call__)
        def call(self: Any, *args: Any, **given: Any) -> Any:
            calls.append(Call(kind, self, args, given))
            return kind.__call__(self, *args, **given)

        turned.append((pipe, kind))
        pipe.__class__ = type(kind.__name__, (kind,), {"__call__": call})
        return pipe

    other: Callable[[str], Any] = pipeline.other
    pipeline.other = lambda name: heard(other(name))  # type: ignore[method-assign]
    heard(pipeline.loaded)
    try:
        yield calls
    finally:
        del pipeline.other  # the class's own shows again
        for pipe, kind in turned:
            pipe.__class__ = kind


def peak_gb() -> float:
    """The most memory held: of the GPU where it computed there, else of this process."""
    import resource

    import torch

    if torch.cuda.is_available() and torch.cuda.max_memory_allocated():
        return torch.cuda.max_memory_allocated() / 2**30
    unit = 1 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


if __name__ == "__main__":
    home, wanted, rounds = sys.argv[1:]
    os.environ["HF_HUB_OFFLINE"] = "1"  # before a library reads it
    catalogue.use(Path(home) / "models.toml")
    print(json.dumps(measured(catalogue.find(wanted), int(rounds))))
