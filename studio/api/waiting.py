"""What was sent, at Gradio's upload route or in parts, and waits to become a file of the library: counted against its
sender's part while it comes, kept off the last of the disk, and at Gradio's cleared away after some unused hours."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from pipelines.faults import DiskFull
from studio.library.intake import FULL_SHELF, QuotaReached
from studio.people import asking
from studio.studio import SPARE_BYTES, Studio

GRADIO = "/gradio_api/"
TAKEN = (f"{GRADIO}upload", "/fal/storage/put/", "/fal/files/", "/api/uploadthing/put/", "/api/v1/sync/files/")
KEPT_S, HALF_S = 6 * 3600.0, 600.0  # what is whole, and what broke off while it came: since it was last written to
EVERY_S = 600.0
FULL_DISK = ("The disk is almost full.", "Make room, or empty the trash, and try again.")


class Waiting:
    def __init__(self, studio: Studio):
        self.studio = studio
        self.sent: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)
        self.bytes: Counter[str] = Counter()

    def check(self, more: int, left: float) -> None:
        """Raises `DiskFull`, or `QuotaReached`, where so many bytes more are too many. `left` is what who asks may
        still bring into the library: as much may wait, and no more than their whole part of it."""
        if shutil.disk_usage(self.studio.home).free - more < SPARE_BYTES:
            raise DiskFull(*FULL_DISK)
        if not asking().sees_all:
            left = min(left, self.studio.library.quota_bytes - self.of(asking().id))
        if more > left:
            raise QuotaReached(*FULL_SHELF)

    def of(self, who: str) -> int:
        """How much somebody has sent in the last hours."""
        sent, gone = self.sent[who], time.monotonic() - KEPT_S
        while sent and sent[0][0] < gone:
            self.bytes[who] -= sent.popleft()[1]
        return self.bytes[who]

    def counted(self, receive: Receive, path: str, length: int) -> Receive:
        """What is sent to a path, as it comes, stopped where there is no room for it. Raises as `check` does when
        `length` says beforehand that there is none."""
        left, who = self.studio.library.left(), asking().id
        self.check(length, left)

        async def counting() -> Message:
            message = await receive()
            more = len(message.get("body", b""))
            try:
                self.check(more, left)
            except DiskFull as fault:
                if not path.startswith(GRADIO):
                    raise
                raise HTTPException(507, f"{fault.message} {fault.advice}") from None  # which Gradio can say
            self.sent[who].append((time.monotonic(), more))
            self.bytes[who] += more
            return message

        return counting


@asynccontextmanager
async def cleared(studio: Studio) -> AsyncIterator[None]:
    """While this lasts, what waits too long goes."""

    async def clear() -> None:
        while True:
            await asyncio.to_thread(sweep, studio.home / "tmp" / "gradio")
            await asyncio.sleep(EVERY_S)

    clearing = asyncio.create_task(clear())
    try:
        yield
    finally:
        clearing.cancel()


def sweep(folder: Path) -> None:
    """Uploads lie in a folder each; a file beside those is one that broke off, or is still coming."""
    for one in folder.glob("*"):
        whole = one.is_dir()
        try:
            late = one.stat().st_mtime < time.time() - (KEPT_S if whole else HALF_S)
        except FileNotFoundError:
            continue
        if late:
            shutil.rmtree(one, ignore_errors=True) if whole else one.unlink(missing_ok=True)
