"""Where finished chunks lie: a folder for each recipe, which outlives the process that filled it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipelines.base import Context, Model
from pipelines.faults import DiskFull

KEPT_S = 7 * 24 * 3600.0
"""How long the chunks of a job that nobody went on with are kept."""
SPARE_BYTES = 200 * 2**20
FORM = 2
"""Counts up when what the engine makes of a recipe changes: what was kept before is then of no use."""


def key(model: Model, options: Any, seeded: bool) -> str:
    """The recipe's name. The seed is part of it only where something is drawn by it."""
    given = options.model_dump(mode="json", exclude=set() if seeded else {"seed"})
    said = [FORM, model.id, model.repo, model.revision, given]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


@contextmanager
def kept(context: Context, name: str) -> Iterator[Path]:
    """The folder of that name, for one process alone. Another that works on the same recipe at the same time gets one
    in its workdir."""
    home = Path(getattr(context, "cache", context.workdir)) / "restoring"
    home.mkdir(parents=True, exist_ok=True)
    tidy(home)
    with (home / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folder = home / name
        except BlockingIOError:
            folder = context.workdir / "chunks"
        folder.mkdir(exist_ok=True)
        folder.touch()
        yield folder


def done(folder: Path) -> None:
    """The film is whole: its chunks can go."""
    shutil.rmtree(folder, ignore_errors=True)


def tidy(home: Path, older_than_s: float = KEPT_S) -> None:
    """Take away what nobody went on with for so long, unless somebody is at it."""
    for folder in home.iterdir():
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime < older_than_s:
                continue
            lock = folder if folder.suffix == ".lock" else folder.with_suffix(".lock")
            with lock.open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)


def room_for(folder: Path, wanted: float) -> None:
    """Raises `DiskFull` when the disk has not so many bytes, and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < wanted + SPARE_BYTES:
        raise DiskFull(
            f"This needs about {wanted / 1e9:.1f} GB on the disk, and {free / 1e9:.1f} GB are free.",
            "Make room, or choose a smaller size or a lower quality.",
        )
