"""WebVTT: cues to text and back, each word with its own time. Pure. After https://www.w3.org/TR/webvtt1/."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

STAMP = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMES = re.compile(rf"^\s*{STAMP}[ \t]+-->[ \t]+{STAMP}(?:[ \t].*)?$", re.ASCII)
TAG = re.compile(rf"<{STAMP}>|<[^>]*>?", re.ASCII)
# A dash or an ellipsis standing alone goes with the word before it.
WORD = re.compile(r"\S+(?:[ \t]+[^\w\s]+(?!\S))*")
# What a line feed alone does not end, and what would end a cue or a tag.
BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


class Word(NamedTuple):
    """A word as written, its punctuation with it, and when it is said, in seconds from the start of the file."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Cue:
    """Lines shown together, in seconds from the start of the file. `words` are found in `text` in their order."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()


def write(cues: Iterable[Cue]) -> str:
    """A WebVTT file. Times are rounded to milliseconds; text is escaped, and holds no empty line."""
    blocks = (f"{stamp(ms(c.start_s))} --> {stamp(max(ms(c.end_s), ms(c.start_s) + 1))}\n{body(c)}\n" for c in cues)
    return "\n".join(["WEBVTT\n", *blocks])


def read(text: str) -> list[Cue]:
    """The cues of a WebVTT file, in time's order. Notes, styles and regions are left out, tags dropped, and cues that
    cannot be read passed over. A word's end is the next stamp; words between the same two stamps share the time."""
    blocks = re.split(r"\n[ \t]*\n", BREAKS.sub("\n", text.removeprefix("\ufeff")).strip("\n"))
    return sorted((cue for block in blocks if (cue := cue_of(block))), key=lambda cue: (cue.start_s, cue.end_s))


def ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def stamp(at: int) -> str:
    """`00:01:02.345`, from milliseconds."""
    return f"{at // 3600000:02}:{at // 60000 % 60:02}:{at // 1000 % 60:02}.{at % 1000:03}"


def seconds(parts: Iterable[str | None]) -> float:
    hours, minutes, secs, millis = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + secs + millis / 1000


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def body(cue: Cue) -> str:
    """The cue's text with a stamp where a word begins and, before a silence, where it ends. Stamps must rise, and lie
    inside the cue."""
    text = re.sub(r"\n\s*\n", "\n", BREAKS.sub("\n", cue.text)).strip("\n").replace("\x00", "")
    out, at, last = "", 0, ms(cue.start_s)
    for n, word in enumerate(cue.words):
        found = text.find(word.text, at)
        if found < 0 or not word.text:
            continue
        out += escaped(text[at:found])
        at = found + len(word.text)
        begins, ends = ms(word.start_s), ms(word.end_s)
        following = ms(cue.words[n + 1].start_s) if n + 1 < len(cue.words) else ms(cue.end_s)
        if last < begins < ms(cue.end_s):
            out += f"<{stamp(begins)}>"
            last = begins
        out += escaped(word.text)
        if last < ends < min(following, ms(cue.end_s)):
            out += f"<{stamp(ends)}>"
            last = ends
    return out + escaped(text[at:])


def cue_of(block: str) -> Cue | None:
    lines = block.split("\n")
    place = next((n for n, line in enumerate(lines[:2]) if "-->" in line), None)
    times = TIMES.match(lines[place]) if place is not None else None
    if times is None or place is None or re.match(r"NOTE(\s|$)", lines[0]):
        return None
    start, end = seconds(times.groups()[:4]), seconds(times.groups()[4:])
    parts = list(pieces("\n".join(lines[place + 1 :]), start))
    text = "".join(piece for _, piece in parts).strip()
    if not text or end <= start:
        return None
    return Cue(start, end, text, tuple(spoken(parts, end)) if len(parts) > 1 else ())


def pieces(marked: str, start: float) -> Iterator[tuple[float, str]]:
    """The text between stamps, and when each piece begins."""
    at, held, begins = 0, "", start
    for tag in TAG.finditer(marked):
        held, at = held + html.unescape(marked[at : tag.start()]), tag.end()
        if tag[2] is not None:
            if held:
                yield begins, held
            held, begins = "", seconds(tag.groups())
    yield begins, held + html.unescape(marked[at:])


def spoken(parts: list[tuple[float, str]], end: float) -> Iterator[Word]:
    for (begins, text), (ends, _) in zip(parts, [*parts[1:], (end, "")], strict=True):
        words = WORD.findall(text)
        share = (ends - begins) / max(1, sum(map(len, words)))
        for word in words:
            yield Word(word, begins, begins := begins + share * len(word))
