"""One model's recipe in another model's terms: the same words, shape, length and seed, in the options that it has.

What it cannot do is said in notes: a person should know before the work begins, and not after."""

from __future__ import annotations

import math
from typing import Any

from pipelines.base import Model
from pipelines.faults import Invalid
from studio.takes import within
from studio.types import Recipe

WORDS = ("prompt", "text")
MADE_FROM = ("source", "start", "end", "mask", "references")
SOFT = ("lexicon", "cast", "language", "speed", "strength", "loop", "lyrics", "negative_prompt")
"""Carried over, and given up one after the other where a model does not take them as they are."""
CARRIED = (*WORDS, "seed", *MADE_FROM, *SOFT)
SAID = {"style": "{} style", "camera": "camera: {}", "genre": "{}", "bpm": "{:g} bpm", "key": "in {}"}
"""Settings of the draft models that another model hears as words of the prompt."""


def translated(draft: Recipe, model: Model) -> tuple[dict[str, Any], list[str]]:
    """The options for `model`, and what will not be as it was. Raises `Invalid` when it needs what the draft lacks."""
    takes, had = model.schema()["properties"], draft.options
    options = {name: had[name] for name in CARRIED if name in takes and had.get(name) not in (None, "", [], ())}
    if "prompt" in options:
        options["prompt"] = prompt(had, takes)[: takes["prompt"].get("maxLength", 4000)]
    options |= shape(had, takes) | length(had, takes)
    notes = list(lost(had, takes, options))
    for name in SOFT:
        try:
            model.options(**options)
            return options, notes
        except Invalid:
            if name in options:
                notes.append(f"It takes no such {name.replace('_', ' ')}.")
                options.pop(name)
    model.options(**options)
    return options, notes


def prompt(had: dict[str, Any], takes: dict[str, Any]) -> str:
    """The words, and in words what the draft model was told by settings that this one has not."""
    more = [
        words.format(had[name])
        for name, words in SAID.items()
        if name not in takes and had.get(name) not in (None, "", "auto", 0, "static")
    ]
    return ", ".join([str(had["prompt"]).rstrip(" ,."), *more]) if more else str(had["prompt"])


def shape(had: dict[str, Any], takes: dict[str, Any]) -> dict[str, Any]:
    """The draft's width over height, in the size nearest to its own that the model makes."""
    if not {"width", "height"} <= takes.keys() & had.keys():
        return {}
    sides = {name: had[name] for name in ("width", "height")}
    most = min(takes[name].get("maximum", side) / side for name, side in sides.items())
    least = max(takes[name].get("minimum", side) / side for name, side in sides.items())
    factor = max(least, min(1.0, most))
    return {name: within(takes[name], side * factor, round) for name, side in sides.items()}


def length(had: dict[str, Any], takes: dict[str, Any]) -> dict[str, Any]:
    """The draft's length, in whole frames at the model's own rate, at the draft's where it has that too."""
    options: dict[str, Any] = {}
    rate = takes.get("fps")
    if rate and had.get("fps") in rate.get("enum", ()):
        options["fps"] = had["fps"]
    if "duration_s" in takes and "duration_s" in had:
        seconds, fps = float(had["duration_s"]), options.get("fps") or (rate or {}).get("default")
        if fps:
            seconds = math.ceil(seconds * float(fps) - 1e-6) / float(fps)
        options["duration_s"] = within(takes["duration_s"], seconds, math.ceil)
    return options


def lost(had: dict[str, Any], takes: dict[str, Any], options: dict[str, Any]) -> Any:
    """What will not be as it was, in sentences."""
    if (most := options.get("duration_s")) and most < float(had["duration_s"]) - 1e-3:
        yield f"It makes {most:g} s at most; the draft has {float(had['duration_s']):g} s."
    if {"width", "height"} <= options.keys():
        was, now = (had["width"] / had["height"], options["width"] / options["height"])
        if (options["width"], options["height"]) != (had["width"], had["height"]):
            other = "" if abs(was / now - 1) < 0.02 else ", a slightly other shape"
            yield f"{options['width']} × {options['height']} instead of {had['width']} × {had['height']}{other}."
    for name in ("start", "end", "source"):
        if had.get(name) and name not in takes:
            yield f"It cannot be given the draft's {name} picture."
