"""Which architecture of spandrel's has tensors of these names: `python -m pipelines.kin` reads them as JSON and prints
it. A program of its own, because spandrel brings torch along."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def of(tensors: Sequence[str], within_s: float = 120) -> str:
    """The architecture's name; empty where spandrel knows none, or is not here."""
    if find_spec("spandrel") is None or find_spec("torch") is None:
        return ""
    command = [sys.executable, "-m", "pipelines.kin"]
    try:
        run = subprocess.run(
            command, input=json.dumps(list(tensors)), capture_output=True, text=True, timeout=within_s,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def registry() -> Any:
    """The architectures that are known here: spandrel's, and, where somebody has installed spandrel_extra_arches, those
    too, whose code is under licences of their own; DDColor, which colours, is one of them."""
    from spandrel import MAIN_REGISTRY

    if find_spec("spandrel_extra_arches"):
        import spandrel_extra_arches

        spandrel_extra_arches.install(ignore_duplicates=True)
    return MAIN_REGISTRY


def told(tensors: Sequence[str]) -> str:
    names = dict.fromkeys(tensors)
    for support in registry():
        try:
            if support.detect(names):
                return str(support.architecture.name)
        except (AttributeError, TypeError, KeyError):  # one that also looks at the tensors themselves
            continue
    return ""


if __name__ == "__main__":
    print(told(json.load(sys.stdin)))
