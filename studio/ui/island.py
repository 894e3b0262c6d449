"""A place in the window for a living part of its own: a custom element, which a script in static/ draws.

Functions, not classes: Gradio writes a stub file beside the source of every class derived from a component.
"""

from __future__ import annotations

import html
from typing import Any

import gradio as gr


def island(element: str, js: str | None = None, *, look: dict[str, Any] | None = None, **said: str) -> gr.HTML:
    """`island("homereel-stage", task="image")`. `js` may hand a Gradio value to the element, or take one from it."""
    told = "".join(f' {name}="{html.escape(words)}"' for name, words in said.items())
    return gr.HTML(html_template=f"<{element}{told}></{element}>", js_on_load=js, apply_default_css=False, **look or {})


def words(value: str = "", **look: Any) -> gr.HTML:
    """Finished HTML of ours, in the house's own style."""
    return gr.HTML(value, js_on_load=None, apply_default_css=False, **look)
