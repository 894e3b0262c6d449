"""What the API page says of the named endpoints: a title and a sentence for everything they take and give back."""

from __future__ import annotations

from typing import Any

from gradio.components.api_component import Api
from gradio.context import get_blocks_context

from pipelines import catalogue
from pipelines.base import Task

WORDS = {  # where no model's own option says it
    "model": ("Model", "A model's id, as /list_models gives them; left out, the best one that is ready"),
    "options": ("More options", "The model's other options, as /list_models gives their JSON Schema"),
    "project": ("Project", "A project's id, a timeline as an object or as JSON text, or a file with one"),
    "format": ("Format", "mp4, webm, mov, mkv, gif, wav, flac, mp3, m4a, ogg, srt, vtt, otio, zip and others"),
    "preset": ("Preset", "How fine, or where it is to be shown: draft, youtube-1080p, shorts"),
    "task": ("Task", "Only models that make this"),
    "id": ("Job", "A job's id"),
}
GIVEN = [
    ("File", "The job's first file, under its own name, byte by byte the asset's; null until there is one"),
    ("Job", "The job: its status, recipe, assets and, if it failed, its error"),
]
MODELS = [("Models", "Every model: what it is, whether it can run here now, and its options' JSON Schema")]


def explain(name: str, parameters: list[str]) -> None:
    """Title what the endpoint that was registered last takes and gives; its parameters are those, in order."""
    window = get_blocks_context()
    assert window is not None
    endpoint = list(window.fns.values())[-1]
    task = name.removeprefix("generate_")
    for parameter, place in zip(parameters, endpoint.inputs, strict=True):
        titled(place, *said_of(parameter, task))
    for words, place in zip(MODELS if name == "list_models" else GIVEN, endpoint.outputs, strict=False):
        titled(place, *words)


def titled(place: Any, title: str, words: str) -> None:
    assert isinstance(place, Api)
    place.label = title
    place._api_info = {**place._api_info, "additional_description": words, "description": words}


def said_of(name: str, task: Task | str) -> tuple[str, str]:
    """An option as its models describe it, with the widest bounds that one of them has."""
    if name in WORDS:
        return WORDS[name]
    fields = [s for m in catalogue.MODELS if m.task == task and (s := m.schema()["properties"].get(name))]
    if not fields:
        return name.replace("_", " ").capitalize(), "For models that take it, as /list_models tells"
    words = str(fields[0].get("description", "")).rstrip(".")
    lows, highs = ([f[end] for f in fields if end in f] for end in ("minimum", "maximum"))
    alike = len(set(lows)) == len(set(highs)) == 1
    bounds = f"; {min(lows)} to {max(highs)}{'' if alike else ', less with some models'}" if lows and highs else ""
    media = "; an upload, or an asset's id" if "x-media" in fields[0] else ""
    return str(fields[0].get("title", name)), f"{words}{bounds}{media}"
