"""The verbs as messages: `{"verb": "split", "track": 0, "at": 2, "frame": 12}` is `edit.split(timeline, 0, 2, 12)`.

What a verb takes is read from its function: the same names, `items` for those it takes several of, `fields` for the
fields it sets.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from pipelines.faults import Invalid
from studio.timeline import edit
from studio.timeline.edit import groups, markers
from studio.timeline.faults import in_words
from studio.timeline.model import Timeline

ROOMS = (edit, groups, markers)
LABELS: dict[str, str] = {
    "insert": "Insert",
    "append": "Add",
    "insert_at": "Insert",
    "overwrite": "Overwrite",
    "remove": "Delete",
    "lift": "Lift",
    "split": "Split",
    "trim_head": "Trim",
    "trim_tail": "Trim",
    "roll": "Roll",
    "slip": "Slip",
    "move": "Move",
    "move_to": "Move",
    "duplicate": "Duplicate",
    "set_item": "Change",
    "replace_take": "Replace take",
    "add_take": "Add take",
    "add_transition": "Add transition",
    "add_track": "Add track",
    "remove_track": "Remove track",
    "move_track": "Move track",
    "set_track": "Change track",
    "set_film": "Change film",
    "make_room": "Make room",
    "at_fps": "Change frame rate",
    "move_group": "Move",
    "lift_group": "Lift",
    "remove_group": "Delete",
    "set_group": "Change",
    "paste": "Paste",
    "blade": "Split all rows",
    "add_marker": "Add marker",
    "set_marker": "Change marker",
    "remove_marker": "Delete marker",
}
"""Every verb, with what undo calls it."""


class UnknownVerb(Invalid):
    """No edit has that name."""


def apply(timeline: Timeline, message: dict[str, Any]) -> tuple[Timeline, str]:
    """The timeline after one edit, and the edit's label. Raises `Invalid`, naming what is wrong with the message or
    the path of what cannot be done."""
    name = message.get("verb")
    if not isinstance(name, str) or name not in LABELS:
        raise UnknownVerb(f"There is no edit {name!r}.", f"Choose one of: {', '.join(LABELS)}.")
    try:
        return done(timeline, name, {key: value for key, value in message.items() if key != "verb"}), LABELS[name]
    except ValidationError as error:
        raise Invalid(f"{name}: {in_words(error)}", f"It takes: {', '.join(takes(name).model_fields)}.") from None


def done(timeline: Timeline, name: str, arguments: dict[str, Any]) -> Timeline:
    said = takes(name).model_validate(arguments)
    given = {key: getattr(said, key) for key in type(said).model_fields}
    items, fields = given.pop("items", ()), given.pop("fields", {})
    if strangers := fields.keys() & {"timeline", *given}:
        raise Invalid(f"{name}: fields: {', '.join(strangers)} is no field of an item.")
    return verb(name)(timeline, *given.values(), *items, **fields)


def verb(name: str) -> Callable[..., Timeline]:
    return next(getattr(room, name) for room in ROOMS if hasattr(room, name))


@cache
def takes(name: str) -> type[BaseModel]:
    """A message's shape: one field for each of the verb's parameters but the timeline."""
    hints, shape = get_type_hints(verb(name)), {}
    for parameter in list(inspect.signature(verb(name)).parameters.values())[1:]:
        kind: Any = hints[parameter.name]
        default = ... if parameter.default is parameter.empty else parameter.default
        if parameter.kind is parameter.VAR_POSITIONAL:
            kind, default = tuple[kind, ...], ...
        elif parameter.kind is parameter.VAR_KEYWORD:
            kind, default = dict[str, Any], ...
        shape[parameter.name] = (kind, default)
    return create_model(name, __config__=ConfigDict(extra="forbid", strict=False), **shape)  # type: ignore[call-overload]
