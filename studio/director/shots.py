"""What is seen and heard: lines become shots, with pictures that any model can draw, a camera that moves for a reason,
and what they share said once, so that it stays the same from shot to shot."""

from __future__ import annotations

import re
from hashlib import blake2b

from studio.director.plan import CAMERAS, MOST_CAST, Brief, Plan, Shot
from studio.director.reading import Reading, read
from studio.director.script import Told, script
from studio.director.stock import BY_KIND, CAMERA, FRAMINGS, METAPHORS, MUSIC, PALETTES, SOUNDS
from studio.director.tongue import Found, lexicon


def plan(brief: Brief) -> Plan:
    """The built-in planner: needs nothing but the brief, and gives the same plan for the same one."""
    reading = read(brief.brief, brief.language)
    lines = script(reading, brief.seconds)
    seed = number(brief.brief)
    shots, last, hour, seen, scenes = list[Shot](), "", reading.named("hour")[:1], list[str](), list[object]()
    for n, told in enumerate(lines):
        hour = [thing for thing in told.about if thing.kind == "hour"][:1] or hour
        role = "open" if n == 0 else "close" if n == len(lines) - 1 else role_of(told, n)
        focus = [*focus_of(told, reading, n), *hour, *weather_of(told, reading)]
        prompt = picture(told, focus, reading, role, n)
        where = (told.scene, [thing.key for thing in focus if thing.kind in ("place", "hour")])
        scenes += [where] if not scenes or scenes[-1] != where else []
        camera = next((c for c in turned(CAMERA[role], seed + n) if c != last), CAMERAS[0])
        last = camera
        shots.append(
            Shot(id=f"s{n + 1}", scene=len(scenes) - 1, line=told.line, prompt=prompt, camera=camera,
                 seconds=max(1.5, told.seconds), title=titled(told, n, lines), sound=sound_of(told, reading),
                 cast=players(focus, reading),
                 seed=(seed + 101 * seen.count(prompt)) % 2**32)
        )  # fmt: skip
        seen.append(prompt)
    tune, bpm = music_of(reading)
    return Plan(
        title=reading.title, logline=logline(reading), structure=reading.structure,
        language=reading.language, look=look_of(reading, brief.style), bpm=bpm, seed=seed, shots=tuple(shots),
        music="" if brief.music == "none" else tune if brief.music in ("auto", "") else brief.music,
    )  # fmt: skip


def number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")


def turned(row: tuple[str, ...], by: int) -> tuple[str, ...]:
    return row[by % len(row) :] + row[: by % len(row)]


def role_of(told: Told, n: int) -> str:
    kinds = {thing.kind for thing in told.about}
    if told.step or kinds == {"subject"}:
        return "near" if n % 2 else "subject"
    return "wide" if kinds and "subject" not in kinds else ("subject", "wide", "near")[n % 3]


def focus_of(told: Told, reading: Reading, n: int) -> list[Found]:
    """What this shot shows: what its line names, and where that is; else what the film is about, each in its turn."""
    named = [thing for thing in told.about if thing.kind == "subject"][:3]
    subjects, places = reading.named("subject"), reading.named("place")
    if not named and subjects and (n % 3 or not places or told.role == "own"):
        named = [subjects[n % len(subjects)]]
    where = [thing for thing in told.about if thing.kind == "place"][:2] or places[:1]
    return [*named, *where]


def weather_of(told: Told, reading: Reading) -> list[Found]:
    """The line's own weather and season, else the film's."""
    return [thing for kind in ("weather", "season") for thing in
            ([t for t in told.about if t.kind == kind] or reading.named(kind))[:1]]  # fmt: skip


def picture(told: Told, focus: list[Found], reading: Reading, role: str, n: int) -> str:
    """The prompt: who and what, framed; where; when. An English brief's own words come with it."""
    subjects = [cast(thing, reading) for thing in focus if thing.kind == "subject"]
    places = [thing.key for thing in focus if thing.kind == "place"]
    light = [thing.key for thing in focus if thing.kind not in ("subject", "place")]
    seen = " and ".join(subjects)
    if not seen and not places:
        options = METAPHORS[reading.structure]
        seen = options[(number(reading.topic) + n) % len(options)]
    framed = FRAMINGS[role].format(seen or places[0])
    words = [framed, *(places if seen else places[1:]), *light]
    if told.role == "own" and reading.language == "en" and len(told.seen.split()) > 2 and "?" not in told.seen:
        words.append(re.sub(r"\s+", " ", told.seen).strip(" .")[:300])
    return ", ".join(dict.fromkeys(words))[:1500]


def cast(thing: Found, reading: Reading) -> str:
    """A subject as the brief describes it, the same in every shot: "an old dog with a red scarf"; else by its name."""
    if reading.language != "en":
        return thing.key
    table, _ = lexicon("en")
    worn = "|".join(re.escape(word) for word in (*CLOTHES, *(w for w in table if table[w][0][0] == "subject")))
    described = re.search(
        rf"\b(?:an?|the|his|her|two|three|one)\s+(?:[a-z-]+\s+){{0,2}}?{re.escape(thing.word)}"
        rf"(?:\s+(?:with|in|wearing)\s+(?:an?|his|her)\s+(?:[a-z-]+\s+)?(?:{worn}))?\b",
        reading.topic.lower(),
    )
    known = thing.key if not described or thing.key.split()[-1] not in described[0] else ""
    return ", ".join(part for part in (described[0] if described else "", known) if part)


SKY = ("aurora", "moon", "rainbow", "stars", "sun")
CLOTHES = ("coat", "hat", "scarf", "dress", "jacket", "shirt", "beard", "hair", "eyes", "cloak", "boots")


def players(focus: list[Found], reading: Reading) -> tuple[str, ...]:
    """Who and what of a shot must look the same in others; the sky does by itself."""
    seen = [cast(thing, reading) for thing in focus if thing.kind == "subject" and thing.key not in SKY]
    return tuple(dict.fromkeys(seen))[:MOST_CAST]


def titled(told: Told, n: int, lines: list[Told]) -> str:
    """Words on the picture: a step's number and name. The film's own title stands over its first shot by itself."""
    if not told.step:
        return ""
    number = sum(line.step for line in lines[: n + 1])
    words = told.line.rstrip(".").split()
    return f"{number}. {' '.join(words[:6])}{'…' if len(words) > 6 else ''}"


def sound_of(told: Told, reading: Reading) -> str:
    """What is heard beneath: the same through a film of one place, and each scene's own in a script of several."""
    own = told.about if told.scene or reading.written else ()
    heard = [SOUNDS[thing.key] for thing in own or reading.things if thing.key in SOUNDS]
    return ", ".join(dict.fromkeys(", ".join(heard[:2]).split(", ")))[:120]


def music_of(reading: Reading) -> tuple[str, int]:
    mood = reading.moods[0] if reading.moods else ""
    if reading.structure in ("explainer", "how-to", "product") and mood not in ("ominous", "melancholy"):
        return BY_KIND[reading.structure]
    return MUSIC.get(mood) or BY_KIND[reading.structure]


def look_of(reading: Reading, style: str) -> str:
    """What every picture shares."""
    palette = [PALETTES[mood] for mood in reading.moods[:1]]
    return ", ".join([*palette, *([f"{style} style"] if style != "auto" else [])])


def logline(reading: Reading) -> str:
    return " ".join(p.line for p in reading.passages if p.line)[:300].strip() or reading.title
