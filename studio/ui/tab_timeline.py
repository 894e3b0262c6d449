"""Cut the film: the cutting room is drawn by timeline_view/room.js."""

from __future__ import annotations

import gradio as gr

from studio import __version__
from studio.studio import Studio

TITLE, ORDER = "Timeline", 60
SHEETS = ("room", "monitor", "takes", "rows", "slates", "conform")


def build(studio: Studio) -> None:
    root = studio.settings.root_path
    links = "".join(f'<link rel="stylesheet" href="{root}/ui/timeline/{name}.css?v={__version__}">' for name in SHEETS)
    script = f'<script type="module" src="{root}/ui/timeline/room.js"></script>'
    gr.HTML(
        "<homereel-cutting-room></homereel-cutting-room>", head=links + script, apply_default_css=False, js_on_load=None
    )
