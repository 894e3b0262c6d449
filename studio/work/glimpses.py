"""What can be seen of a picture before it is done: a folder that whoever watches opens, and the worker draws into.

It must be there before the job can be claimed: open it in the transaction that puts the job in line.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

LOOK_S = 0.05


class Glimpses:
    """Of one job, in HOME/tmp, where the next start clears what nobody cleared."""

    def __init__(self, home: Path, job_id: str):
        self.folder = home / "tmp" / f"glimpses-{job_id}"

    def open(self) -> None:
        self.folder.mkdir()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def watched(self) -> bool:
        return self.folder.is_dir()

    def draw(self, picture: Callable[[], Any]) -> None:
        """Lay the next one down, if someone watches."""
        if not self.watched:
            return
        import cv2

        path = self.folder / f"{len(self.seen()) + 1:03}.png"
        part = path.with_suffix(".part.png")
        if cv2.imwrite(str(part), picture(), [cv2.IMWRITE_PNG_COMPRESSION, 1]):
            part.replace(path)

    def seen(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.png") if ".part" not in path.name)

    async def follow(self, over: Callable[[], bool], most: int) -> AsyncIterator[Path]:
        """Each as it comes, `most` of them at most, until the job is over."""
        n = 0
        while n < most:
            ended = over()
            for path in self.seen()[n:most]:
                yield path
                n += 1
            if ended:
                return
            await asyncio.sleep(LOOK_S)
