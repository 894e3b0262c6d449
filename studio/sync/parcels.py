"""Files on their way from another studio: written piece by piece under HOME/sync, so that a broken line costs what came
since the last piece, and taken into the library when they are what their hash says."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import Field

from pipelines.faults import Conflict, DiskFull, Invalid
from studio.library.intake import SPARE_BYTES
from studio.library.store import Library
from studio.types import Asset, Frozen, Recipe

KEPT_S = 7 * 24 * 3600
HASH = re.compile(r"[0-9a-f]{64}")


class OutOfStep(Conflict):
    """A piece that does not follow on what is there."""


class Damaged(Invalid):
    """The whole file is not the one that its hash names."""


class Label(Frozen):
    """What is known of a file beside its bytes."""

    name: str = Field(max_length=500)
    bytes: int = Field(ge=0)
    recipe: Recipe | None = None
    tags: list[str] = Field([], max_length=100)
    starred: bool = False
    created: datetime


def label_of(asset: Asset) -> Label:
    facts = {name: getattr(asset, name) for name in ("name", "bytes", "recipe", "starred", "created")}
    return Label(**facts, tags=list(asset.tags))


class Parcels:
    def __init__(self, library: Library):
        self.library, self.folder = library, library.home / "sync"
        self.folder.mkdir(exist_ok=True)

    def path(self, id: str) -> Path:
        if not HASH.fullmatch(id):
            raise Invalid("A file is named by its SHA-256, 64 letters of 0-9 and a-f.", "")
        return self.folder / id

    def missing(self, ids: Iterable[str]) -> dict[str, int]:
        """Which of these are not in the library, and how many bytes of each have come already. What is in the trash
        comes out of it: it is wanted again."""
        ids = [id for id in ids if self.path(id)]
        there = self.library.many(ids, trashed=True)
        usable = {id for id, asset in there.items() if asset.path.is_file()}
        self.library.restore(usable - self.library.many(usable).keys())
        return {id: self.have(id) for id in ids if id not in usable}

    def have(self, id: str) -> int:
        with suppress(FileNotFoundError):
            return self.path(id).stat().st_size
        return 0

    def append(self, id: str, offset: int, piece: bytes) -> int:
        """One more piece, which begins at `offset`; says how much is there now. Raises `OutOfStep`, `DiskFull`."""
        self.room()
        with self.path(id).open("ab") as file:
            if file.tell() != offset:
                raise OutOfStep(f"There are {file.tell()} bytes of it here, not {offset}.", "Go on from there.")
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def room(self) -> None:
        if shutil.disk_usage(self.folder).free < SPARE_BYTES:
            raise DiskFull("The disk is almost full.", "Make room, and sync again: it goes on where it was.")

    def finish(self, id: str, label: Label) -> Asset:
        """The whole file into the library, looked at as a stranger's is. Raises `Damaged`: then it is begun anew."""
        path = self.path(id)
        if (there := self.library.many([id]).get(id)) is not None:
            return there
        if (have := self.have(id)) < label.bytes:
            raise OutOfStep(f"There are {have} of {label.bytes} bytes here.", "Send the rest first.")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != id or have != label.bytes:
            path.unlink()
            raise Damaged(f"“{label.name}” did not come as it was sent.", "Sync again: it is sent anew.")
        with self.library.scratch() as fresh:
            os.replace(path, fresh)
            made = self.library.examined(fresh, name=label.name, recipe=label.recipe, tags=label.tags)
        known = {"starred": label.starred, "created": label.created}
        return self.library.record(made.model_copy(update=known))

    def tidy(self) -> None:
        """What nobody sent the rest of for a week goes."""
        for path in self.folder.iterdir():
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - KEPT_S:
                    path.unlink()
