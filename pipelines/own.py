"""The user's own models: HOME/models.toml. What is wrong in it is said, and the rest works.

One table for each model, named by its id: `repo` (a folder, a file, or a name on the hub) and `family` (which pipeline
reads it) are needed; `studio models add` finds them out and writes them.
"""

from __future__ import annotations

import json
import os
import re
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.base import Model, Task, faults_of
from pipelines.faults import Fault, Invalid

FAMILY = r"pipelines(\.[a-z_]\w*)+:[A-Z]\w*"


class BadModels(Invalid):
    """Something in models.toml cannot be meant; the message says where."""


class Entry(BaseModel):
    """What models.toml may say of a model; the same words as the catalogue's."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    repo: str = Field(min_length=1, max_length=1000)
    family: str = Field("", pattern=rf"^({FAMILY})?$")
    task: Task | None = None
    title: str = Field("", max_length=100)
    revision: str = Field("main", pattern=r"^[\w./-]{1,100}$")
    licence: str = "its maker's"
    commercial: bool = False
    vram_gb: float = Field(0, ge=0)
    link: str = Field("", pattern=r"^(https?://\S*)?$")
    files: tuple[str, ...] = ()
    hashes: dict[str, str] = {}
    also: dict[str, tuple[str, ...]] = {}
    nodes: dict[str, str] = {}
    defaults: dict[str, Any] = {}
    base: str = ""
    """For a LoRA: the id of the model that it changes."""

    @field_validator("also")
    @classmethod
    def are_of_the_hub(cls, also: dict[str, Any]) -> dict[str, Any]:
        if not all(re.fullmatch(r"[\w.-]+/[\w.-]+", repo) for repo in also):
            raise ValueError("name models of the hub: maker/it")
        return also

    @field_validator("hashes")
    @classmethod
    def are_sha256(cls, hashes: dict[str, str]) -> dict[str, str]:
        if not all(re.fullmatch(r"[0-9a-f]{64}", value) for value in hashes.values()):
            raise ValueError("a hash is 64 letters of 0-9 and a-f")
        return hashes

    def model(self, find: Callable[[str], Model | None]) -> Model:
        """The entry as a model of the catalogue. Raises `BadModels`."""
        title = self.title or self.id
        if self.base:
            base = find(self.base)
            if base is None or "loras" not in base.cls.Options.model_fields:
                raise BadModels(
                    f"{self.base!r} is no model that takes LoRAs.", "base names one, as `studio models list` shows."
                )
            worn = {"loras": [self.id], **self.defaults}
            return replace(base, id=self.id, title=title, defaults={**base.defaults, **worn})
        if not self.family:
            raise BadModels("It has no family.", "`studio models add` finds out which pipeline reads a checkpoint.")
        model = Model(
            self.id, title, self.task or "image", self.family, repo=self.repo, revision=self.revision,
            licence=self.licence, commercial=self.commercial, vram_gb=self.vram_gb, link=self.link,
            files=self.files, hashes=self.hashes, also=self.also, nodes=self.nodes, defaults=self.defaults,
        )  # fmt: skip
        try:
            model.schema()
        except (ImportError, AttributeError):
            raise BadModels(
                f"There is no {self.family} in this studio.", "`studio models add` finds the family out."
            ) from None
        except KeyError as strange:
            raise BadModels(f"defaults: {self.family} has no option {strange}.") from None
        model.options(**{name: "x" for name, field in model.cls.Options.model_fields.items() if field.is_required()})
        return model

    def lora(self, base: Model) -> Model:
        """The LoRA's own file, where `model` is the model that wears it."""
        return replace(
            base, id=self.id, repo=self.repo, revision=self.revision, files=self.files, hashes={}, defaults={}
        )


def entry(**facts: Any) -> Entry:
    """What was found out of a model as an entry. Raises `BadModels`, naming the fact that cannot be."""
    try:
        return Entry(**facts)
    except ValidationError as error:
        raise BadModels(
            f"{faults_of(error, 'model')}.", "An id is of a-z 0-9 . _ -, a family as pipelines.x:Y."
        ) from None


@dataclass(frozen=True)
class Own:
    """What models.toml says: the models, the files of those that are LoRAs, and what is wrong with the others."""

    models: tuple[Model, ...] = ()
    faults: tuple[str, ...] = ()
    loras: dict[str, Model] = field(default_factory=dict)


