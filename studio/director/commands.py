"""The commands that are understood without a language model, each a pattern and the tool it calls. Pure; documented in
docs/assistant.md, which a test holds against this table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SHOT = rf"(?:the )?(?:(?P<nth>{'|'.join(ORDER)}|last|\d+(?:st|nd|rd|th)) shot|shot (?P<n>\d+))"
LOUDER_DB = 3.0
ROWS = "voice|narration|narrator|music|sounds?|effects"
KINDS = "picture|image|video|shot|sound"
Call = tuple[str, dict[str, Any]]


def nth(found: re.Match[str], shots: int) -> int:
    """Which shot was meant, counted from 1."""
    if found["n"]:
        return int(found["n"])
    said = found["nth"].lower()
    if said == "last":
        return max(1, shots)
    return ORDER.index(said) + 1 if said in ORDER else int(re.sub(r"\D", "", said))


def rows(said: str) -> str:
    return {"narration": "voice", "narrator": "voice", "sounds": "sound", "effects": "sound"}.get(said, said)


TABLE: list[tuple[str, str, Callable[[re.Match[str], int], Call]]] = [
    ("make the third shot a night scene", rf"(?:make|turn) {SHOT} (?:into )?(?:an? )?(?P<how>.+)",
     lambda m, shots: ("retake", {"shot": nth(m, shots), "change": re.sub(r" (?:scene|shot)$", "", m["how"])})),
    ("shot 2: a boat in the fog", rf"{SHOT}\s*:\s*(?P<how>.+)",
     lambda m, shots: ("retake", {"shot": nth(m, shots), "change": m["how"]})),
    ('say "Nobody came back." in shot 2', rf"say [\"“'](?P<line>.+?)[\"”'] (?:in|over) {SHOT}",
     lambda m, shots: ("line", {"shot": nth(m, shots), "line": m["line"]})),
    ("shorten it to 20 seconds",
     r"(?:shorten|cut|trim) (?:it|the film|this)?\s*(?:down )?to (?P<s>\d+(?:\.\d+)?)\s*(?:s|sec|seconds?)",
     lambda m, _: ("shorten", {"seconds": float(m["s"])})),
    ("find the boat pictures",
     rf"(?:find|search|look for|show me)(?: for)? (?:the |my |all )?(?P<q>.+?)(?P<kind> (?:{KINDS})s?)?",
     lambda m, _: ("search", {"query": m["q"], "kind": kind_of(m["kind"])})),
    ("warmer music under the ending",
     r"(?:make the music |(?P<music>(?=.*\bmusic\b)))(?P<how>.+?)(?: music)?(?: under .+)?",
     lambda m, _: ("music", {"change": re.sub(r"\bmusic\b:?\s*", "", m["how"]).strip()})),
    ("the voice louder",
     rf"(?:make )?(?:the )?(?P<row>{ROWS}) (?:much |a little |a bit )?(?P<way>louder|quieter|softer)",
     lambda m, _: ("volume", {"row": rows(m["row"].lower()), "db": LOUDER_DB * (1 if m["way"] == "louder" else -1)})),
    ("title: The Last Boat", r"(?:title|call it)\s*:?\s+(?P<text>.+)",
     lambda m, _: ("title", {"text": m["text"].strip("\"“”")})),
    ("captions off", r"(?:turn )?(?:the )?captions (?P<on>on|off)|(?P<hide>hide|show) (?:the )?captions",
     lambda m, _: ("captions", {"on": m["on"] == "on" or (m["hide"] or "").lower() == "show"})),
    ("export as webm", r"export(?: it| the film)?(?: (?:as|to) (?P<f>\w+))?",
     lambda m, _: ("export", {"format": (m["f"] or "mp4").lower()})),
]  # fmt: skip
"""An example, the pattern, and the call, tried from the first to the last; `FIRST` go before all others."""
FIRST = ("the voice louder", "captions off")


def kind_of(said: str | None) -> str:
    word = (said or "").strip().rstrip("s")
    return {"picture": "image", "image": "image", "video": "video", "shot": "video", "sound": "audio"}.get(word, "")


def understood(text: str, shots: int) -> list[Call]:
    """The calls a request asks for, several joined by "and then" or a semicolon; none when a part is not understood."""
    calls = list[Call]()
    for part in re.split(r"\s*(?:;|,? and then |\. (?=[A-Z]))\s*", text.strip().rstrip(".!")):
        call = one(part.strip(), shots)
        if call is None:
            return []
        calls.append(call)
    return calls


def one(part: str, shots: int) -> Call | None:
    for _, pattern, call in sorted(TABLE, key=lambda row: row[0] not in FIRST):
        if found := re.fullmatch(r"(?:please )?" + pattern, part, re.I):
            return call(found, shots)
    return None
