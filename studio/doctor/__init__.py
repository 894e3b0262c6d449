"""What this machine has of what the studio needs, each with what to do where it is missing: `studio doctor`."""

from __future__ import annotations

from collections.abc import Callable

from studio.doctor import machine, media, models
from studio.doctor.check import Check
from studio.settings import Settings

LOOKS: tuple[Callable[[Settings], Check], ...] = (
    machine.python,
    machine.kind,
    machine.unknown_settings,
    machine.home,
    machine.disk,
    machine.memory,
    media.film,
    media.chips,
    media.voice,
    models.accelerator,
    models.computing,
    media.fonts,
    machine.port,
)


def examine(settings: Settings) -> list[Check]:
    """Look at everything. Takes some seconds, most of them torch's, and changes nothing."""
    return [look(settings) for look in LOOKS] + models.families(settings)
