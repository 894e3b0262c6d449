"""Names as people see them: text only, never a path. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 200
# Control, format (bidi overrides, zero-width), surrogate and private characters, but the joiners that scripts need.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = "\u200c\u200d"
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def displayed(name: str, otherwise: str = "untitled") -> str:
    """What a client called a file, without folders, control characters or tricks of writing direction."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        " " if c in "\t\r\n" else c for c in last if c in "\t\r\n" + JOINERS or unicodedata.category(c) not in HIDDEN
    )
    kept = re.sub(r"\s+", " ", kept).strip()
    return kept[:LONGEST].strip() if kept.strip(". " + JOINERS) else otherwise


def on_disk(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    """(Name, suffix) pairs as file names every system takes, all different even where case does not count."""
    taken: set[str] = set()
    for name, suffix in names:
        stem = name[: -len(suffix)] if name.lower().endswith(suffix) else name
        stem = re.sub(r'[<>:"|?*/\\]', "_", displayed(stem, "file")).strip(". ") or "file"
        stem = f"_{stem}" if RESERVED.match(stem) or stem.startswith("-") else stem
        stem, number = stem.encode()[:180].decode(errors="ignore"), 1
        chosen = f"{stem}{suffix}"
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{stem} ({number}){suffix}"
        taken.add(chosen.casefold())
        yield chosen
