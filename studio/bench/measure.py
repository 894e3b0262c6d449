"""What a command costs: wall time, processor time and memory, of it and of every process it starts."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from pipelines.faults import Fault

HOUSE = Path(__file__).parents[2]
LOOK_S = 0.02
LONGEST_S = 1800


class Cost(NamedTuple):
    """Seconds on the wall, seconds of processors (user and system), and the most memory held at once, in MB."""

    wall: float
    cpu: float
    memory_mb: float


class BenchFailed(Fault):
    """What was to be measured did not run."""


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command. One that ends with a line {"wall", "cpu"} has measured itself, past its start and its imports."""
    most, over = [0.0], threading.Event()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as faults:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=HOUSE, stdin=subprocess.DEVNULL, stdout=said, stderr=faults)
        watcher = threading.Thread(target=watch, args=(process.pid, most, over))
        watcher.start()
        dog = threading.Timer(LONGEST_S, process.kill)
        dog.start()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        over.set()
        dog.cancel()
        watcher.join()
        said.seek(0)
        faults.seek(0)
        lines, words = said.read().decode().splitlines(), faults.read().decode(errors="replace").splitlines()
    if process.returncode:
        raise BenchFailed(f"{Path(command[0]).name} ended with code {process.returncode}: {' '.join(words[-3:])}")
    if lines and lines[-1].startswith('{"wall"'):
        own = json.loads(lines[-1])
        return Cost(own["wall"], own["cpu"], most[0])
    return Cost(wall, used.ru_utime + used.ru_stime, most[0])


def said_by(command: Sequence[str]) -> str:
    """What a command of ours prints in its last line."""
    done = subprocess.run(
        command, cwd=HOUSE, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST_S
    )
    if done.returncode:
        raise BenchFailed(f"{command[-1]} ended with code {done.returncode}: {done.stderr[-500:]}")
    return done.stdout.splitlines()[-1]


def watch(pid: int, most: list[float], over: threading.Event) -> None:
    """Keep the largest sum of memory that a process and its children held at a time."""
    while not over.wait(LOOK_S):
        try:
            family = [psutil.Process(pid)]
            family += family[0].children(recursive=True)
            most[0] = max(most[0], sum(one.memory_info().rss for one in family) / 2**20)
        except psutil.Error:
            continue


def own_cost(act: Callable[[], object]) -> Cost:
    """Do something in this process; its children count once they have ended."""
    before, began = os.times(), time.perf_counter()
    act()
    wall, after = time.perf_counter() - began, os.times()
    return Cost(wall, sum(after[:4]) - sum(before[:4]), 0)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


def ratios(costs: Sequence[Cost], limits: Sequence[Cost]) -> tuple[float, float]:
    """How many times the limit, wall and processor: the medians of the ratios, pair by pair."""
    pairs = list(zip(costs, limits, strict=True))
    return statistics.median(a.wall / b.wall for a, b in pairs), statistics.median(a.cpu / b.cpu for a, b in pairs)


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    model = next(
        (line.partition(":")[2].strip() for line in processor_facts() if line.startswith("model name")), "unknown"
    )
    memory = round(psutil.virtual_memory().total / 2**30)
    return {"cores": os.cpu_count(), "processor": model, "memory_gb": memory, "load": round(os.getloadavg()[0], 1)}


def processor_facts() -> list[str]:
    facts = Path("/proc/cpuinfo")
    return facts.read_text().splitlines() if facts.exists() else []
