"""Reads a prompt into a description of a scene. Pure: the same words give the same description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from pipelines.draft.painting import words

TABLES = {
    "place": words.PLACES,
    "hour": words.HOURS,
    "weather": words.WEATHERS,
    "season": words.SEASONS,
    "mood": words.MOODS,
    "style": words.STYLES,
    "camera": words.CAMERAS,
    "subject": words.SUBJECTS,
    "colour": words.COLOURS,
    "idiom": {"": words.IDIOMS},
}
COUNTED = frozenset(["subject", "place", "hour", "weather", "season", "camera", "idiom"])
LONGEST = 3  # words in a phrase the tables know

HOMES = {
    "sea": ("fishing boat", "sailboat", "ship", "whale"),
    "beach": ("lighthouse", "kite", "palm"),
    "forest": ("fox", "wolf", "deer", "mushroom", "cabin", "pine", "waterfall"),
    "field": ("house", "windmill", "horse", "cow", "train", "tree", "balloon", "flowers", "child", "rainbow", "fence"),
    "street": ("car", "bus", "bicycle", "umbrella", "cat", "lantern"),
    "room": ("candle", "book", "violin", "guitar", "vase", "chair", "clock"),
    "kitchen": ("cup", "teapot", "bread", "fruit", "bottle"),
    "space": ("rocket", "satellite", "ufo", "planet"),
    "planet": ("astronaut", "robot"),
    "underwater": ("fish", "jellyfish"),
    "mountains": ("castle", "tent", "campfire", "dragon", "bird", "plane", "church", "person", "bridge"),
    "snowfield": ("snowman",),
    "desert": ("cactus", "statue", "elephant"),
}
"""Where a thing is found when no place is named."""

ANYWHERE = ("mountains", "sea", "field", "lake", "forest", "desert", "village", "beach", "city", "river")
PLEASING = ("golden", "dawn", "sunset", "morning", "dusk", "golden", "night", "morning")
DAYTIME = {"storm": "dusk", "rain": "dusk", "fog": "morning", "snow": "morning", "clouds": "golden"}


@dataclass(frozen=True)
class Subject:
    name: str
    count: int = 1
    colour: str = ""


@dataclass(frozen=True)
class Description:
    """What is to be seen. Every field is a key of its table in words.py; an empty one was not named."""

    place: str
    backdrop: str
    hour: str
    weather: str
    season: str
    mood: str
    style: str
    camera: str
    subjects: tuple[Subject, ...]
    tint: str
    lit: bool
    """Whether an hour, a weather or a mood was said, and is not the painter's own choice."""
    salt: int
    """A number made of all the words, the unknown ones too, so that every word moves the composition."""


def read(prompt: str, unwanted: str = "") -> Description:
    """`prompt` as a description; what `unwanted` names is left out of it."""
    found = phrases(prompt)
    refused = {(kind, name) for kind, name, _ in phrases(unwanted)}
    found = [f for f in found if f[:2] not in refused]
    salt = number(" ".join(tokens(prompt)) + "|" + " ".join(tokens(unwanted)))

    def first(kind: str) -> str:
        return next((name for k, name, _ in found if k == kind), "")

    subjects, tint = things(found, salt)
    places = sorted({n for k, n, _ in found if k == "place"}, key=list(words.PLACES).index)
    place = places[0] if places else home(subjects, salt)
    weather = first("weather")
    hour = first("hour") or by_hour(subjects, weather, salt)
    return Description(
        place=place,
        backdrop=next((p for p in places[1:] if p != place), ""),
        hour=hour,
        weather=weather or ("clear", "clouds", "clouds")[salt // 7 % 3],
        season=first("season"),
        mood=first("mood"),
        style=first("style"),
        camera=first("camera"),
        subjects=subjects,
        tint=tint,
        lit=any(kind in ("hour", "weather", "mood") for kind, _, _ in found),
        salt=salt,
    )


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())[:800]


