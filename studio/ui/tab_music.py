"""Make music."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.generate import generate

TITLE, ORDER = "Music", 30
EXAMPLES = (
    "slow ambient pads, hopeful, in D major",
    "upbeat folk with guitar and hand claps",
    "tense orchestral underscore, low strings, 90 bpm",
    "lo-fi hip hop, rainy evening, soft piano",
    "bossa nova, warm and easy",
)


def build(studio: Studio) -> None:
    generate(
        studio, "music", EXAMPLES,
        title="Music to the second",
        lesson="Name the genre, the mood, the tempo, the instruments; it ends where you want it to.",
        hint="Which genre, mood, tempo and instruments?",
    )  # fmt: skip
