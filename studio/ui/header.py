"""The window's head: project, queue, device and export. It is drawn by static/header.js."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.island import island


def build(studio: Studio) -> None:
    island("homereel-header", look={"elem_id": "head"})
