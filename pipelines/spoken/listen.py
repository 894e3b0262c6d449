"""Which word was said when: a voice's own marks, laid on the words as written and on the sound as recorded. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pipelines.phrases import Phrase
from pipelines.spoken.level import RATE
from pipelines.spoken.writing import spaceless
from pipelines.vtt import Word

HOP = RATE // 100


def heard_words(text: str, starts: Sequence[tuple[int, float]], sound: np.ndarray, at_s: float) -> Phrase:
    """The words of `text`, punctuation with them, timed from the start of the file.

    `starts` are (character, seconds into the sound); `sound` is 48 kHz and begins `at_s` into the file. A word ends
    where the next begins, or where it falls silent before that. Words that the voice runs together share their time.
    """
    tokens = tokens_of(text, [at for at, _ in starts])
    begins: list[float | None] = [next((s for at, s in starts if a <= at < b), None) for a, b in tokens]
    length = len(sound) / RATE
    words, glue = list[Word](), list[str]()
    groups = grouped(begins)
    for n, (first, last) in enumerate(groups):
        start = begins[first] or 0.0
        until = (begins[groups[n + 1][0]] or length) if n + 1 < len(groups) else length
        end = fallen_silent(sound, start, max(until, start))
        sizes = [b - a for a, b in tokens[first:last]]
        for k, (a, b) in enumerate(tokens[first:last]):
            edges = [start + (end - start) * sum(sizes[:m]) / sum(sizes) for m in (k, k + 1)]
            words.append(Word(text[a:b], at_s + edges[0], at_s + edges[1]))
            glue.append(" " if text[b : b + 1].isspace() else "")
    return words, glue


def tokens_of(text: str, marks: Sequence[int]) -> list[tuple[int, int]]:
    """Where each word begins and ends. Scripts without spaces are cut where the voice begins a word; marks standing
    alone go with the word before them."""
    tokens: list[tuple[int, int]] = []
    for found in re.finditer(r"\S+", text):
        inner = [m for m in dict.fromkeys(marks) if found.start() < m < found.end() and spaceless(text[m])]
        edges = [found.start(), *sorted(inner), found.end()]
        tokens += pairwise(edges)
    joined: list[tuple[int, int]] = []
    for begin, end in tokens:
        if joined and not any(c.isalnum() or unicodedata.category(c) == "So" for c in text[begin:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def grouped(begins: Sequence[float | None]) -> list[tuple[int, int]]:
    """Runs of words, each begun by one whose time is known."""
    known = [n for n, begin in enumerate(begins) if begin is not None and n] if begins else []
    edges = [0, *known, len(begins)]
    return [(a, b) for a, b in pairwise(edges) if b > a]


def fallen_silent(sound: np.ndarray, start: float, until: float) -> float:
    """When, between two times in the sound, it is last louder than a fiftieth of its peak."""
    share = np.abs(sound[round(start * RATE) : round(until * RATE)])
    loud = np.flatnonzero(share > 0.02 * np.abs(sound).max()) if len(share) else share
    return min(until, start + (int(loud[-1]) // HOP + 1) * HOP / RATE) if len(loud) else until