class Owned:
    """The user's own models as they are now: the file is read again whenever it changes."""

    def __init__(self, file: Path | None, taken: Callable[[str], Model | None]):
        self.file, self.taken = file, taken
        self.seen: tuple[int, int] | None = None
        self.said = Own()
        self.reading, self.lock = False, threading.RLock()

    def now(self) -> Own:
        if self.file is None:
            return self.said
        try:
            stat = self.file.stat()
            seen = stat.st_mtime_ns, stat.st_size
        except OSError:
            seen = (0, 0)
        with self.lock:
            if seen != self.seen and not self.reading:  # an entry's options may ask which LoRAs there are
                self.reading = True
                try:
                    self.said, self.seen = read(self.file, self.taken), seen
                finally:
                    self.reading = False
            return self.said


def read(file: Path, taken: Callable[[str], Model | None]) -> Own:
    """The user's models; `taken` finds the catalogue's own, whose ids are theirs. Never raises for what a file says."""
    try:
        text = file.read_text("utf-8")
        said = tomllib.loads(text)
    except FileNotFoundError:
        return Own()
    except (OSError, ValueError) as error:
        return Own(faults=(f"{file.name} cannot be read: {error}.",))
    models: list[Model] = []
    faults: list[str] = []
    loras: dict[str, Model] = {}
    for name, facts in said.items():
        try:
            if not isinstance(facts, dict):
                raise BadModels("It is no table.", f"[{name}] begins one.")
            if taken(name):
                raise BadModels("This id is the catalogue's own.", "Give it another one.")
            entry = Entry(id=name, **facts)
            models.append(entry.model(taken))
            if entry.base:
                loras[name] = entry.lora(models[-1])
        except ValidationError as error:
            faults.append(f"{place(file, text, name)}: {faults_of(error, name)}.")
        except Fault as fault:
            faults.append(f"{place(file, text, name)}: {fault.message} {fault.advice}".rstrip())
        except TypeError as error:
            faults.append(f"{place(file, text, name)}: {error}.")
    return Own(tuple(models), tuple(faults), loras)


def place(file: Path, text: str, name: str) -> str:
    """Where a model's table begins, for a person with an editor."""
    header = re.compile(rf"^\s*\[?\s*[\"']?{re.escape(name)}\b")
    line = next((n for n, words in enumerate(text.splitlines(), 1) if header.match(words)), 1)
    return f"{file.name}, line {line}, [{name}]"


def add(file: Path, entry: Entry) -> None:
    """Write a model down at the end of the file. Raises `BadModels` when that id is there, or the file is broken."""
    text = file.read_text("utf-8") if file.exists() else HEAD
    if entry.id in parsed(file, text):
        raise BadModels(f"{file} has a model {entry.id!r} already.", "Give it another id, or forget that one first.")
    facts = entry.model_dump(exclude_defaults=True, exclude={"id"})
    lines = [f"{key} = {toml(value)}" for key, value in facts.items()]
    put(file, text.rstrip("\n") + "\n\n" + "\n".join([f"[{toml(entry.id)}]", *lines]) + "\n")


def forget(file: Path, model_id: str) -> None:
    """Take a model's table out of the file, whatever else it says. Raises `BadModels` when it is not in there."""
    text = file.read_text("utf-8") if file.exists() else ""
    if model_id not in parsed(file, text):
        raise BadModels(f"{file} has no model {model_id!r}.", "Only models of your own can be forgotten.")
    mine = re.compile(rf"\[\s*[\"']?{re.escape(model_id)}[\"']?\s*[].]")
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            inside = mine.match(line.lstrip()) is not None
        if not inside:
            kept.append(line)
    put(file, "".join(kept))


HEAD = "# Models of your own, beside the catalogue's. `studio models add` writes them; they may be edited by hand.\n"


def parsed(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise BadModels(f"{file} cannot be read: {error}.", "Mend that line first.") from None


def toml(value: Any) -> str:
    """A value as TOML, which for all that an entry holds is JSON but for the tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def put(file: Path, text: str) -> None:
    """Write the file whole or not at all."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(text, "utf-8")
    part.replace(file)
