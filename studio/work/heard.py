"""Listens to a voice while it speaks: what a speech job has said so far, before its file is done.

A worker's voice writes its sound sentence by sentence to one file in the job's folder. That file can be read while it
grows; it is at the voice's own level, which only the finished one has been brought to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from studio.types import Job
from studio.work.queue import Queue

HEADER, CHUNK = 44, 96_000
LOOK_S = 0.04


def bench(home: Path, job_id: str, attempt: int) -> Path:
    """The folder that a job is worked on in."""
    return home / "tmp" / f"job-{job_id}-{attempt}"


class Tape:
    """The sound of one job: 16-bit mono at 48 kHz. A job that has to be done again says the same again, so what was
    heard already is passed over."""

    def __init__(self, home: Path, queue: Queue, job_id: str):
        self.home, self.queue, self.job_id = home, queue, job_id
        self.file: IO[bytes] | None = None
        self.attempt = self.at = 0

    async def begun(self, least: int) -> Job | None:
        """None once at least so many bytes can be heard; the job, when it is over before that."""
        while True:
            job = self.queue.get(self.job_id)
            if job.over:
                return job
            if self.look(job.attempts) >= least:
                return None
            await asyncio.sleep(LOOK_S)

    def look(self, attempt: int) -> int:
        """How many bytes can be read beyond those that were."""
        if attempt != self.attempt or self.file is None:
            try:
                fresh = (bench(self.home, self.job_id, attempt) / "speech.wav").open("rb")
            except OSError:
                return 0
            self.close()
            self.file, self.attempt = fresh, attempt
        return max(0, self.file.seek(0, 2) - HEADER - self.at) // 2 * 2

    def read(self, most: int = CHUNK) -> bytes:
        if self.file is None:
            return b""
        self.file.seek(HEADER + self.at)
        data = self.file.read(most)
        data = data[: len(data) // 2 * 2]
        self.at += len(data)
        return data

    async def rest(self) -> AsyncIterator[bytes]:
        """All that is said, as it is said, until the job is over. Raises `EOFError` when it did not come to its end."""
        while True:
            job = self.queue.get(self.job_id)
            self.look(job.attempts)
            while data := self.read():
                yield data
            if job.over:
                if job.status != "done":
                    raise EOFError(job.status)
                return
            await asyncio.sleep(LOOK_S)

    def close(self) -> None:
        if self.file:
            self.file.close()
            self.file = None
