"""The languages a brief may be written in: one file each in assets/director, with the words for what can be drawn and
the sentences a narrator may say of it. A new language is a new file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "assets" / "director"
THINGS = ("subject", "place", "hour", "weather", "season")
UNKNOWN = "und"
"""A text in none of them (BCP 47): read as English, and told in its own words alone."""


@dataclass(frozen=True)
class Found:
    """One thing a text speaks of: what is drawn, what it is called here, and by which word it was named."""

    kind: str
    key: str
    called: str
    word: str


@dataclass(frozen=True)
class Tongue:
    code: str
    said: dict[str, Any]

    @property
    def pace(self) -> float:
        """Letters a second, as the draft voice reads."""
        return float(self.said["pace"])

    def lines(self, *path: str) -> list[str]:
        """The sentences kept at `lines.PATH`; none where there are none."""
        found: Any = self.said["lines"] if self.code != UNKNOWN else {}
        for part in path:
            found = found.get(part, {}) if isinstance(found, dict) else {}
        return list(found) if isinstance(found, list) else []

    def find(self, text: str, *kinds: str) -> list[Found]:
        """What a text speaks of, in its order; the longest words first, so that a lighthouse is no house."""
        table, pattern = lexicon(self.code)
        found, seen = list[Found](), set[tuple[str, str]]()
        for match in pattern.finditer(text.lower()):
            for kind, key, called in table[match[0]]:
                if kind in kinds and (kind, key) not in seen:
                    seen.add((kind, key))
                    found.append(Found(kind, key, called, match[0]))
        return found


@cache
def tongue(code: str) -> Tongue:
    with (FOLDER / f"{'en' if code == UNKNOWN else code}.toml").open("rb") as file:
        return Tongue(code, tomllib.load(file))


@cache
def codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def lexicon(code: str) -> tuple[dict[str, list[tuple[str, str, str]]], re.Pattern[str]]:
    """Every word known to a language with what it stands for, and the pattern that finds them."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    said = tongue(code).said
    for kind in (*THINGS, "mood", "structure"):
        for key, value in said[kind].items():
            called, _, words = value.rpartition(": ")
            for word in words.split(", "):
                table.setdefault(word.lower(), []).append((kind, key, called))
    longest_first = sorted(table, key=len, reverse=True)
    return table, re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def detect(text: str) -> str:
    """The language of a text: whose common words, and whose names of things, it is made of; `und` when none is."""
    words = re.findall(r"[^\W\d_]+", text.lower())[:2000]

    def score(code: str) -> float:
        common = set(tongue(code).said["common"].split())
        _, pattern = lexicon(code)
        ordinary = sum(word in common for word in words)
        return ordinary + 1.2 * len({match[0] for match in pattern.finditer(text.lower()[:8000])})

    best = max(codes(), key=lambda code: (score(code), code == "en"))
    return best if score(best) > 0 else UNKNOWN
