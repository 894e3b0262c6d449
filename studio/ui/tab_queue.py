"""See what runs, what waits and what is over; drawn by static/line.js."""

from __future__ import annotations

import gradio as gr

from studio.studio import Studio

TITLE, ORDER = "Queue", 80


def build(studio: Studio) -> None:
    gr.HTML("<homereel-line></homereel-line>", apply_default_css=False, js_on_load='import("/ui/static/line.js")')
