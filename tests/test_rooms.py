"""Who may import whom, and what must not come along: the house stays one whose rooms can be changed alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
FILES = sorted(f for f in (HOUSE / "app.py", *(HOUSE / "studio").rglob("*.py"), *(HOUSE / "pipelines").rglob("*.py")))
STOREYS = [  # from the roof down: an import stays in its own room or goes to a storey below
    ["app"],
    ["studio.ui", "studio.api", "studio.cli"],
    ["studio.director", "studio.conform", "studio.remake", "studio.sync"],
    ["studio.sample", "studio.takes", "studio.assembly", "studio.restoring", "studio.bench", "studio.backup"],
    ["studio.studio", "studio.doctor"],
    ["studio.work"],
    ["studio.timeline.export"],
    ["studio.timeline.sound"],
    ["studio.timeline.paint", "studio.timeline.edit"],
    ["studio.library", "studio.timeline", "studio.locks"],
    ["studio.types", "studio.db", "studio.settings", "studio.people"],
    ["pipelines"],
]
STOREY = {room: number for number, rooms in enumerate(STOREYS) for room in rooms}
HEAVY = (
    "torch torchaudio torchvision diffusers transformers accelerate peft audiocraft xformers kokoro moviepy spandrel"
)
HALL = "studio"  # the package itself: its version, which anyone may read


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path) -> set[str]:
    """Every module a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: imports are absolute"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(module: str) -> str | None:
    return next((room for room in STOREY if module == room or module.startswith(f"{room}.")), None)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(HOUSE)))
def test_imports_point_down(file):
    here = room_of(name_of(file))
    assert here or name_of(file) == HALL, "every file has a room"
    rooms = {room for module in imports(file) if (room := room_of(module))}
    if here is None:
        assert not rooms, "the hall opens no door by itself"
        return
    upward = {room for room in rooms if room != here and STOREY[room] <= STOREY[here]}
    assert not upward, f"{here} may not import {', '.join(sorted(upward))}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(HOUSE)))
def test_only_the_window_knows_gradio(file):
    if room_of(name_of(file)) not in ("app", "studio.ui"):
        assert not {module for module in imports(file) if module.split(".")[0] == "gradio"}


def brought_by(modules: list[str], looked_for: str) -> str:
    """Which of `looked_for` a fresh Python has loaded once it has imported `modules`."""
    script = (
        f"import importlib, sys; [importlib.import_module(m) for m in {modules!r}];"
        f"print(*sorted(set({looked_for.split()!r}) & set(sys.modules)))"
    )
    return subprocess.check_output([sys.executable, "-c", script], cwd=HOUSE, text=True).strip()


def test_nothing_heavy_comes_along_with_the_studio():
    assert brought_by([name_of(f) for f in FILES if f.name != "__main__.py"], HEAVY) == ""


def test_gradio_comes_with_the_window_alone():
    modules = [name_of(f) for f in FILES if room_of(name_of(f)) != "studio.ui" and f.name != "__main__.py"]
    assert brought_by(modules, "gradio") == ""


def test_the_catalogue_is_a_list_and_nothing_more():
    assert brought_by(["pipelines.catalogue"], f"numpy cv2 av scipy PIL gradio {HEAVY}") == ""


def test_the_command_line_answers_before_anything_large_is_loaded():
    assert brought_by(["app", "studio.cli"], f"numpy cv2 av scipy gradio fastapi {HEAVY}") == ""
