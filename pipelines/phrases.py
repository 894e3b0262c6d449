"""Lays timed words out as captions: whole phrases, at most two lines, broken where a reader would breathe. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from pipelines.vtt import Cue, Word

LINE = 42
"""Columns in a line; a Chinese, Japanese or Korean character takes two."""
COMMAS = ".!?…。！？,;:—–)，、；：،؛"
QUOTES = "\"'”’»)]」』"
LINGER_S = 0.4
SILENCE_S = 0.7


Phrase = tuple[Sequence[Word], Sequence[str]]
"""Words in time's order, most often a sentence; and what stands after each, a space or nothing."""


def captions(phrases: Iterable[Phrase]) -> list[Cue]:
    """Cues in time's order. None spans two phrases, nor a silence longer than 0.7 s; each stays up to 0.4 s after its
    last word, and none overlaps the next."""
    cues: list[Cue] = []
    for phrase in phrases:
        words, glue = divided(*phrase)
        first = 0
        for n, word in enumerate(words):
            if n + 1 == len(words) or words[n + 1].start_s - word.end_s > SILENCE_S:
                for begin, end in shared(words, glue, first, n + 1):
                    text = broken(words[begin:end], glue[begin:end])
                    cues.append(Cue(words[begin].start_s, words[end - 1].end_s, text, tuple(words[begin:end])))
                first = n + 1
    return [lingering(cue, following) for cue, following in zip(cues, [*cues[1:], None], strict=True)]


def lingering(cue: Cue, following: Cue | None) -> Cue:
    end = cue.end_s + LINGER_S if following is None else min(cue.end_s + LINGER_S, following.start_s)
    return Cue(cue.start_s, max(end, cue.end_s), cue.text, cue.words)


def columns(text: str) -> int:
    marks = sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def ends(word: Word, with_one_of: str) -> bool:
    bare = word.text.rstrip(QUOTES) or word.text
    return bare[-1:] in with_one_of and bool(bare)


def divided(words: Sequence[Word], glue: Sequence[str]) -> tuple[list[Word], list[str]]:
    """Words too long for a line in parts that fit, each with its share of the time."""
    parts, between = [], []
    for word, after in zip(words, glue, strict=True):
        size = LINE if columns(word.text) == len(word.text) else LINE // 2
        texts = (
            [word.text[n : n + size] for n in range(0, len(word.text), size)]
            if columns(word.text) > LINE
            else [word.text]
        )
        step = (word.end_s - word.start_s) / len(texts)
        parts += [Word(t, word.start_s + n * step, word.start_s + (n + 1) * step) for n, t in enumerate(texts)]
        between += [""] * (len(texts) - 1) + [after]
    return parts, between


def shared(words: Sequence[Word], glue: Sequence[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The phrase `first:last` cut into cues that fit, with the least cost: even sizes, cuts after a comma."""
    best: list[tuple[float, int]] = [(0.0, first)]
    for end in range(first + 1, last + 1):
        choices = []
        for begin in range(end - 1, first - 1, -1):
            if fold(words[begin:end], glue[begin:end]) is None and begin < end - 1:
                break
            spare = max(0, 2 * LINE - columns(joined(words[begin:end], glue[begin:end]))) / LINE
            rough = 0 if end == last or ends(words[end - 1], COMMAS) else 1
            choices.append((best[begin - first][0] + 1 + spare**2 / 2 + rough, begin))
        best.append(min(choices))
    cuts = [last]
    while cuts[-1] > first:
        cuts.append(best[cuts[-1] - first][1])
    return zip(cuts[:0:-1], cuts[-2::-1], strict=True)


def joined(words: Sequence[Word], glue: Sequence[str]) -> str:
    return "".join(word.text + after for word, after in zip(words, glue, strict=True)).strip()


def fold(words: Sequence[Word], glue: Sequence[str]) -> int | None:
    """After how many words the line breaks: 0 for one line, None when two lines do not hold them."""
    if columns(joined(words, glue)) <= LINE:
        return 0
    choices = []
    for n in range(1, len(words)):
        above, below = columns(joined(words[:n], glue[:n])), columns(joined(words[n:], glue[n:]))
        if max(above, below) <= LINE:
            choices.append((abs(above - below) - (20 if ends(words[n - 1], COMMAS) else 0), n))
    return min(choices)[1] if choices else None


def broken(words: Sequence[Word], glue: Sequence[str]) -> str:
    at = fold(words, glue)
    return joined(words, glue) if not at else f"{joined(words[:at], glue[:at])}\n{joined(words[at:], glue[at:])}"
