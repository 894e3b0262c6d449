"""Make voices."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.generate import generate

TITLE, ORDER = "Speech", 50
EXAMPLES = (
    "The harbour woke before the sun did. [pause:1s] It always had.",
    "Once, there was a light that never went out.",
    "Welcome. Let us begin where the road ends.",
)


def build(studio: Studio) -> None:
    generate(
        studio, "speech", EXAMPLES,
        title="A voice for your film",
        lesson="Write what is to be said. [pause:1s] waits, [voice:x] lets another speak; captions come with it.",
        hint="What is to be said?",
    )  # fmt: skip
