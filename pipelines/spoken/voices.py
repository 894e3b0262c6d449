"""What a voice is, whatever speaks with it, and which one is nearest to another."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

SAME = {"cmn": "zh", "zh-cn": "zh", "zh-hans": "zh"}


class Voice(NamedTuple):
    """A voice by the id a request names it by; `language` is a BCP 47 tag, `sex` is f, m, or not said."""

    id: str
    name: str
    language: str
    sex: str = ""


def tag(language: str) -> str:
    """The language in small letters, by its most common name: en-gb, zh."""
    plain = language.strip().lower().replace("_", "-")
    return SAME.get(plain, plain)


def nearest(voices: Iterable[Voice], language: str, sex: str = "") -> Voice | None:
    """The first of the voices that speaks that language, of that sex and accent if there is such a one."""
    wanted = tag(language)

    def far(voice: Voice) -> tuple[bool, bool]:
        return tag(voice.language) != wanted, bool(sex) and voice.sex != sex

    able = [voice for voice in voices if tag(voice.language).split("-")[0] == wanted.split("-")[0]]
    return min(able, key=far, default=None)


def offered(schema: dict[str, Any], voices: Iterable[Voice]) -> None:
    """Add the voices to an option's schema as suggestions with their names, and `auto`, which finds one."""
    found = list(voices)
    schema |= {"examples": ["auto", *(v.id for v in found)], "x-names": {v.id: v.name for v in found}}


def meant(voices: Iterable[Voice], said: str) -> str:
    """`did you mean …? ` for what is nearly a voice's id or name; else nothing."""
    ids = {name.lower(): voice.id for voice in voices for name in (voice.id, voice.name)}
    near = [ids[match] for match in get_close_matches(said.lower(), list(ids), 2, 0.6)]
    return f"did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""
