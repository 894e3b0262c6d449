"""Make pictures."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.generate import generate

TITLE, ORDER = "Image", 10
EXAMPLES = (
    "a lighthouse on a cliff at dusk, watercolour",
    "a snowy village at night, warm windows",
    "neon city street in the rain",
    "a sailing ship on a calm sea at sunrise, paper cut-out",
    "mountain lake in autumn mist",
)


def build(studio: Studio) -> None:
    generate(
        studio, "image", EXAMPLES,
        title="A picture from a few words",
        lesson="Say what is to be seen: the place, the hour, the weather, the manner it is painted in.",
        hint="What is to be seen?",
    )  # fmt: skip
