"""See everything that was made or brought in; drawn by static/shelf.js."""

from __future__ import annotations

import gradio as gr

from studio.studio import Studio

TITLE, ORDER = "Library", 70


def build(studio: Studio) -> None:
    gr.HTML("<homereel-shelf></homereel-shelf>", apply_default_css=False, js_on_load='import("/ui/static/shelf.js")')
