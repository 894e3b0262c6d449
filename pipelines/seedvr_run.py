"""A start of SeedVR's script: in its folder, in a process group of its own, in time, its words read for how far it
is."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO

from pipelines.faults import Fault, OutOfMemory

STAGES = (
    ("Read video size", "SeedVR: reading"),
    ("Encoding videos", "SeedVR: encoding"),
    ("Generating with noise", "SeedVR: restoring"),
    ("Inference time", "SeedVR: writing"),
)
"""What the script prints, and what that means."""
POLL_S = 0.25


class SeedVRTimedOut(Fault):
    """It took longer than it was given."""


class SeedVRBroke(Fault):
    """The script ended with an error."""


class Run:
    """One start of the script. `stage` is what it does now. Must be ended."""

    def __init__(self, command: list[str], home: Path, limit_s: float, mark: Path):
        """`limit_s` is for one stretch; `mark` is where its process group is written down, so that one that outlived
        its studio is ended before the next begins."""
        end_former(mark)
        self.limit_s, self.mark, self.stage = limit_s, mark, "SeedVR: loading"
        self.said: deque[str] = deque(maxlen=40)
        self.process = subprocess.Popen(
            command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True, env={**os.environ, "PYTHONPATH": str(home), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        mark.write_text(f"{self.process.pid} {command[-1]}")
        self.lines: queue.Queue[str] = queue.Queue()
        assert self.process.stdout
        threading.Thread(target=listen, args=(self.process.stdout, self.lines), daemon=True).start()
        self.renew()

    def renew(self) -> None:
        """A stretch is done: the next one's time begins."""
        self.until = time.monotonic() + self.limit_s

    def poll(self) -> bool:
        """Hear what it says for a moment; whether it has ended well. Raises `OutOfMemory`, `SeedVRTimedOut` or
        `SeedVRBroke` with the last it said."""
        ended = self.process.poll() is not None
        try:
            self.hear(self.lines.get(timeout=POLL_S))
            while True:
                self.hear(self.lines.get_nowait())
        except queue.Empty:
            pass
        if ended and self.process.returncode:
            raise failed(self.process.returncode, list(self.said))
        if not ended and time.monotonic() > self.until:
            self.end()
            raise SeedVRTimedOut(
                f"SeedVR did not finish a stretch within {self.limit_s / 60:g} minutes and was stopped.",
                "Raise limit_min, take a shorter stretch, or a smaller size.",
            )
        return ended

    def hear(self, line: str) -> None:
        if line.strip():
            self.said.append(line.strip())
        for mark, words in STAGES:
            if mark in line:
                self.stage = words

    def end(self) -> None:
        """It, and whatever it started."""
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self.process.kill()
        self.process.wait()
        self.mark.unlink(missing_ok=True)


def end_former(mark: Path) -> None:
    """End what an earlier studio, killed itself, left running on the same stretches."""
    with suppress(OSError, ValueError):
        pid, token = mark.read_text().split(" ", 1)
        if token in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            os.killpg(int(pid), signal.SIGKILL)
        mark.unlink()


def listen(pipe: IO[str], lines: queue.Queue[str]) -> None:
    for line in pipe:
        lines.put(line)


def failed(code: int, said: list[str]) -> Fault:
    words = next((line for line in reversed(said) if "Error" in line or "error" in line), said[-1] if said else "")
    if any("out of memory" in line.lower() for line in said):
        return OutOfMemory(
            "SeedVR ran out of GPU memory.",
            "Take a shorter stretch or a smaller size, or share it over more gpus: one of 80 GB does 100 frames of"
            " 720p, four do 1080p.",
        )
    return SeedVRBroke(f"SeedVR ended with code {code}: {words[:300]}", "Its own requirements may be missing: run it"
                       " by hand once, as its README says.")  # fmt: skip
