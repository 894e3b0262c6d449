"""Reads a text as a speaker would: sentences, breaths, the marks `[pause:1s]` and `[voice:en-us]`, and who says which
line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MARK = re.compile(r"\[\s*(pause|voice)\s*:\s*([^\]\n]*?)\s*\]", re.IGNORECASE)
PAUSE = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)\s*(ms|s|)", re.IGNORECASE)
LONGEST_PAUSE_S, ALL_PAUSES_S = 60.0, 3600.0
LONGEST = 400
"""Characters said in one breath at most: a text without a full stop still reports, and can be stopped."""

# An end of sentence and what closes with it, then a space; the full-width ones need none.
STOP = re.compile(r"[.!?…؟।]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*")
SHORT = re.compile(
    r"(?:^|[\s(\"“'‘])(?:[A-Z]|Mrs?|Ms|Drs?|Prof|St|Mt|Jr|Sr|No|vs|etc|e\.g|i\.e|cf|Fig|Vol|Nr|z\.B|d\.h|Hr|Fr|M)\.$"
)
NOBODY: Mapping[str, str] = {}
COMMA = re.compile(r"[,;:—–，、；：،؛]+\s*|\s+")


@dataclass(frozen=True)
class Say:
    """A sentence, or what stands between two marks, in the voice last asked for; "" is the one it began with."""

    text: str
    voice: str = ""


@dataclass(frozen=True)
class Rest:
    """Silence: seconds asked for by a mark, or, when None, the breath at the end of a line."""

    seconds: float | None = None


class BadMark(ValueError):
    """A mark that says something, but not how."""


class BadCast(ValueError):
    """A line of a cast list that names nobody, or no voice."""


def parse(text: str, cast: Mapping[str, str] = NOBODY) -> Iterator[Say | Rest]:
    """What to say and where to be silent, in order. Raises `BadMark`; other brackets are read out as they stand.

    `cast` gives voices by name: a line `Ada: words` is said in Ada's, to its end, and `[voice:Ada]` is Ada's too.
    """
    voice, at, silent = "", 0, 0.0
    text = cued(text, cast)
    for mark in MARK.finditer(text):
        yield from spoken(text[at : mark.start()], voice)
        at = mark.end()
        if mark[1].lower() == "voice":
            voice = cast.get(mark[2].lower(), mark[2])
        else:
            silent += (pause := seconds(mark[2]))
            if silent > ALL_PAUSES_S:
                raise BadMark("the pauses add up to more than an hour; write fewer or shorter ones")
            yield Rest(pause)
    yield from spoken(text[at:], voice)


def cued(text: str, cast: Mapping[str, str]) -> str:
    """The speakers' names before their lines made marks; after each line the voice is again the one it began with."""
    if not cast:
        return text
    names = "|".join(sorted(map(re.escape, cast), key=len, reverse=True))
    named = rf"[ \t]*((?i:{names}))[ \t]*[:：]"
    line = rf"^{named}[ \t]*(.*(?:\n(?!{named})[ \t]*[a-zà-öø-ÿ].*)*)"
    return re.sub(line, r"[voice:\1] \2 [voice:]", text, flags=re.MULTILINE)


def read_cast(said: str) -> dict[str, str]:
    """Voices by name, in small letters: `Ada = af_bella`, one a line or with commas between. Raises `BadCast`."""
    cast = {}
    for line in filter(str.strip, re.split(r"[\n,;]", said)):
        name, equals, voice = (part.strip() for part in line.partition("="))
        if not (name and equals and voice) or re.search(r"[\[\]]", line):
            raise BadCast(f"{line.strip()[:60]!r} gives nobody a voice; write one a line: Ada = en-gb+f3")
        cast[name.lower()] = voice
    return cast


def seconds(said: str) -> float:
    found = PAUSE.fullmatch(said)
    length = float(found[1]) / (1000 if found[2].lower() == "ms" else 1) if found else -1
    if not 0 <= length <= LONGEST_PAUSE_S:
        raise BadMark(
            f"[pause:{said[:40]}] is not a pause; write [pause:1s] or [pause:500ms], {LONGEST_PAUSE_S:.0f} s at most"
        )
    return length


def spoken(text: str, voice: str) -> Iterator[Say | Rest]:
    """A line's end is a breath, unless the next goes on in lower case, as lines wrapped by an editor do."""
    lines = re.split(r"\s*\n\s*(?![a-zà-öø-ÿ])", text)
    for n, line in enumerate(lines):
        if n:
            yield Rest()
        for sentence in sentences(" ".join(line.split())):
            yield from (Say(part, voice) for part in breaths(sentence))


def sentences(line: str) -> Iterator[str]:
    """A line cut after its full stops; those of `Mr.` and of initials, and those before a small letter, are none."""
    at = 0
    for stop in STOP.finditer(line):
        following = line[stop.end() :].lstrip()
        if stop[0] == "." and (following[:1].islower() or SHORT.search(line[at : stop.end()])):
            continue
        yield line[at : stop.end()].strip()
        at = stop.end()
    if rest := line[at:].strip():
        yield rest


def breaths(sentence: str) -> Iterator[str]:
    """A sentence too long for one breath in parts, cut at the last comma, else the last space, that fits."""
    while len(sentence) > LONGEST:
        gaps = [gap for gap in COMMA.finditer(sentence, LONGEST // 4, LONGEST) if gap.end() < LONGEST]
        best = max(gaps, key=lambda gap: (not gap[0].isspace(), gap.end()), default=None)
        cut = best.end() if best else LONGEST
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence
