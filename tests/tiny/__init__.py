"""Checkpoints of every family with a network of a few thousand random weights, in the layout the hub gives them out in.

Each module has a `TINY` list; the contract in test_families.py runs over all of them. A checkpoint is built once for a
whole test run.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock


@dataclass(frozen=True)
class Tiny:
    """A family's checkpoint: `build(folder)` writes it, `pipeline` and `task` are what its catalogue entry would say,
    `options` is a small job, and `makes` what `studio.library.media.probe` finds in the first file it makes."""

    name: str
    build: Callable[[Path], None]
    pipeline: str
    task: str
    options: dict[str, Any]
    makes: dict[str, Any]
    steps: int = 0
    """How many steps the job takes, where the family has steps."""
    seeded: bool = True
    """Whether another seed makes another take."""
    media: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Files the job takes: option -> which of the `pictures` fixture's files."""
    defaults: dict[str, Any] = field(default_factory=dict)
    smaller: dict[str, Any] = field(default_factory=dict)
    """What of the library is put in place of what is large in it whatever the checkpoint: dotted name -> value."""
    hashes: bool = False
    """Whether its files can run code, so that its entry pins them."""
    stands_for: str = ""
    """The catalogue's family, where `pipeline` is that with a part of gigabytes exchanged."""


def built(tiny: Tiny, base: Path) -> Path:
    """The checkpoint's folder, made by whichever test of a run needs it first; `base` is pytest's folder of this run or
    of one of its processes."""
    home = (base.parent if base.name.startswith("popen-") else base) / "tiny"
    home.mkdir(parents=True, exist_ok=True)
    folder, whole = home / tiny.name, home / f"{tiny.name}.whole"
    with FileLock(home / f"{tiny.name}.lock"):
        if not whole.exists():
            tiny.build(folder)
            whole.touch()
    return folder


def every() -> list[Tiny]:
    modules = [importlib.import_module(f"tiny.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return [tiny for module in modules for tiny in getattr(module, "TINY", [])]
