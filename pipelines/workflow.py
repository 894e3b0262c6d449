"""A workflow as ComfyUI's API format saves it: which of its nodes take what an option says. Pure.

`{"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}, "_meta": {"title": "Prompt"}}}`:
an input is a value, or a link to another node's output.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.faults import Unsupported

Workflow = dict[str, dict[str, Any]]
Spot = tuple[str, str]
"""A node's id, and the name of its input."""
TEXTS = ("text", "prompt", "text_g", "clip_l", "t5xxl", "string", "value")
LITERALS = ("value", "int", "float", "seed", "number", *TEXTS)
NUMBERS = {"steps": ("steps",), "guidance": ("cfg", "guidance"), "seed": ("seed", "noise_seed")}
PICTURES = {"mask": r"mask|inpaint", "end": r"\b(end|last|final)\b", "start": r""}
BY_TITLE = {"negative_prompt": r"negative", "prompt": r"positive|prompt"}
BIGGEST = 4 * 2**20


class NoWorkflow(Unsupported):
    """A file that is no workflow in ComfyUI's API format."""


def read(path: Path) -> Workflow:
    """The workflow in a file. Raises `NoWorkflow`."""
    advice = "In ComfyUI choose Workflow, then Export (API), and add that file."
    try:
        if path.stat().st_size > BIGGEST:
            raise NoWorkflow(f"{path.name} is too large for a workflow.", advice)
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NoWorkflow(f"{path.name} cannot be read as a workflow: {error}.", advice) from None
    if isinstance(said, dict) and "nodes" in said and "links" in said:
        raise NoWorkflow(f"{path.name} is saved for ComfyUI's window, not for its API.", advice)
    nodes = said.values() if isinstance(said, dict) else ()
    if not nodes or not all(
        isinstance(n, dict) and n.get("class_type") and isinstance(n.get("inputs"), dict) for n in nodes
    ):
        raise NoWorkflow(f"{path.name} is no ComfyUI workflow.", advice)
    return said


def spots(workflow: Workflow, given: Mapping[str, str]) -> dict[str, list[Spot]]:
    """Where each option goes; what is `given` (`"6.text"`, several with commas between) goes before what is found.
    Raises `NoWorkflow`, naming a node that is not there."""
    found = {
        "prompt": prompt(workflow),
        "negative_prompt": negative(workflow),
        **numbers(workflow),
        **pictures(workflow),
    }
    if found["negative_prompt"] and found["negative_prompt"] == found["prompt"]:
        del found["negative_prompt"]
    return {name: where for name, where in (found | said(workflow, given)).items() if where}


def said(workflow: Workflow, given: Mapping[str, str]) -> dict[str, list[Spot]]:
    found = {}
    for option, text in given.items():
        places = [tuple(place.strip().rpartition(".")[::2]) for place in text.split(",") if place.strip()]
        for node, name in places:
            if name not in workflow.get(node, {}).get("inputs", {}):
                raise NoWorkflow(
                    f"nodes: {option} goes to {node}.{name}, and the workflow has no such input.",
                    "Write the node's number and the input's name, such as 6.text.",
                )
        found[option] = [(node, name) for node, name in places]
    return found


def title(workflow: Workflow, node: str) -> str:
    """What a person calls the node."""
    it = workflow.get(node, {})
    return str(it.get("_meta", {}).get("title") or it.get("class_type") or node)


def literal(workflow: Workflow, node: str, name: str, seen: frozenset[str] = frozenset()) -> Spot | None:
    """Where the value of an input stands: there, or in the node that it is linked to."""
    value = workflow.get(node, {}).get("inputs", {}).get(name)
    if not isinstance(value, list):
        return (node, name) if value is not None else None
    source = str(value[0]) if value else ""
    if source in seen or source not in workflow:
        return None
    inputs = workflow[source]["inputs"]
    return next(
        (spot for n in LITERALS if n in inputs and (spot := literal(workflow, source, n, seen | {source}))), None
    )


def text_behind(workflow: Workflow, node: str, name: str, seen: frozenset[str] = frozenset()) -> list[Spot]:
    """The texts that reach an input, through whatever conditions them on the way."""
    value = workflow[node]["inputs"].get(name)
    source = str(value[0]) if isinstance(value, list) and value else ""
    if source not in workflow or source in seen:
        return []
    inputs = workflow[source]["inputs"]
    texts = [spot for text in TEXTS if text in inputs and (spot := literal(workflow, source, text))]
    texts = [(n, i) for n, i in texts if isinstance(workflow[n]["inputs"][i], str)]
    if texts:
        return list(dict.fromkeys(texts))
    ways = [name] if name in inputs else [way for way in inputs if re.match(r"conditioning|positive|guider", way)]
    return next((found for way in ways if (found := text_behind(workflow, source, way, seen | {source}))), [])


