"""What the built-in planner has in stock for the eye and the ear: framings, camera moves, palettes, music and sounds. A
new one is an entry."""

from __future__ import annotations

from studio.director.plan import Camera

FRAMINGS = {
    "open": "wide view of {}",
    "wide": "wide view of {}",
    "subject": "{}",
    "near": "{} close by, in the foreground",
    "close": "{} far away, wide view",
}
CAMERA: dict[str, tuple[Camera, ...]] = {
    "open": ("drone", "dolly in", "tilt down"),
    "wide": ("pan right", "pan left", "orbit", "drone"),
    "subject": ("dolly in", "orbit", "pan right", "tilt up"),
    "near": ("dolly in", "zoom in", "pan left"),
    "close": ("dolly out", "zoom out", "tilt up"),
}
METAPHORS = {
    "explainer": (
        "an open book and a lamp on a desk",
        "a window with morning light, a chair",
        "stars over a dark hill",
        "a city street with people",
        "a tree in a field",
        "a lantern in the dark",
    ),
    "how-to": ("a table in a kitchen", "a cup and a book on a desk", "a lamp on a desk", "a room with a chair"),
    "product": ("a lamp on a desk in a room", "a city street with people", "a cup of coffee on a table"),
    "trailer": ("a city at night", "a lone person on a road", "a door with light behind it", "mountains under a storm"),
    "travel": ("a road through hills", "a village with a church", "a train in the countryside", "a beach with palms"),
    "poem": ("a candle in a room", "a tree in a field", "birds over the sea", "a lantern in the fog"),
    "story": ("a lone person on a road", "a house with a light", "a tree in a field", "a lantern at night"),
}
"""What can be looked at where a brief names nothing that can be drawn."""
PALETTES = {
    "melancholy": "muted blue and grey palette",
    "joyful": "bright warm palette",
    "mysterious": "deep teal palette",
    "ominous": "dark palette, low key",
    "romantic": "soft rose and amber palette",
    "dreamy": "pastel violet palette",
    "epic": "bold contrasts, golden light",
    "calm": "soft natural palette",
}
MUSIC = {
    "melancholy": ("slow melancholic piano and cello, sparse, hopeful ending", 68),
    "joyful": ("happy playful ukulele, glockenspiel and light drums, bright ending", 112),
    "mysterious": ("mysterious harp, pads and vibraphone, slowly building, open ending", 78),
    "ominous": ("dark ominous strings and low brass, tense, building to the end", 84),
    "romantic": ("romantic tender piano and strings, warm ending", 76),
    "dreamy": ("dreamy ethereal pads, celesta and harp, soft ending", 74),
    "epic": ("epic cinematic strings, horns and drums, building to a triumphant ending", 108),
    "calm": ("calm cinematic piano and strings, hopeful ending", 80),
}
BY_KIND = {
    "explainer": ("light curious marimba, pizzicato and piano, friendly ending", 104),
    "how-to": ("warm acoustic guitar and light percussion, friendly ending", 96),
    "product": ("modern uplifting electric piano, synth and drums, confident ending", 110),
    "travel": ("warm acoustic guitar, accordion and light drums, hopeful ending", 100),
    "trailer": MUSIC["epic"],
    "poem": MUSIC["calm"],
    "story": ("cinematic piano and strings, gently building, hopeful ending", 84),
}
SOUNDS: dict[str, str] = {
    "harbour": "calm harbour water, gulls",
    "sea": "sea waves, wind",
    "beach": "waves on a beach",
    "cliff": "sea waves far below, wind",
    "island": "waves on a shore",
    "lake": "lapping water, birds",
    "river": "flowing river water",
    "market": "crowd murmur at a market",
    "street": "street with footsteps",
    "city": "city traffic far away",
    "village": "birds and a church bell far away",
    "jungle": "jungle birds and insects",
    "snowfield": "cold wind",
    "desert": "desert wind",
    "volcano": "deep rumble, wind",
    "forest": "forest birds and wind in the trees",
    "field": "birds and bees in a meadow",
    "mountains": "mountain wind",
    "kitchen": "kitchen clock ticking",
    "room": "clock ticking in a quiet room",
    "underwater": "underwater bubbles",
    "space": "deep space drone",
    "planet": "deep drone, wind",
    "cave": "drops in a cave",
    "storm": "thunderstorm, rain and wind",
    "rain": "steady rain",
    "snow": "soft cold wind",
    "fog": "distant foghorn, drone",
    "train": "train passing",
    "campfire": "crackling fire",
    "bees on flowers": "bees buzzing",
    "bird": "birdsong",
    "horse": "footsteps on grass, wind",
    **dict.fromkeys(
        ("lighthouse", "old man, lighthouse keeper", "fishing boat", "ship", "sailboat", "whale"), "sea waves, gulls"
    ),
    "wolf": "a wolf howling far away",
    "dog": "a dog barking far away",
    "car": "a car passing",
    "clock": "clock ticking",
    "rocket": "deep engine rumble",
    "bicycle": "city street, birds",
    "waterfall": "waterfall",
}
