"""Reads a prompt as a composer would: genre, mood, tempo, key, who plays, and how it begins and ends. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from pipelines.draft.score.genres import GENRES, Genre
from pipelines.draft.score.harmony import LETTERS, Key

WORD = r"[\w&'#]+"
ROLES = ("lead", "chords", "pad", "arp", "bass", "drums")

INSTRUMENTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "electric piano": (4, ("chords", "lead")),
    "rhodes": (4, ("chords", "lead")),
    "music box": (10, ("lead", "arp")),
    "piano": (0, ("chords", "lead", "arp")),
    "harpsichord": (6, ("chords", "lead")),
    "celesta": (8, ("lead", "arp")),
    "glockenspiel": (9, ("arp", "lead")),
    "bells": (14, ("arp", "lead")),
    "vibraphone": (11, ("lead", "chords")),
    "marimba": (12, ("arp", "chords", "lead")),
    "xylophone": (13, ("lead", "arp")),
    "dulcimer": (15, ("arp", "chords")),
    "church organ": (19, ("chords", "pad")),
    "organ": (16, ("chords", "pad", "lead")),
    "accordion": (21, ("lead", "chords")),
    "harmonica": (22, ("lead",)),
    "electric guitar": (27, ("lead", "chords")),
    "distorted guitar": (30, ("chords", "lead")),
    "acoustic guitar": (25, ("chords", "arp")),
    "nylon guitar": (24, ("chords", "arp")),
    "guitar": (25, ("chords", "lead", "arp")),
    "upright bass": (32, ("bass",)),
    "double bass": (32, ("bass",)),
    "synth bass": (38, ("bass",)),
    "slap bass": (36, ("bass",)),
    "bass": (33, ("bass",)),
    "violin": (40, ("lead",)),
    "fiddle": (110, ("lead",)),
    "viola": (41, ("lead", "pad")),
    "cello": (42, ("lead", "bass")),
    "pizzicato": (45, ("arp", "chords")),
    "harp": (46, ("chords", "arp")),
    "strings": (48, ("pad", "chords")),
    "choir": (52, ("pad", "lead")),
    "voices": (53, ("pad", "lead")),
    "trumpet": (56, ("lead",)),
    "trombone": (57, ("lead", "bass")),
    "tuba": (58, ("bass",)),
    "french horn": (60, ("lead", "pad")),
    "horns": (61, ("chords", "lead")),
    "horn": (60, ("lead",)),
    "brass": (61, ("chords", "lead")),
    "saxophone": (66, ("lead",)),
    "sax": (66, ("lead",)),
    "oboe": (68, ("lead",)),
    "bassoon": (70, ("lead", "bass")),
    "clarinet": (71, ("lead",)),
    "pan flute": (75, ("lead",)),
    "flute": (73, ("lead",)),
    "recorder": (74, ("lead",)),
    "whistle": (74, ("lead",)),
    "synth lead": (81, ("lead",)),
    "synthesizer": (81, ("lead", "arp")),
    "synth": (81, ("lead", "arp")),
    "pads": (89, ("pad",)),
    "pad": (89, ("pad",)),
    "sitar": (104, ("lead",)),
    "banjo": (105, ("arp", "chords")),
    "koto": (107, ("lead", "arp")),
    "kalimba": (108, ("arp", "lead")),
    "bagpipes": (109, ("lead", "pad")),
    "steel drums": (114, ("lead",)),
    "ukulele": (24, ("chords",)),
    "mandolin": (25, ("arp",)),
}
TWO_HANDED = {*range(8), *range(11, 28), 46, 105, 107}
"""Keyboards, mallets and strings that carry a bass and chords of their own."""
ROLE_WORDS = {
    "lead": ("melody", "lead", "tune"),
    "pad": ("pads", "pad"),
    "arp": ("arpeggio", "arpeggios", "arp"),
    "bass": ("bass", "bassline"),
    "drums": ("drums", "drum", "percussion", "beat", "beats", "drumless", "kick"),
}

MOODS: dict[str, tuple[float, float]] = {  # how bright, how lively, both -1 to 1
    "happy joyful cheerful joyous sunny merry bright": (0.9, 0.5),
    "playful quirky funny whimsical bouncy cute": (0.8, 0.4),
    "hopeful uplifting inspiring optimistic heartwarming warm": (0.7, 0.1),
    "triumphant heroic victorious glorious majestic": (0.6, 0.7),
    "epic powerful massive intense huge": (-0.2, 0.9),
    "energetic upbeat driving exciting lively fast-paced": (0.4, 0.8),
    "romantic tender loving sweet": (0.4, -0.4),
    "calm peaceful gentle relaxing serene soothing soft quiet tranquil": (0.4, -0.8),
    "dreamy ethereal floating airy": (0.3, -0.6),
    "nostalgic bittersweet wistful": (-0.2, -0.4),
    "sad melancholic melancholy sorrowful lonely mournful somber gloomy": (-0.9, -0.6),
    "dark ominous sinister brooding menacing": (-0.9, 0.0),
    "tense suspenseful anxious nervous urgent": (-0.8, 0.4),
    "scary creepy eerie haunting spooky": (-1.0, -0.3),
    "mysterious enigmatic curious": (-0.6, -0.3),
    "angry aggressive furious brutal": (-0.8, 1.0),
}
PACES = {
    "very slow": 0.1,
    "largo": 0.05,
    "adagio": 0.15,
    "slow": 0.2,
    "downtempo": 0.2,
    "andante": 0.35,
    "laid-back": 0.3,
    "moderate": 0.5,
    "mid-tempo": 0.5,
    "moderato": 0.5,
    "allegro": 0.85,
    "up-tempo": 0.9,
    "uptempo": 0.9,
    "very fast": 1.2,
    "fast": 1.0,
    "quick": 0.9,
    "presto": 1.2,
}
SOFT = r"(?:calm|soft|quiet|gent(?:le|)|peaceful|slow|sparse)"
SHAPES = {
    "rise": r"crescendo|build(?:s|ing)? up|builds?\b|building|swell(?:s|ing)?|rising|gradual(?:ly)?|grow(?:s|ing)?",
    "drop": r"\bdrops?\b",
    "calm end": rf"{SOFT} (?:end|ending|outro|finish)|ends? {SOFT}(?:ly)?\b",
    "big end": r"(?:big|grand|huge|loud|epic|triumphant|powerful|explosive) (?:end|ending|finish|finale|climax)|climax",
    "calm start": rf"{SOFT} (?:start|intro|opening|beginning)|(?:starts?|begins?) {SOFT}(?:ly)?\b",
    "fade": r"fade[sd]?[ -]?out|fading out|fades? (?:away|to)",
    "steady": r"\bsteady\b|constant|background|underscore|\bbed\b",
    "no intro": r"(?:no|without) (?:an )?intro",
}


@dataclass(frozen=True)
class Brief:
    """What will be composed. `bright` and `lively` are -1 to 1; `bpm` is 0 where the tempo is free."""

    genre: Genre
    key: Key
    bpm: float
    pace: float
    metre: int
    bright: float
    lively: float
    programs: dict[str, int]
    silent: frozenset[str]
    shapes: frozenset[str]
    duration_s: float
    loop: bool
    heard: tuple[str, ...] = field(default=())

    @property
    def note(self) -> str:
        """What was understood, in a person's words."""
        return ", ".join((self.genre.name, str(self.key), *self.heard))


