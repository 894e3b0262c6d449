"""Finds the JSON value in what a chat model said, whatever stands around it. Pure: it asks nobody."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Answer = TypeVar("Answer", bound=BaseModel)
MOST_STARTS = 40  # braces tried as the beginning of the value, of a long text
CLOSES = {"{": "}", "[": "]"}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema as chat endpoints constrain their answers by it: every field named, and no others."""
    return tightened(model.model_json_schema())


def tightened(schema: Any) -> Any:
    if isinstance(schema, list):
        return [tightened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tight = {name: tightened(part) for name, part in schema.items() if name not in ("default", "title", "properties")}
    if "properties" in schema:
        fields = {name: tightened(part) for name, part in schema["properties"].items()}
        tight |= {"properties": fields, "required": list(fields), "additionalProperties": False}
    return tight


def read(text: str, model: type[Answer]) -> Answer:
    """The value a model meant to give. Raises `ValueError` saying what is wrong with it, for the model to read."""
    fault = "There is no JSON object in the answer."
    for value in values(text):
        try:
            return model.model_validate(value)
        except ValidationError as error:
            fault = faults(error)
    raise ValueError(fault)


def faults(error: ValidationError, most: int = 8) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)[:most]
    return "; ".join(f"{'.'.join(map(str, f['loc'])) or 'the object'}: {f['msg']}" for f in found)


def values(text: str) -> Iterator[Any]:
    """Every object that the text may mean, the likeliest first: fenced ones, whole ones, mended ones."""
    said = re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.DOTALL)
    fenced = re.findall(r"```(?:json)?\s*(.*?)(?:```|\Z)", said, flags=re.DOTALL)
    for part in [*fenced, said]:
        yield from objects(part)
    for part in [*fenced, said]:
        if (start := part.find("{")) >= 0 and (value := mended(part[start:])) is not None:
            yield value


def objects(text: str) -> Iterator[Any]:
    """The objects that stand whole in a text, from its first brace on; none inside another."""
    decoder, at = json.JSONDecoder(), text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        try:
            value, at = decoder.raw_decode(text, at)
            yield value
        except (ValueError, RecursionError):
            at += 1
        at = text.find("{", at)


def mended(text: str) -> Any:
    """What a broken object was meant to be: commas too many, Python's words, an end that never came. None if that is
    not to be seen."""
    closed = whole(text)
    plain = re.sub(r",\s*([}\]])", r"\1", closed)
    for attempt in (plain, re.sub(r"[“”]", '"', plain)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    try:
        value = ast.literal_eval(plain)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def whole(text: str) -> str:
    """The first object of a text, closed where it breaks off: what was begun last is left out."""
    open_, quoted, escaped, kept = list[str](), False, False, 0
    closers = ""
    for n, sign in enumerate(text):
        if quoted:
            quoted, escaped = (sign != '"' or escaped), (sign == "\\" and not escaped)
            continue
        if sign == '"':
            quoted = True
        elif sign in CLOSES:
            open_.append(CLOSES[sign])
        elif open_ and sign == open_[-1]:
            open_.pop()
            if not open_:
                return text[: n + 1]
        if sign in "}]," and open_:
            kept, closers = n + (sign != ","), "".join(reversed(open_))
    return text[:kept] + closers
