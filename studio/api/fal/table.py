"""Writes the table of ids into docs/fal.md: `make tables`. A test sees that it was done."""

from __future__ import annotations

import re
from pathlib import Path

from studio.api.fal.ids import IDS, REFUSED

PAGE = Path(__file__).parents[3] / "docs" / "fal.md"
BLOCK = re.compile(r"(<!-- the ids -->\n).*?(<!-- made by `make tables` -->)", re.S)


def table() -> str:
    """Every endpoint of fal's that is answered, as a row of Markdown, and those that are not."""
    rows = ["| fal's id | makes | with |", "|---|---|---|"]
    for id, target in IDS.items():
        model = f"`{target.model}`" if target.model else "the best"
        picture = f", from a picture `{target.picture}`" if target.picture else ""
        rows.append(f"| `{id}` | {target.task} | {model}{picture} |")
    rows += [f"| `{id}` | nothing: refused | {why} |" for id, why in REFUSED.items()]
    return "\n".join(rows) + "\n"


def filled(page: str) -> str:
    return BLOCK.sub(lambda block: f"{block[1]}{table()}{block[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