def read(
    prompt: str, rng: np.random.Generator, genre: str, bpm: float, key: str, duration_s: float, loop: bool
) -> Brief:
    """A prompt as a brief; `genre`, `bpm` and `key` win over the prompt unless they are "auto", 0 and "auto"."""
    text = " ".join(prompt.lower().split())
    moods = [(words, mood) for words, mood in MOODS.items() if any(_said(word, text) for word in words.split())]
    bright = float(np.mean([m[0] for _, m in moods])) if moods else 0.0
    lively = float(np.mean([m[1] for _, m in moods])) if moods else 0.0
    style = GENRES[genre] if genre != "auto" else _genre(text, lively, bright, bool(moods), rng)
    programs, silent = _players(text, style, rng)
    said_bpm = re.search(r"(\d{2,3}(?:\.\d+)?)\s*-?\s*(?:bpm|beats per minute)", text)
    stated = bpm or (float(said_bpm[1]) if said_bpm and 20 <= float(said_bpm[1]) <= 300 else 0.0)
    pace = max(
        (p for word, p in PACES.items() if _said(word, text)), key=lambda p: abs(p - 0.5), default=0.5 + 0.35 * lively
    )
    metre = 3 if re.search(r"\b(3/4|6/8|three[- ]four)\b", text) else style.metre
    shapes = frozenset(name for name, pattern in SHAPES.items() if re.search(pattern, text))
    heard = tuple(word for words, _ in moods for word in words.split() if _said(word, text))
    return Brief(
        style,
        _key(prompt, key, style, bright, rng),
        stated,
        pace,
        metre,
        bright,
        lively,
        programs,
        silent,
        shapes,
        duration_s,
        loop,
        heard + tuple(sorted(shapes)),
    )


def _said(word: str, text: str) -> bool:
    text, word = _plain(text), _plain(word)
    return word in text or f"{word[:-1]}s " in text


@lru_cache(maxsize=2048)
def _plain(text: str) -> str:
    """Words alone, a space on each side of every one."""
    return f" {' '.join(re.findall(WORD, text))} "


