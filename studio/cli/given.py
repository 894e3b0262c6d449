"""What is said on a command line, or in a line of a list, as a model's options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.faults import Invalid

TASKS = ("image", "video", "music", "sound", "speech")


def tasks_like(incomplete: str) -> list[str]:
    """For the shell's completion."""
    return [task for task in TASKS if task.startswith(incomplete)]


def models_like(incomplete: str) -> list[tuple[str, str]]:
    """For the shell's completion: ids, and what they are."""
    from pipelines import catalogue

    return [(model.id, model.title) for model in catalogue.models() if model.id.startswith(incomplete)]


def options_of(pairs: list[str]) -> dict[str, Any]:
    """`-o key=value` as options: a value that reads as JSON is that, anything else is text."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Invalid(f"-o {pair} has no value.", "Write -o name=value.")
        found[name.strip()] = value_of(value)
    return found


def value_of(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def with_files(studio: Any, model: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Options that take files may name them by path: they go into the library first."""
    return {
        name: kept(studio, value) if name in model.cls.Options.media() else value for name, value in options.items()
    }


def kept(studio: Any, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [kept(studio, one) for one in value]
    path = Path(value).expanduser() if isinstance(value, str) and 0 < len(value) < 4096 else None
    return studio.library.add(path, name=path.name).id if path and path.is_file() else value
