"""The window: a header, and a tab for every module here named `tab_*`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import gradio as gr

from studio.studio import Studio
from studio.ui import endpoints, header
from studio.ui.look import look
from studio.ui.who import asked_for

__all__ = ["build", "look"]


def tabs() -> list[ModuleType]:
    """Every tab, in the order they stand in: a tab is a file with TITLE, ORDER and build(studio)."""
    folder = str(Path(__file__).parent)
    names = (module.name for module in iter_modules([folder]) if module.name.startswith("tab_"))
    return sorted((import_module(f"{__name__}.{name}") for name in names), key=lambda tab: tab.ORDER)


def build(studio: Studio) -> gr.Blocks:
    """The whole window. It is mounted with `look()`, which says how it is dressed."""
    with gr.Blocks(title="Homereel", analytics_enabled=False, fill_width=True) as window:
        header.build(studio)
        with gr.Tabs(elem_id="tabs"):
            for tab in tabs():
                with gr.Tab(tab.TITLE, id=tab.TITLE.lower(), elem_id=f"tab-{tab.TITLE.lower()}"):
                    tab.build(studio)
        endpoints.build(studio)
    return asked_for(window.queue(max_size=64, default_concurrency_limit=8))