def _genre(text: str, lively: float, bright: float, moody: bool, rng: np.random.Generator) -> Genre:
    """The genre the prompt names, longest name first; else the one its other words point to, or its mood."""
    named = [(len(word), genre.name) for genre in GENRES.values() for word in genre.words if _said(word, text)]
    if named:
        return GENRES[max(named)[1]]
    hinted = {g.name: sum(_said(hint, text) for hint in g.hints) for g in GENRES.values()}
    if _said("piano", text) and not any(_said(word, text) for word in INSTRUMENTS if "piano" not in word):
        hinted["piano"] += 2
    best = max(hinted.values())
    if best:
        return GENRES[max(hinted, key=lambda name: hinted[name])]
    if not moody:
        return GENRES[str(rng.choice(["cinematic", "ambient", "folk", "pop", "lo-fi", "orchestral"]))]
    if lively > 0.35:
        return GENRES["pop" if bright > 0.2 else "cinematic"]
    if lively < -0.25:
        return GENRES["ambient" if bright > -0.1 else "piano"]
    return GENRES["folk" if bright > 0 else "suspense"]


def _key(prompt: str, chosen: str, genre: Genre, bright: float, rng: np.random.Generator) -> Key:
    """The stated key; else a tonic by chance, in the mode the mood asks for or the genre is used to."""
    sharps = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
    name = re.compile(
        r"\b(?:in |key of )?([A-Ga-g])[ -]?(#|♯|♭|sharp|flat|b(?![a-z]))?[ -]?(major|minor|maj|min|dorian|phrygian|m)\b"
    )
    for found in name.finditer(prompt if chosen == "auto" else chosen):
        letter, sign, mode = found.groups()
        if letter == "a" and not sign and not found[0].startswith(("in ", "key of ")):
            continue  # "a minor mishap"
        tonic = (LETTERS[letter.lower()] + sharps.get(sign, 0)) % 12
        return Key(tonic, {"maj": "major", "min": "minor", "m": "minor"}.get(mode, mode))
    mode = genre.mode
    if re.search(r"\bmajor\b", prompt.lower()) or (bright > 0.45 and mode in ("minor", "phrygian")):
        mode = "major"
    elif re.search(r"\bminor\b", prompt.lower()) or (bright < -0.35 and mode == "major"):
        mode = "minor"
    bare = re.search(r"\b(?:in|key of) ([A-G])(#|b)?(?=[\s,.;]|$)", prompt)
    tonic = int(rng.choice([0, 2, 3, 4, 5, 7, 9, 10]))
    if bare:
        tonic = (LETTERS[bare[1].lower()] + sharps.get(bare[2], 0)) % 12
    return Key(tonic, mode)


def _players(text: str, genre: Genre, rng: np.random.Generator) -> tuple[dict[str, int], frozenset[str]]:
    """Who plays each role, and which roles stay silent."""
    for word in sorted((w for g in GENRES.values() for w in g.words), key=len, reverse=True):
        if not (word in ("choir", "beat") or "piano" in word):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", text)
    refused = " ".join(re.findall(r"\b(?:no|without|minus|sans)\s+([^,.;]*?)(?=$|[,.;]|\bwith\b|\bbut\b|\bin\b)", text))
    silent = {role for role, words in ROLE_WORDS.items() if any(_said(word, refused) for word in words)}
    if _said("drumless", text):
        silent.add("drums")
    asked = text.replace(refused, " ") if refused else text
    seats = {
        "lead": genre.lead,
        "chords": genre.chords,
        "pad": genre.pad,
        "arp": genre.arp,
        "bass": genre.bass,
    }
    programs = {role: int(rng.choice(seat)) for role, seat in seats.items() if seat}
    taken: set[str] = set()
    left = asked
    for word, (program, roles) in INSTRUMENTS.items():
        plain = word.removesuffix("s")
        if _said(word, left) or (word.endswith("s") and len(plain) > 4 and _said(plain, left)):
            left = re.sub(rf"\b{re.escape(word)}", " ", left)
            role = next((r for r in roles if r not in taken), None)
            if role:
                programs[role] = program
                taken.add(role)
        elif _said(word, refused):
            for role in [r for r, p in programs.items() if p == program and r not in taken]:
                del programs[role]
    company = {"solo": 1, "only": 1, "just": 1, "unaccompanied": 1, "duet": 2, "duo": 2, "trio": 3}
    if any(_said(word, asked) and len(taken) >= players for word, players in company.items()):
        silent |= set(ROLES) - taken
        first = next((programs[role] for role in ("chords", "lead") if role in taken), -1)
        if first in TWO_HANDED:
            silent -= {"lead", "chords", "bass"}
            programs |= dict.fromkeys({"lead", "chords", "bass"} - taken, first)
    if genre.kit is None and not any(_said(w, asked) for w in ("drums", "drum", "percussion", "beat", "beats")):
        silent.add("drums")
    return {role: program for role, program in programs.items() if role not in silent}, frozenset(silent)
