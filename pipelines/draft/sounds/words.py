"""Reads a prompt as a sound editor would: which sounds, how heavy, how fast, how far away, in what room. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.draft.sounds.table import MOODS, SCENES, SOUNDS, Sound

HEAVY = {
    "light": 0.15,
    "lightly": 0.15,
    "gentle": 0.15,
    "gently": 0.15,
    "soft": 0.2,
    "softly": 0.2,
    "quiet": 0.2,
    "faint": 0.1,
    "calm": 0.2,
    "small": 0.2,
    "little": 0.2,
    "tiny": 0.05,
    "drizzle": 0.0,
    "breeze": 0.1,
    "babbling": 0.2,
    "heavy": 0.95,
    "heavily": 0.95,
    "strong": 0.9,
    "loud": 0.9,
    "big": 0.85,
    "large": 0.85,
    "huge": 1.0,
    "massive": 1.0,
    "violent": 1.0,
    "intense": 0.95,
    "fierce": 0.95,
    "rough": 0.9,
    "deep": 0.85,
    "downpour": 1.0,
    "gale": 1.0,
    "blizzard": 0.95,
    "waterfall": 1.0,
    "explosion": 1.0,
    "gong": 1.0,
    "busy": 0.9,
    "roaring": 1.0,
}
PACE = {
    "slow": 0.6,
    "slowly": 0.6,
    "lazy": 0.65,
    "sparse": 0.5,
    "fast": 1.7,
    "quick": 1.6,
    "quickly": 1.6,
    "rapid": 1.9,
    "running": 1.55,
    "frantic": 2.0,
    "racing": 1.7,
    "sprinting": 1.9,
    "hurried": 1.5,
}
FAR = r"\b(?:distant|distance|far|faraway|afar|remote|background)\b"
MUFFLED = r"\b(?:muffled|indoors|through (?:a|the) (?:wall|window|door)|behind (?:a|the|closed) \w+|next door|inside)\b"
TINNY = (
    r"\b(?:on|over|through|from) (?:(?:a|an|the) )?(?:old )?(?:radio|phone|telephone|tv|television|walkie[- ]talkie)\b"
    r"|\btinny\b"
)
ROOMS = {
    "cave": 4.0,
    "cavern": 4.5,
    "cathedral": 5.5,
    "church": 3.5,
    "hall": 2.4,
    "hallway": 1.6,
    "corridor": 1.6,
    "tunnel": 3.0,
    "canyon": 3.5,
    "valley": 3.0,
    "room": 0.5,
    "bathroom": 0.8,
    "garage": 1.4,
    "warehouse": 2.8,
    "stairwell": 2.0,
    "echo": 2.4,
    "echoing": 2.4,
    "reverb": 2.4,
}
PLAIN = {
    *("a", "an", "the", "of", "in", "on", "at", "and", "to", "with", "over", "from", "into", "under", "near", "by"),
    *("for", "is", "are", "as", "it", "its", "then", "while", "some", "very", "really", "background", "ambient"),
    *("sound", "sounds", "noise", "effect", "ambience"),
}
_JOINTS = re.compile(r"[,.;:]|\b(?:and|with|over|while|then|plus|under|followed by)\b")


@dataclass(frozen=True)
class Layer:
    """One sound of the mix. `weight` is 0 to 1; `pace` multiplies its rates."""

    sound: Sound
    weight: float
    pace: float
    far: bool


@dataclass(frozen=True)
class Heard:
    """What a prompt asks for. `room_s` is the echo's length, 0 in the open; `strange` are the words nobody knows."""

    layers: tuple[Layer, ...]
    room_s: float
    muffled: bool
    tinny: bool
    strange: tuple[str, ...]

    @property
    def note(self) -> str:
        """What was understood, in a person's words."""
        names = [("distant " if layer.far else "") + layer.sound.name for layer in self.layers]
        if not names:
            return f"no sound is known for {' '.join(self.strange[:6]) or 'that'!r}: a texture of its own"
        room = f", {self.room_s:g} s of echo" if self.room_s else ""
        return " + ".join(names) + room


def listen(prompt: str) -> Heard:
    """A prompt as layers; modifiers count for the sounds they stand with, rooms for everything."""
    text = " ".join(prompt.lower().replace("’", "'").split())
    room, room_words = _room(text)
    tinny, muffled = re.search(TINNY, text), re.search(MUFFLED, text)
    plain = re.sub(MUFFLED, " ", re.sub(TINNY, " ", text))
    layers: dict[str, Layer] = {}
    scenes: list[tuple[str, str]] = []
    known: set[str] = set(HEAVY) | set(PACE) | room_words | PLAIN
    for clause in _JOINTS.split(plain):
        left = clause
        for name, word in _VOCABULARY:
            hit = re.search(rf"(?<![\w-]){re.escape(word)}(?:s|es)?(?![\w-])", left)
            if not hit or word in room_words:
                continue
            left = left[: hit.start()] + " " + left[hit.end() :]
            known |= set(word.split()) | {hit[0]}
            if name in SCENES:
                scenes.append((name, clause))
            elif name not in layers:
                layers[name] = _layer(SOUNDS[name], clause)
    for scene, clause in scenes:
        for name in SCENES[scene]:
            layers.setdefault(name, _layer(SOUNDS[name], clause))
    if not layers:
        moods = [word for word in MOODS if re.search(rf"\b{word}\b", text)]
        layers = {name: _layer(SOUNDS[name], text) for word in moods for name in MOODS[word]}
    known |= set(MOODS)
    strange = tuple(w for w in re.findall(r"[\w'-]+", text) if w not in known and w.removesuffix("s") not in known)
    return Heard(
        tuple(layers.values())[:6], 0.0 if not layers and not room else room, bool(muffled), bool(tinny), strange
    )


_VOCABULARY = sorted(
    [(s.name, word) for s in SOUNDS.values() for word in s.words] + [(name, name) for name in SCENES],
    key=lambda entry: (-len(entry[1]), entry),
)


def _layer(sound: Sound, clause: str) -> Layer:
    words = re.findall(r"[\w-]+", clause)
    heavy = [HEAVY[w] for w in words if w in HEAVY]
    quick = [PACE[w] for w in words if w in PACE]
    return Layer(sound, heavy[0] if heavy else 0.5, quick[0] if quick else 1.0, re.search(FAR, clause) is not None)


def _room(text: str) -> tuple[float, set[str]]:
    """The longest echo of the rooms the sounds are in ("in a cave", "cathedral echo"), and the words that said so."""
    found = {
        word: seconds * (1.4 if re.search(rf"\b(?:large|huge|big|vast|empty)\s+{word}\b", text) else 1.0)
        for word, seconds in ROOMS.items()
        if re.search(rf"\b(?:in|inside|through|down) (?:an? |the )?(?:\w+ ){{0,2}}{word}\b", text)
        or (
            re.search(rf"\b{word}\b", text)
            and word in ("cave", "cavern", "echo", "echoing", "reverb", "tunnel", "canyon")
        )
    }
    return max(found.values(), default=0.0), set(found)
