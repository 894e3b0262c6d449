"""Writes the catalogue's table into README.md and docs/models.md: `make tables`. A test sees that it was done."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines import catalogue
from pipelines.base import Model

HOUSE = Path(__file__).parents[2]
PAGES = ("README.md", "docs/models.md")
BLOCK = re.compile(r"(<!-- the catalogue -->\n).*?(<!-- made by `make tables` -->)", re.S)
MAKES = {
    "image": "pictures",
    "video": "shots",
    "music": "music",
    "sound": "sounds",
    "speech": "speech",
    "restore": "restoration",
}


def table() -> str:
    """Every model of the catalogue as a row of Markdown, by what it makes."""
    rows = [
        "| makes | in the window | id | licence | for sale | download | GPU memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for task, makes in MAKES.items():
        rows += [row(model, makes) for model in catalogue.MODELS if model.task == task]
    return "\n".join(rows) + "\n"


def row(model: Model, makes: str) -> str:
    name = f"[{model.title}]({model.link})" if model.link else model.title
    licence = f"{model.licence}{', to be accepted first' if model.gated else ''}"
    size = f"{model.size_gb:g} GB" if model.size_gb else "none"
    memory = f"{model.vram_gb:g} GB" if model.vram_gb else "none"
    sale = "yes" if model.commercial else "**no**"
    return f"| {makes} | {name} | `{model.id}` | {licence} | {sale} | {size} | {memory} |"


def filled(page: str) -> str:
    """A page's text with the table as it is now."""
    return BLOCK.sub(lambda block: f"{block[1]}{table()}{block[2]}", page)


if __name__ == "__main__":
    for name in PAGES:
        (HOUSE / name).write_text(filled((HOUSE / name).read_text("utf-8")), "utf-8")
