"""The page at the locked door, whole in one answer: no script, style or picture of the window comes along, and nothing
of what is inside is said. It is written in door/, in the colours of the window."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import studio as hall

DOOR = Path(__file__).parent / "door"
TOKENS = Path(hall.__file__).parent / "ui" / "static" / "tokens.css"


@cache
def page(root: str = "") -> str:
    """The page of a studio that stands under the path `root`."""
    style = TOKENS.read_text("utf-8") + (DOOR / "page.css").read_text("utf-8")
    script = (DOOR / "page.js").read_text("utf-8")
    whole = (DOOR / "page.html").read_text("utf-8").replace("/*STYLE*/", style).replace("/*SCRIPT*/", script)
    return whole.replace("ROOT", root)
