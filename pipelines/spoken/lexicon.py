"""How words are pronounced: a respelling, or their sounds in the International Phonetic Alphabet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipelines.spoken.writing import spaceless

MOST = 1000
NOTHING: Mapping[str, str] = {}


class BadEntry(ValueError):
    """A line of a lexicon that gives no word, or no way to say it."""


class Span(NamedTuple):
    """Some of a sentence: as written, as it is to be said, and, when they are known, its sounds."""

    written: str
    said: str
    ipa: str = ""


def read_lexicon(said: str) -> dict[str, str]:
    """Ways to say words, by word in small letters: `Leigh = Lee`, or `Leigh = /liː/`, one a line. Raises `BadEntry`."""
    lexicon = {}
    for line in filter(str.strip, said.split("\n")):
        word, equals, sound = (part.strip() for part in line.partition("="))
        if not (word and equals and sound.strip("/ ")):
            raise BadEntry(f"{line.strip()[:60]!r} says no word; write one a line: Leigh = Lee, or Leigh = /liː/")
        lexicon[word.lower()] = sound
    if len(lexicon) > MOST:
        raise BadEntry(f"the lexicon has {len(lexicon)} words; {MOST} is the most")
    return lexicon


def spans(sentence: str, lexicon: Mapping[str, str] = NOTHING) -> list[Span]:
    """The sentence in parts: the lexicon's words, whole ones in any case, and what stands between them."""
    if not lexicon:
        return [Span(sentence, sentence)]
    words = "|".join(whole(word) for word in sorted(lexicon, key=len, reverse=True))
    parts, at = list[Span](), 0
    for found in re.finditer(words, sentence, re.IGNORECASE):
        between, sound = sentence[at : found.start()], lexicon[found[0].lower()]
        ipa = sound.strip("/ ") if sound.startswith("/") and sound.endswith("/") else ""
        parts += [Span(between, between)] if between else []
        parts.append(Span(found[0], found[0] if ipa else sound, ipa))
        at = found.end()
    rest = sentence[at:]
    return parts + ([Span(rest, rest)] if rest else [])


def whole(word: str) -> str:
    """A pattern for the word where it is not part of a longer one; scripts without spaces have no such edges."""
    edges = [c.isalnum() and not spaceless(c) for c in (word[0], word[-1])]
    return ("(?<!\\w)" if edges[0] else "") + re.escape(word) + ("(?!\\w)" if edges[1] else "")


def as_written(
    marks: Iterable[tuple[int, float]], parts: Sequence[Span], said: Sequence[str]
) -> list[tuple[int, float]]:
    """(character in what was said, seconds) as (character in what was written, seconds); `said` is what became of each
    part, and all within a part that was changed is at its start."""
    found = []
    for at, second in marks:
        begins = written = 0
        for part, words in zip(parts, said, strict=True):
            if at < begins + len(words) or part is parts[-1]:
                found.append((written + (min(at - begins, len(part.written)) if words == part.written else 0), second))
                break
            begins, written = begins + len(words), written + len(part.written)
    return found
