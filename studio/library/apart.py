"""Looks at a stranger's file in a process of its own, so that one made to crash, hang or swell a decoder takes nothing
of the studio with it. What the studio will show of it is drawn there too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipelines.faults import TooLarge
from studio.library import provenance, views
from studio.library.media import BrokenFile, Facts, Limits, UnsupportedFile, probe
from studio.types import Asset, Recipe

PATIENCE_S = 120
MEMORY = 4 << 30
DRAWN_S = 1200.0
"""A longer sound is drawn when it is first asked for: reading it all would keep the upload waiting."""
FAULTS = {fault.__name__: fault for fault in (BrokenFile, UnsupportedFile, TooLarge)}


def looked_at(path: Path, limits: Limits) -> tuple[Facts, Recipe | None]:
    """`probe` and the recipe, apart; its views are left beside the file, where they could be drawn. What kills the
    looker, or keeps it busy for two minutes, is a broken file."""
    command = [sys.executable, "-m", "studio.library.apart", str(path.absolute()), json.dumps(vars(limits))]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL, cwd=Path(__file__).parents[2]
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    if "facts" in answer:
        return Facts(**answer["facts"]), answer["recipe"] and Recipe(**answer["recipe"])
    if "fault" in answer:
        raise FAULTS[answer["fault"]](answer["message"], answer["advice"])
    raise BrokenFile("The file cannot be read: it is damaged.", "Save or copy it again.")


def views_beside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}.view.webp"), path.with_name(f"{path.name}.view.json")]


def main(path: str, limits: str) -> None:
    confine()
    print(json.dumps(look(Path(path), Limits(**json.loads(limits)))))


def look(path: Path, limits: Limits) -> dict[str, Any]:
    try:
        facts = probe(path, limits)
    except (BrokenFile, UnsupportedFile, TooLarge) as fault:
        return {"fault": type(fault).__name__, "message": fault.message, "advice": fault.advice}
    shown = {k: v for k, v in vars(facts).items() if k != "suffix"}
    if facts.kind in ("image", "video") or (facts.kind == "audio" and (facts.duration_s or 0) < DRAWN_S):
        views.thumbnail(Asset(id="", name="", bytes=0, path=path, **shown), *views_beside(path))
    recipe = provenance.read(path)
    return {"facts": vars(facts), "recipe": recipe and recipe.model_dump(mode="json")}


def confine() -> None:
    """Little memory, little time, and no file of any size to write."""
    try:
        import resource
    except ImportError:  # not on this system; the time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE_S, PATIENCE_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main(*sys.argv[1:])
