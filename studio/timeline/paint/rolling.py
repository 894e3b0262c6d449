"""Titles that move: the roll at the end of a film, and words that come one after the other. One entry each in MOVES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from math import floor

import cv2
import numpy as np

from studio.timeline.paint.fonts import Type, right_to_left, words
from studio.timeline.paint.picture import Picture
from studio.timeline.paint.placing import Place, laid
from studio.timeline.paint.titles import ACCENT, PAPER, SOFT, Sheet

READ = 0.75
"""The part of a kinetic title's length within which its words come; then they stand."""


class Roll:
    """Credits as one long column: lines alone are centred, `Role: Name` stands in two columns."""

    def __init__(self, text: str, width: int, height: int):
        self.rows, self.width, self.height, self.unit = text.split("\n"), width, height, min(width, height) / 720
        self.role, self.name = Type("regular", 26 * self.unit), Type("semibold", 30 * self.unit)
        self.step = max(2, 2 * round(self.name.line * 0.65))
        self.long = self.step * len(self.rows)
        self.a_page = max(1, height // self.step)

    def page(self, n: int) -> Picture | None:
        """The rows of page n, drawn at the top of a sheet of the canvas's size."""
        sheet = Sheet(self.width, (self.height + self.step) // 2 * 2)
        for place, row in enumerate(self.rows[n * self.a_page : (n + 1) * self.a_page]):
            y, (left, colon, right) = place * self.step, row.partition(":")
            if colon and left.strip() and right.strip():
                gap = 12 * self.unit
                sheet.write(
                    [(left.strip(), self.role, SOFT)], self.width / 2 - gap, y + self.name.ascent - self.role.ascent, 1
                )
                sheet.write([(right.strip(), self.name, PAPER)], self.width / 2 + gap, y)
            elif row.strip():
                sheet.write([(row.strip(), self.name, PAPER)], self.width / 2, y, 0.5)
        return sheet.picture()


@lru_cache(maxsize=6)
def page_of(text: str, width: int, height: int, n: int) -> Picture | None:
    return Roll(text, width, height).page(n)


def end_roll(text: str, width: int, height: int, p: float) -> Picture | None:
    """The column on its way up: below the canvas at 0, above it at 1, moving by parts of a pixel."""
    roll = Roll(text, width, height)
    top = height - p * (height + roll.long)
    tall = roll.a_page * roll.step
    first, last = max(0, floor(-top / tall)), floor((height - top) / tall)
    parts = []
    for n in range(first, min(last, (len(roll.rows) - 1) // roll.a_page) + 1):
        page = page_of(text, width, height, n)
        if page is not None:
            matrix = np.array([[1.0, 0, page.left], [0, 1.0, top + n * tall + page.top]])
            here = Place(matrix, (0, 0, page.width, page.height), None, fills=True)
            parts.append(laid(Picture(*page.planes, page.alpha), here, width, height, False))
    return together([part for part in parts if part is not None])


def together(parts: list[Picture]) -> Picture | None:
    """Pictures that do not lie over each other, as one."""
    if not parts:
        return None
    whole, *rest = parts
    for part in rest:
        assert whole.alpha is not None
        assert part.alpha is not None
        pairs = zip((*whole.planes, *whole.alpha), (*part.planes, *part.alpha), strict=True)
        y, u, v, full, half = (cv2.add(a, b) for a, b in pairs)
        whole = replace(whole, y=y, u=u, v=v, alpha=(full, half))
    return whole


def kinetic(text: str, width: int, height: int, p: float) -> Picture | None:
    """Large words in the middle, the one that has just come in the accent; the last stand until the end."""
    count = len(list(words(" ".join(text.split()))))
    seen = min(count, floor(p / READ * count) + 1)
    return kinetic_at(text, width, height, seen, p < READ)


@lru_cache(maxsize=16)
def kinetic_at(text: str, width: int, height: int, seen: int, lit: bool) -> Picture | None:
    sheet = Sheet(width, height)
    for size in (84, 72, 60, 48, 36, 28):
        kind = Type("semibold", size * sheet.unit)
        lines = kind.balanced(" ".join(text.split()), width * 0.82)
        if len(lines) * kind.line < height * 0.8:
            break
    y, count = (height - len(lines) * kind.line) / 2, 0
    for line in lines:
        x, wide, said = (width - kind.width(line)) / 2, kind.width(line), ""
        for word in words(line):
            before, said, count = kind.width(said), said + word, count + 1
            at = x + wide - kind.width(said.rstrip()) if right_to_left(line) else x + before
            if count <= seen:
                sheet.write([(word.rstrip(), kind, ACCENT if lit and count == seen else PAPER)], at, y)
        y += kind.line
    return sheet.picture()


MOVES: dict[str, Callable[[str, int, int, float], Picture | None]] = {"end-roll": end_roll, "kinetic": kinetic}
