"""See which models there are, what each may be used for, and whether it can run here."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.island import island

TITLE, ORDER = "Models", 90


def build(studio: Studio) -> None:
    island("homereel-models")
