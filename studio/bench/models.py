"""`studio bench models`: every model whose weights are here, each measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pipelines import catalogue
from pipelines.base import Model
from pipelines.device import devices
from pipelines.faults import Invalid, Unavailable
from pipelines.weighted import Weighted
from studio.bench.measure import HOUSE, machine
from studio.settings import Settings

PAIRS = 3
LONGEST_S = 7200
MUSIC = "≥ 2x transformers; 16 s of music well under 30 s"
MARKS = {
    "pipelines.image:Flux": "≤ 0.7; with a shortcut ≤ 0.4",
    "pipelines.wan:WanPicture": "≤ 0.7; with a shortcut ≤ 0.35",
    "pipelines.musicgen:MusicGen": MUSIC,
    "pipelines.musicgen:MusicGenMelody": MUSIC,
    "pipelines.kokoro:Kokoro": "no slower than the library; a long text is heard in < 1 s",
}
"""What a family is to reach on a GPU; a bare number is the ratio to the library's plain call."""
LIBRARIES = ("torch", "diffusers", "transformers", "audiocraft", "kokoro")


def run(
    settings: Settings, only: str | None = None, pairs: int = PAIRS, say: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """The figures of every model that is ready, or of `only` one; a model that fails has an `error` instead."""
    catalogue.use(settings.home / "models.toml")
    rows = []
    for model in [chosen(only)] if only else here():
        say(f"Measuring {model.title}")
        facts = {"id": model.id, "title": model.title, "task": model.task, "family": model.pipeline}
        rows.append(facts | measured(settings, model, pairs) | {"mark": MARKS.get(model.pipeline, "")})
    best = devices(settings.device)[0]
    return {"models": rows, "machine": {**machine(), "device": best.title}, "versions": versions()}


def weighted() -> list[Model]:
    return [model for model in catalogue.models() if not model.draft and issubclass(model.cls, Weighted)]


def here() -> list[Model]:
    return [model for model in weighted() if model.status()[0] == "ready"]


def chosen(wanted: str) -> Model:
    """Raises `Invalid` for a model without weights, `Unavailable` for one whose weights are not here."""
    model = catalogue.find(wanted)
    if model not in weighted():
        raise Invalid(f"{model.title} has no weights to measure.", "`studio bench queue` measures the draft picture.")
    status, why = model.status()
    if status != "ready":
        cure = f"studio models download {model.id}" if status == "not_downloaded" else ""
        raise Unavailable(f"{model.title} cannot be measured: {why}", cure)
    return model


def measured(settings: Settings, model: Model, pairs: int) -> dict[str, Any]:
    """What a fresh process finds."""
    command = [sys.executable, "-m", "studio.bench.one_model", str(settings.home), model.id, str(pairs)]
    environment = {**os.environ, **settings.environment()}
    try:
        done = subprocess.run(
            command, cwd=HOUSE, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=LONGEST_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"error": f"It took more than {LONGEST_S // 3600} hours."}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return {"error": f"It ended with code {done.returncode}: {last}"[:400]}
    return json.loads(done.stdout.splitlines()[-1])


def versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def advice() -> str:
    """What to do where there is nothing to measure."""
    smallest = min((m for m in catalogue.MODELS if m in weighted() and not m.gated), key=lambda model: model.size_gb)
    return f"No model's weights are here. `studio models download {smallest.id}` brings the smallest."


HEADS = ("model", "device", "load", "first job", "second", "memory", "over the library", "mark, on a GPU")


def table(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row for each model, under HEADS."""
    return [row(model) for model in found["models"]]


def row(model: dict[str, Any]) -> tuple[str, ...]:
    if "error" in model:
        return (model["id"], model["error"], "", "", "", "", "", model["mark"])
    times = (f"{model[name]:.2f} s" for name in ("load_s", "first_s", "second_s"))
    ratio = f"{model['ratio']:.2f}" if "ratio" in model else ""
    return (model["id"], model["device"], *times, f"{model['memory_gb']:.1f} GB", ratio, model["mark"])
