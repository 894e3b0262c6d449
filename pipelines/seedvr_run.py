"""Runs SeedVR's script: in its folder, in a process group of its own, its words read for how far it is, in time."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
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


def run(command: list[str], home: Path, limit_s: float, tell: Callable[[], None], say: Callable[[str], None]) -> None:
    """To its end. `tell` is called four times a second, and what it raises stops it, with all it started. Raises
    `OutOfMemory`, `SeedVRTimedOut` or `SeedVRBroke` with the last it said."""
    said: deque[str] = deque(maxlen=40)
    process = subprocess.Popen(
        command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(home), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout
    threading.Thread(target=listen, args=(process.stdout, lines), daemon=True).start()
    until = time.monotonic() + limit_s
    try:
        while process.poll() is None or not lines.empty():
            tell()
            try:
                line = lines.get(timeout=POLL_S)
            except queue.Empty:
                line = ""
            if line.strip():
                said.append(line.strip())
                for mark, words in STAGES:
                    if mark in line:
                        say(words)
            if time.monotonic() > until and process.poll() is None:
                raise SeedVRTimedOut(
                    f"SeedVR did not finish a stretch within {limit_s / 60:g} minutes and was stopped.",
                    "Raise limit_min, take a shorter stretch, or a smaller size.",
                )
    finally:
        end(process)
    if process.returncode:
        raise failed(process.returncode, list(said))


def listen(pipe: IO[str], lines: queue.Queue[str]) -> None:
    for line in pipe:
        lines.put(line)


def end(process: subprocess.Popen[str]) -> None:
    """It, and whatever it started."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    process.wait()


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
