"""The way in for bytes from outside, and the last step of every way in: written, synced, renamed, synced."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipelines.faults import DiskFull, TooLarge
from studio.library.apart import looked_at, views_beside
from studio.types import Asset

if TYPE_CHECKING:
    from studio.library.store import Library

SPARE_BYTES = 256 << 20
"""What an upload leaves free on the disk."""
LOOK_EVERY = 8 << 20


class QuotaReached(DiskFull):
    """Whoever sends it has as much in the library as a guest may have."""


FULL_SHELF = ("Your part of the library is full.", "Ask whoever runs the studio for more room (STUDIO_UPLOAD_GB).")


class Intake:
    """One upload. Bytes are counted as they come, and refused before they would fill the disk or pass the limit."""

    def __init__(self, library: Library, name: str):
        self.library, self.name, self.size = library, name, 0
        self.path = library.tmp / f"upload-{secrets.token_hex(8)}"
        self.room()
        self.left = library.left()
        self.file = self.path.open("xb")  # closed by whatever ends the upload

    def room(self) -> None:
        if shutil.disk_usage(self.library.tmp).free < SPARE_BYTES:
            raise DiskFull("The disk is almost full.", "Make room, or empty the trash, and try again.")

    def write(self, chunk: bytes) -> None:
        before, self.size = self.size, self.size + len(chunk)
        if self.size > self.library.limits.bytes:
            raise TooLarge(
                f"The file is larger than {self.library.limits.bytes / 2**30:.3g} GB.", "Shorten or compress it first."
            )
        if self.size > self.left:
            raise QuotaReached(*FULL_SHELF)
        if before // LOOK_EVERY != self.size // LOOK_EVERY:
            self.room()
        self.file.write(chunk)

    def finish(self) -> Asset:
        """Look at what came, and keep it, with the views that were drawn of it while it was looked at."""
        self.file.close()
        facts, recipe = looked_at(self.path, self.library.limits)
        asset = self.library.record(self.library.take(self.path, facts, self.name or f"upload{facts.suffix}", recipe))
        for view, kept in zip(views_beside(self.path), self.library.drawn(asset.id), strict=False):
            if view.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                os.replace(view, kept)
        return asset

    def abandon(self) -> None:
        self.file.close()
        for left in self.path.parent.glob(f"{self.path.name}*"):
            left.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()


def settle(fresh: Path, folder: Path) -> tuple[Path, str, int]:
    """Move a finished file to the place its bytes give it, surely on the disk: where, its SHA-256, its size."""
    with fresh.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        size = file.seek(0, os.SEEK_END)
    os.utime(fresh)  # the sweep goes by this: it has an hour to get its row
    kept = folder / digest[:2] / f"{digest}{fresh.suffix}"
    new_shelf = not kept.parent.exists()
    kept.parent.mkdir(exist_ok=True)
    os.replace(fresh, kept)
    for changed in (kept.parent, folder) if new_shelf else (kept.parent,):
        sync_folder(changed)
    return kept, digest, size


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
