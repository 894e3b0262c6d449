"""Keeps finished pieces of film and sound by key, each checked before it is used again."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BUDGET = 20 * 1024**3
STALE_S = 24 * 3600


def checksum(path: Path) -> str:
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return f"{total:08x}"


class Shelf:
    """A folder of files named KEY-CHECKSUM.SUFFIX. Several exports may share it."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.files = {path.name.partition("-")[0]: path for path in folder.iterdir() if not path.name.startswith(".")}

    def get(self, key: str) -> Path | None:
        """The file kept under `key`, its bytes just compared with its checksum; a damaged one is thrown away."""
        path = self.files.get(key)
        try:
            if path is None or path.stem.partition("-")[2] != checksum(path):
                raise OSError
            os.utime(path)
        except OSError:
            self.drop(key)
            return None
        return path

    def drop(self, key: str) -> None:
        """Throw away what is kept under `key`."""
        with suppress(KeyError, OSError):
            self.files.pop(key).unlink()

    @contextmanager
    def making(self, key: str, suffix: str) -> Iterator[Path]:
        """A path to write to; kept under `key` when the block ends well, gone when it does not."""
        part = self.folder / f".{key}-{os.getpid()}-{time.monotonic_ns()}.{suffix}"
        try:
            yield part
            whole = self.folder / f"{key}-{checksum(part)}.{suffix}"
            part.replace(whole)
            self.files[key] = whole
        finally:
            part.unlink(missing_ok=True)

    def tidy(self, budget: int = BUDGET) -> None:
        """Throw away what was used longest ago until at most `budget` bytes are left, and what was never finished."""
        aged = []
        for path in self.folder.iterdir():
            with suppress(OSError):
                aged.append((path.stat().st_mtime, path.stat().st_size, path))
        total = sum(size for _, size, _ in aged)
        for used, size, path in sorted(aged):
            unfinished = path.name.startswith(".") and used < time.time() - STALE_S
            if total > budget or unfinished:
                with suppress(OSError):
                    path.unlink()
                total -= size