def number(text: str) -> int:
    """A stable number of 48 bits for any text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")


@cache
def index() -> dict[str, tuple[tuple[str, str], ...]]:
    """Phrase to the (table, name) pairs it stands for; one word may mean several things."""
    known: dict[str, list[tuple[str, str]]] = {}
    for kind, table in TABLES.items():
        for name, phrases_of in table.items():
            for phrase in dict.fromkeys([*phrases_of.split("|"), *([name] if kind not in ("colour", "idiom") else [])]):
                known.setdefault(phrase, []).append((kind, name))
    return {phrase: tuple(dict.fromkeys(means)) for phrase, means in known.items()}


def singulars(word: str) -> list[str]:
    """The word, and what it may be the plural of: ponies, foxes, leaves, boats."""
    forms = [word]
    for ending, instead in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            forms.append(word[: -len(ending)] + instead)
    return forms


def phrases(text: str) -> list[tuple[str, str, int]]:
    """Every known phrase in order as (table, name, count); "no" and "without" strike out the one that follows."""
    said = tokens(text)
    found: list[tuple[str, str, int]] = []
    at, struck = 0, False
    count = 0
    while at < len(said):
        length, means, plural = longest(said, at)
        if said[at : at + 2][1:] == ["of"] and said[at] in words.NUMBERS:
            means = ()  # "a pair of foxes" is no couple
        if means:
            if said[at] in words.NUMBERS and length == 1:
                count = words.NUMBERS[said[at]]  # a flock
            if not struck:
                counted = 0 if plural and count == 1 else count or (0 if plural else 1)
                found += [(kind, name, counted) for kind, name in means]
            struck = False
            # A number belongs to the next thing named; its colour, its mood or its style may stand between.
            if any(kind in COUNTED for kind, _ in means):
                count = 0
        elif said[at] in ("no", "without", "not", "never"):
            struck = True
        elif said[at] in words.NUMBERS:
            count = words.NUMBERS[said[at]]
        elif said[at].isdecimal():
            count = min(14, int(said[at][:4]))
        at += length
    return found


def longest(said: list[str], at: int) -> tuple[int, tuple[tuple[str, str], ...], bool]:
    """The longest known phrase from a word on: how many words, what it means, and whether it names several."""
    known = index()
    for length in range(min(LONGEST, len(said) - at), 0, -1):
        start = " ".join(said[at : at + length - 1])
        for last in singulars(said[at + length - 1]):
            if means := known.get(f"{start} {last}".strip()):
                several = last in words.PLURALS or f"{start} {last}" in words.PLURALS
                return length, means, several or last != said[at + length - 1]
    return 1, (), False


def things(found: list[tuple[str, str, int]], salt: int) -> tuple[tuple[Subject, ...], str]:
    """The subjects, each wearing the colour said before it; a colour left over tints the picture. Several without a
    number are two to four."""
    subjects: dict[str, Subject] = {}
    tint = colour = ""
    for kind, name, count in found:
        if kind == "colour":
            tint, colour = tint or colour, name
        elif kind == "subject":
            subjects.setdefault(name, Subject(name, count or 2 + salt // 13 % 3, colour))
            colour = ""
        elif kind in ("place", "hour", "weather"):
            tint, colour = tint or colour, ""
    return tuple(subjects.values())[:6], tint or colour


def home(subjects: tuple[Subject, ...], salt: int) -> str:
    for subject in subjects:
        for place, things_of in HOMES.items():
            if subject.name in things_of:
                return place
    return ANYWHERE[salt // 5 % len(ANYWHERE)]


def by_hour(subjects: tuple[Subject, ...], weather: str, salt: int) -> str:
    names = {s.name for s in subjects}
    if names & {"moon", "stars", "aurora", "lantern", "candle", "campfire"}:
        return "night"
    return DAYTIME.get(weather) or PLEASING[salt // 3 % len(PLEASING)]