def prompt(workflow: Workflow) -> list[Spot]:
    return titled(workflow, "prompt") or reached(workflow, "positive", "conditioning", "guider") or alone(workflow)


def negative(workflow: Workflow) -> list[Spot]:
    return titled(workflow, "negative_prompt") or reached(workflow, "negative")


def titled(workflow: Workflow, option: str) -> list[Spot]:
    """The text of the node whose title a person chose to say so."""
    for node, it in workflow.items():
        name = str(it.get("_meta", {}).get("title", ""))
        other = option == "prompt" and re.search(BY_TITLE["negative_prompt"], name, re.I)
        if name != it["class_type"] and not other and re.search(BY_TITLE[option], name, re.I):
            texts = [spot for text in TEXTS if (spot := literal(workflow, node, text))]
            if texts and isinstance(workflow[texts[0][0]]["inputs"][texts[0][1]], str):
                return texts[:1]
    return []


def reached(workflow: Workflow, *names: str) -> list[Spot]:
    """The texts behind the first node that takes one of these; samplers before others."""
    samplers = sorted(workflow, key=lambda node: "ampler" not in workflow[node]["class_type"])
    ways = ((node, name) for name in names for node in samplers if name in workflow[node]["inputs"])
    return next((found for node, name in ways if (found := text_behind(workflow, node, name))), [])


def alone(workflow: Workflow) -> list[Spot]:
    """The one text there is."""
    found = [(n, i) for n, it in workflow.items() for i in ("text", "prompt") if isinstance(it["inputs"].get(i), str)]
    return found if len(found) == 1 else []


def numbers(workflow: Workflow) -> dict[str, list[Spot]]:
    """Every seed; the first steps and guidance; the size of what is begun with."""
    found: dict[str, list[Spot]] = {}
    for option, names in NUMBERS.items():
        every = [s for node in workflow for name in names if (s := number(workflow, node, name))]
        found[option] = list(dict.fromkeys(every)) if option == "seed" else every[:1]
    sized = [
        n for n, it in workflow.items() if {"width", "height"} <= it["inputs"].keys() and number(workflow, n, "width")
    ]
    sized.sort(key=lambda node: "Latent" not in workflow[node]["class_type"])
    for option in ("width", "height"):
        found[option] = [s for node in sized[:1] if (s := number(workflow, node, option))]
    return found


def number(workflow: Workflow, node: str, name: str) -> Spot | None:
    spot = literal(workflow, node, name) if name in workflow[node]["inputs"] else None
    value = workflow[spot[0]]["inputs"][spot[1]] if spot else None
    return spot if isinstance(value, int | float) and not isinstance(value, bool) else None


def pictures(workflow: Workflow) -> dict[str, list[Spot]]:
    """The pictures it loads: one that its title calls a mask, one that it calls the last, and the first other one."""
    loads = [
        (n, "image")
        for n, it in workflow.items()
        if it["class_type"].startswith("LoadImage") and "image" in it["inputs"]
    ]
    found: dict[str, list[Spot]] = {}
    for spot in loads:
        called = f"{title(workflow, spot[0])} {workflow[spot[0]]['class_type']}"
        option = next(name for name, pattern in PICTURES.items() if re.search(pattern, called, re.I))
        found.setdefault(option, [spot])
    return found


def value(workflow: Workflow, where: list[Spot]) -> Any:
    """What the workflow has there."""
    node, name = where[0]
    return workflow[node]["inputs"][name]


def filled(workflow: Workflow, where: Mapping[str, list[Spot]], options: Mapping[str, Any]) -> Workflow:
    """The workflow with the options in their places; those that are None, or have none, leave it as it is."""
    new = copy.deepcopy(workflow)
    for option, places in where.items():
        for node, name in places if options.get(option) is not None else ():
            new[node]["inputs"][name] = options[option]
    return new


def outputs(history: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The files that a run left, in the order of its nodes: those that are kept, or, when none is, the previews."""
    every = [
        file
        for output in history.get("outputs", {}).values()
        for files in output.values()
        for file in (files if isinstance(files, list) else ())
        if isinstance(file, dict) and file.get("filename")
    ]
    yield from [file for file in every if file.get("type", "output") == "output"] or every
