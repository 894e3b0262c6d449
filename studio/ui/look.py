"""How the window is dressed: Gradio's theme drawn from the tokens in static/tokens.css, and the files a page loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from studio import __version__

STATIC = Path(__file__).parent / "static"
FIRST = ("tokens", "house", "gradio")

# Before anything is drawn: day or night as chosen here before, else as the system has it.
EARLY = """
<script>
(() => {
  const dress = () => {
    const chosen = localStorage.getItem("homereel.theme");
    const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    for (const part of [document.documentElement, document.body]) part?.classList.toggle("dark", dark);
  };
  window.homereelDress = dress;
  dress();
  document.addEventListener("DOMContentLoaded", () => {
    dress();
    new MutationObserver(dress).observe(document.body, { attributeFilter: ["class"] });  // Gradio dresses it too
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
})();
</script>
"""


def look(root: str = "") -> dict[str, Any]:
    """What `gr.mount_gradio_app` is given, so that the window wears the house's colours. `root` is the path that the
    studio stands under: scripts name each other from the root, and are told where that is."""
    sheets = sorted(STATIC.glob("*.css"), key=lambda path: (path.stem not in FIRST, path.stem != "tokens", path.stem))
    links = "".join(f'<link rel="stylesheet" href="{root}/ui/static/{path.name}?v={__version__}">' for path in sheets)
    islands = "".join(f'<script type="module" src="{root}{url}"></script>' for url in modules())
    return {"theme": theme(), "head": f"{EARLY}{moved(root)}{links}{islands}"}


def moved(root: str) -> str:
    """For a studio under a path: where scripts find the API, and each other."""
    if not root:
        return ""
    places = json.dumps({"imports": {f"/ui/{room}/": f"{root}/ui/{room}/" for room in ("static", "timeline")}})
    return f'<script>window.homereelRoot = {json.dumps(root)}</script><script type="importmap">{places}</script>'


def modules() -> list[str]:
    """Every script of the window, as the page asks for it. A new one is a new file in static/."""
    editor = STATIC.parent / "timeline_view"
    return [
        *(f"/ui/static/{path.name}" for path in sorted(STATIC.glob("*.js"))),
        *(f"/ui/timeline/{path.name}" for path in sorted(editor.glob("*.js"))),
    ]


def theme() -> gr.themes.Base:
    """Gradio's own parts in our tokens; day and night are the tokens' business, so both get the same names."""
    fonts = {  # bold rather than semi-bold: that one lacks most letters in Gradio 6.31
        "font": [LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        "font_mono": [LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"],
    }
    base = gr.themes.Base(**fonts)
    known = set(vars(base))
    values = {**WORDS, **{f"{name}_dark": value for name, value in WORDS.items() if f"{name}_dark" in known}}
    return base.set(**values)


WORDS = {
    "body_background_fill": "var(--ground)",
    "body_text_color": "var(--text)",
    "body_text_size": "14px",
    "body_text_color_subdued": "var(--muted)",
    "background_fill_primary": "var(--panel)",
    "background_fill_secondary": "var(--raised)",
    "border_color_accent": "var(--lamp)",
    "border_color_accent_subdued": "var(--line)",
    "border_color_primary": "var(--line)",
    "color_accent": "var(--lamp)",
    "color_accent_soft": "var(--lamp-soft)",
    "link_text_color": "var(--lamp)",
    "link_text_color_hover": "var(--lamp-lit)",
    "link_text_color_active": "var(--lamp)",
    "link_text_color_visited": "var(--lamp)",
    "block_background_fill": "transparent",
    "block_border_color": "var(--line)",
    "block_border_width": "0px",
    "block_info_text_color": "var(--muted)",
    "block_info_text_size": "13px",
    "block_label_background_fill": "transparent",
    "block_label_text_color": "var(--muted)",
    "block_label_text_size": "13px",
    "block_padding": "0px",
    "block_radius": "8px",
    "block_shadow": "none",
    "block_title_background_fill": "transparent",
    "block_title_text_color": "var(--muted)",
    "block_title_text_size": "13px",
    "block_title_text_weight": "400",
    "block_title_padding": "0px",
    "container_radius": "8px",
    "form_gap_width": "0px",
    "layout_gap": "16px",
    "panel_background_fill": "var(--panel)",
    "panel_border_color": "var(--line)",
    "accordion_text_color": "var(--text)",
    "checkbox_background_color": "var(--panel)",
    "checkbox_background_color_hover": "var(--raised)",
    "checkbox_background_color_focus": "var(--panel)",
    "checkbox_background_color_selected": "var(--lamp)",
    "checkbox_border_color": "var(--edge)",
    "checkbox_border_color_hover": "var(--lamp)",
    "checkbox_border_color_focus": "var(--lamp)",
    "checkbox_border_color_selected": "var(--lamp)",
    "checkbox_label_background_fill": "var(--panel)",
    "checkbox_label_background_fill_hover": "var(--raised)",
    "checkbox_label_background_fill_selected": "var(--lamp-soft)",
    "checkbox_label_border_color": "var(--line)",
    "checkbox_label_border_color_hover": "var(--edge)",
    "checkbox_label_border_color_selected": "var(--lamp)",
    "checkbox_label_border_width": "1px",
    "checkbox_label_text_color": "var(--text)",
    "checkbox_label_text_color_selected": "var(--text)",
    "checkbox_label_padding": "6px 10px",
    "checkbox_label_shadow": "none",
    "error_background_fill": "var(--panel)",
    "error_border_color": "var(--bad)",
    "error_text_color": "var(--bad)",
    "error_icon_color": "var(--bad)",
    "input_background_fill": "var(--panel)",
    "input_background_fill_focus": "var(--panel)",
    "input_background_fill_hover": "var(--panel)",
    "input_border_color": "var(--edge)",
    "input_border_color_hover": "var(--muted)",
    "input_border_color_focus": "var(--lamp)",
    "input_border_width": "1px",
    "input_padding": "8px 10px",
    "input_placeholder_color": "var(--muted)",
    "input_radius": "8px",
    "input_shadow": "none",
    "input_shadow_focus": "0 0 0 1px var(--lamp)",
    "input_text_size": "14px",
    "loader_color": "var(--lamp)",
    "slider_color": "var(--lamp)",
    "stat_background_fill": "var(--lamp)",
    "table_border_color": "var(--line)",
    "table_even_background_fill": "var(--panel)",
    "table_odd_background_fill": "var(--raised)",
    "table_row_focus": "var(--lamp-soft)",
    "button_border_width": "1px",
    "button_transition": "background var(--motion), border-color var(--motion)",
    "button_large_radius": "8px",
    "button_medium_radius": "8px",
    "button_small_radius": "8px",
    "button_large_text_size": "16px",
    "button_large_text_weight": "600",
    "button_medium_text_size": "14px",
    "button_medium_text_weight": "400",
    "button_small_text_size": "13px",
    "button_small_text_weight": "400",
    "button_primary_background_fill": "var(--lamp)",
    "button_primary_background_fill_hover": "var(--lamp-lit)",
    "button_primary_border_color": "var(--lamp)",
    "button_primary_border_color_hover": "var(--lamp-lit)",
    "button_primary_text_color": "var(--on-lamp)",
    "button_primary_text_color_hover": "var(--on-lamp)",
    "button_primary_shadow": "none",
    "button_primary_shadow_hover": "none",
    "button_primary_shadow_active": "none",
    "button_secondary_background_fill": "var(--panel)",
    "button_secondary_background_fill_hover": "var(--raised)",
    "button_secondary_border_color": "var(--line)",
    "button_secondary_border_color_hover": "var(--edge)",
    "button_secondary_text_color": "var(--text)",
    "button_secondary_text_color_hover": "var(--text)",
    "button_secondary_shadow": "none",
    "button_secondary_shadow_hover": "none",
    "button_secondary_shadow_active": "none",
}
