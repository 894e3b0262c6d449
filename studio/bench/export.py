"""`studio bench export`: our engine on RT60 beside the encoder's own time and its peers, in turns, in one run."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.faults import DiskFull
from studio.bench.judge import alike, judged
from studio.bench.measure import Cost, cost_of, machine, median, ratios, said_by
from studio.bench.ours import EDITS
from studio.bench.peers import PEERS, here, limit, write_raw
from studio.bench.rt60 import Cut, Film, build

Say = Callable[[str], None]
PAIRS = 3
MARKS = {
    "full": 1.55, "title": 10, "caption": 10, "clip": 6, "music": 8, "unchanged": 50, "memory_mb": 400,
    "melt": 2, "moviepy": 3.5, "preview_s": 1,
}  # fmt: skip


def run(
    quick: bool = False, pairs: int | None = None, peers: bool = True, say: Say = lambda line: None
) -> dict[str, Any]:
    """Measure everything; the answer has the shape that `studio bench export --json` promises.

    `quick` takes ten seconds of a small film, once: enough to see that all works, too little to judge by."""
    cut, rounds = (Cut(2, 270), 1) if quick else (Cut(), PAIRS)
    with tempfile.TemporaryDirectory(prefix="homereel-bench-") as name:
        folder = Path(name)
        room = 2 * cut.frames * cut.size[0] * cut.size[1] * 3 // 2
        if shutil.disk_usage(folder).free < room:
            raise DiskFull(
                "There is too little room to measure in.", f"It takes {room / 2**30:.0f} GB of {folder.parent}."
            )
        say("Making the sources")
        film = build(folder / "sources", cut)
        write_raw(film, folder / "raw.yuv")
        names = [peer for peer in PEERS if peers and here(peer)]
        rounds = pairs or rounds
        costs = measured(film, folder, names, rounds, say)
        say("The preview")
        waits = json.loads(said_by([sys.executable, "-m", "studio.bench.preview", *where(film, folder)]))
        say("Checking the film")
        found = figures(costs, names) | {"preview": {name: round(wait, 3) for name, wait in waits.items()}}
        return found | {"checks": checks(film, folder, rounds), "machine": machine()}


def measured(film: Film, folder: Path, names: list[str], rounds: int, say: Say) -> dict[str, list[Cost]]:
    """What everything cost, round by round."""
    costs: dict[str, list[Cost]] = {name: [] for name in ("limit", "full", *EDITS, *names)}
    for n in range(rounds):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        for name in costs:
            say(f"Round {n + 1} of {rounds}: {name}")
            costs[name].append(cost_of(command(name, film, folder, n)))
            report = costs[name][-1]
            say(f"    {report.wall:7.2f} s  {report.cpu:7.2f} s of processors  {report.memory_mb:5.0f} MB")
    return costs


def command(name: str, film: Film, folder: Path, n: int) -> list[str]:
    out = folder / f"{name}.mp4"
    if name == "limit":
        return limit(film, out)
    if name in PEERS:
        return PEERS[name](film, out)
    return [sys.executable, "-m", "studio.bench.ours", *where(film, folder), name, str(n), str(out)]


def where(film: Film, folder: Path) -> list[str]:
    """How a process of ours is told which film it is about."""
    return [str(folder), str(film.cut.items), str(film.cut.height)]


def figures(costs: dict[str, list[Cost]], names: list[str]) -> dict[str, Any]:
    def over_limit(name: str) -> dict[str, float]:
        wall, cpu = ratios(costs[name], costs["limit"])
        return {
            "ratio_wall": round(wall, 3),
            "ratio_cpu": round(cpu, 3),
            "memory_mb": round(median(costs[name]).memory_mb),
        }

    def faster(name: str) -> dict[str, float]:
        pairs = list(zip(costs["full"], costs[name], strict=True))
        wall = statistics.median(full.wall / edit.wall for full, edit in pairs)
        return {
            "times_faster": round(wall, 1),
            "times_cheaper": round(statistics.median(f.cpu / max(e.cpu, 0.01) for f, e in pairs), 1),
        }

    edits = {("unchanged" if name == "unchanged" else f"edit_{name}"): faster(name) for name in EDITS}
    return {"full": over_limit("full"), **edits, "peers": {name: over_limit(name) for name in names}}


def checks(film: Film, folder: Path, rounds: int) -> dict[str, bool]:
    """What the finished film promises; and that an edited film is the one that would be made from nothing."""
    found = judged(film, folder / "full.mp4")
    shutil.rmtree(folder / "cache")
    anew = folder / "anew.mp4"
    cost_of([*command("clip", film, folder, rounds - 1)[:-1], str(anew)])
    return found | {"cached as uncached": alike(folder / "clip.mp4", anew)}


def table(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, measured, the mark) of every figure, for people."""
    full = found["full"]
    rows = [
        ("full export, wall over the encoder's", f"{full['ratio_wall']:.2f}", f"≤ {MARKS['full']}"),
        ("full export, processors over the encoder's", f"{full['ratio_cpu']:.2f}", f"≤ {MARKS['full']}"),
        ("memory", f"{full['memory_mb']} MB", f"≤ {MARKS['memory_mb']} MB"),
    ]
    for edit in EDITS:
        name = edit if edit == "unchanged" else f"edit_{edit}"
        rows.append((f"after an edit: {edit}", f"{found[name]['times_faster']:g}x faster", f"≥ {MARKS[edit]}x"))
    for edit, wait in found["preview"].items():
        rows.append((f"preview after an edit: {edit}", f"{wait:.2f} s", f"≤ {MARKS['preview_s']} s"))
    for peer, cost in found["peers"].items():
        mark = f"≥ {MARKS[peer]}x ours" if peer in MARKS else ""
        rows.append((peer, f"{cost['ratio_wall']:.2f} wall, {cost['ratio_cpu']:.2f} processors", mark))
    return rows + [(name, "kept" if kept else "broken", "") for name, kept in found["checks"].items()]
