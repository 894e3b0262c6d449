"""Every sound draft-sound knows, one entry each: the words that call it, and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.draft.sounds import life, things, weather
from pipelines.draft.sounds.take import Take


@dataclass(frozen=True)
class Sound:
    name: str
    make: Callable[[Take], np.ndarray]
    words: tuple[str, ...]
    bed: bool = True
    """It fills the whole length, rather than happening now and then."""


_ALL = (
    Sound("wind", weather.wind, ("wind", "windy", "breeze", "gust", "gale", "blizzard", "howling")),
    Sound("rain", weather.rain, ("rain", "raining", "rainy", "rainfall", "drizzle", "downpour", "shower")),
    Sound("hail", weather.hail, ("hail", "hailstorm", "sleet")),
    Sound("thunder", weather.thunder, ("thunder", "lightning", "thunderclap", "rumble"), bed=False),
    Sound("sea", weather.sea, ("sea", "ocean", "wave", "surf", "beach", "shore", "coast", "tide")),
    Sound(
        "stream", weather.stream, ("stream", "river", "brook", "creek", "waterfall", "fountain", "water", "babbling")
    ),
    Sound("drops", weather.drops, ("drip", "dripping", "drop", "leak", "leaking", "faucet", "tap"), bed=False),
    Sound("underwater", weather.underwater, ("underwater", "submarine", "diving", "bubble", "bubbling", "aquarium")),
    Sound("fire", life.fire, ("fire", "campfire", "fireplace", "flame", "burning", "crackling", "bonfire")),
    Sound("birds", life.birds, ("bird", "birdsong", "chirp", "tweeting", "sparrow", "dawn chorus", "robin")),
    Sound("gulls", life.gulls, ("gull", "seagull", "harbour", "harbor"), bed=False),
    Sound("owl", life.owl, ("owl", "hooting"), bed=False),
    Sound("crickets", life.crickets, ("cricket", "cicada", "insect", "grasshopper")),
    Sound("frogs", life.frogs, ("frog", "toad", "croaking", "swamp", "pond")),
    Sound("bees", life.bees, ("bee", "buzzing", "fly", "flies", "mosquito", "wasp", "swarm")),
    Sound("dog", life.dog, ("dog", "barking", "bark", "puppy"), bed=False),
    Sound("wolf", life.wolf, ("wolf", "wolves", "howl", "coyote"), bed=False),
    Sound("heartbeat", life.heartbeat, ("heartbeat", "heart", "pulse"), bed=False),
    Sound("breathing", life.breathing, ("breathing", "breath", "breathe", "sigh", "snoring", "panting")),
    Sound("footsteps", life.footsteps, ("footstep", "step", "walking", "running", "boots", "walk"), bed=False),
    Sound(
        "crowd",
        life.crowd,
        (
            "crowd",
            "people",
            "chatter",
            "restaurant",
            "cafe",
            "café",
            "murmur",
            "market",
            "talking",
            "audience",
            "voices",
            "party",
            "bar",
        ),
    ),
    Sound("applause", life.applause, ("applause", "clapping", "clap", "ovation", "cheering")),
    Sound("typing", life.typing, ("typing", "keyboard", "typewriter", "keys"), bed=False),
    Sound("door", things.door, ("door", "creak", "creaking", "slam", "gate"), bed=False),
    Sound("knock", things.knock, ("knock", "knocking"), bed=False),
    Sound("clock", things.clock, ("clock", "ticking", "tick", "watch", "metronome"), bed=False),
    Sound("bell", things.bell, ("bell", "chime", "gong", "church", "tolling"), bed=False),
    Sound("glass", things.glass, ("glass", "shatter", "shattering", "smash", "window breaking", "bottle"), bed=False),
    Sound(
        "hit",
        things.hit,
        ("hit", "impact", "boom", "explosion", "punch", "crash", "thud", "blow", "bang", "blast"),
        bed=False,
    ),
    Sound("gunshot", things.gunshot, ("gunshot", "gun", "shot", "shooting", "gunfire", "rifle"), bed=False),
    Sound("whoosh", things.whoosh, ("whoosh", "swoosh", "swish", "transition", "flyby", "sweep", "sword"), bed=False),
    Sound("coins", things.coins, ("coin", "money", "jingle", "jingling"), bed=False),
    Sound("paper", things.paper, ("paper", "page", "book", "rustle", "rustling", "leaves")),
    Sound("phone", things.phone, ("phone", "telephone", "ringing", "ringtone")),
    Sound("alarm", things.alarm, ("alarm", "beeping", "alert")),
    Sound("siren", things.siren, ("siren", "police", "ambulance", "fire engine")),
    Sound("engine", things.engine, ("engine", "motor", "motorcycle", "truck", "tractor", "idling", "generator")),
    Sound("car", things.car, ("car", "highway", "passing by", "vehicle", "driving")),
    Sound("train", things.train, ("train", "railway", "subway", "metro", "tram", "locomotive")),
    Sound("helicopter", things.helicopter, ("helicopter", "chopper", "rotor")),
    Sound("plane", things.plane, ("plane", "airplane", "aeroplane", "jet", "aircraft", "airport")),
    Sound("factory", things.factory, ("factory", "machine", "machinery", "industrial", "workshop")),
    Sound("static", things.static, ("static", "radio", "white noise", "interference", "television", "tv")),
    Sound("beeps", things.beeps, ("beep", "computer", "sci-fi", "robot", "spaceship", "console")),
    Sound("drone", things.drone, ("drone", "hum", "humming", "ominous", "ambience", "atmosphere")),
    Sound("tone", things.tone, ("tone", "sine", "test tone")),
    Sound("city", things.city, ("city", "traffic", "street", "urban", "downtown")),
)

SOUNDS: dict[str, Sound] = {sound.name: sound for sound in _ALL}

SCENES: dict[str, tuple[str, ...]] = {
    "storm": ("rain", "wind", "thunder"),
    "thunderstorm": ("rain", "thunder"),
    "forest": ("birds", "wind"),
    "woods": ("birds", "wind"),
    "jungle": ("birds", "crickets", "frogs"),
    "meadow": ("birds", "bees", "wind"),
    "garden": ("birds", "bees"),
    "park": ("birds", "crowd"),
    "seaside": ("sea", "gulls"),
    "desert": ("wind",),
    "mountain": ("wind",),
    "stadium": ("crowd", "applause"),
    "station": ("train", "crowd"),
    "kitchen": ("clock", "drops"),
    "horror": ("drone", "heartbeat"),
}
"""Places and weathers that are several sounds at once."""

MOODS: dict[str, tuple[str, ...]] = {
    "night": ("crickets",),
    "evening": ("crickets",),
    "morning": ("birds",),
    "dawn": ("birds",),
    "office": ("typing",),
    "road": ("car",),
    "dark": ("drone",),
    "space": ("drone",),
    "eerie": ("drone",),
    "cave": ("drops",),
}
"""What is heard where nothing else is named."""
