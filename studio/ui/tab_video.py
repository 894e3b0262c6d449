"""Make shots."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.generate import generate

TITLE, ORDER = "Video", 20
EXAMPLES = (
    "slow dolly towards a lighthouse at dusk, waves rolling in",
    "drone flight over a pine forest in morning fog",
    "pan across a desert under a starry sky",
    "handheld walk through a neon street in the rain",
    "zoom out from a cabin in falling snow",
)


def build(studio: Studio) -> None:
    generate(
        studio, "video", EXAMPLES,
        title="A shot that moves",
        lesson="Say what is to be seen and how the camera goes, or give a picture to start from.",
        hint="What happens, and how does the camera move?",
    )  # fmt: skip
