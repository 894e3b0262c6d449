"""Make sounds."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.generate import generate

TITLE, ORDER = "Sound", 40
EXAMPLES = (
    "waves on a pebble beach",
    "rain on a window, distant thunder",
    "footsteps on gravel",
    "a wooden door creaks open",
    "crackling fire and night crickets",
)


def build(studio: Studio) -> None:
    generate(
        studio, "sound", EXAMPLES,
        title="The sound of a place",
        lesson="Wind, rain, sea, fire, footsteps, doors, bells: say what is to be heard, and for how long.",
        hint="What is to be heard?",
    )  # fmt: skip
