"""What was said and done about a project, in its `memory.jsonl`: one line each, only ever added to."""

from __future__ import annotations

import json
import os
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from studio.types import Frozen, now

Who = Literal["you", "studio"]
Kind = Literal["said", "did", "asked", "undone", "failed"]
VERBS = {"said": "", "did": "did: ", "asked": "asked: ", "undone": "undid: ", "failed": "failed: "}
writing = threading.Lock()


class Entry(Frozen):
    """One thing that was said or done, in the request it belongs to."""

    at: datetime = Field(default_factory=now)
    who: Who
    kind: Kind
    text: str
    tool: str = ""
    request: str = ""


class Memory:
    def __init__(self, home: Path, project: str):
        if not re.fullmatch(r"[0-9a-f]{8,64}", project):
            raise ValueError(f"{project!r} is no project's id")
        self.path = home / "projects" / project / "memory.jsonl"

    def add(self, entry: Entry) -> Entry:
        """Write one line down; it is on the disk when this returns."""
        with writing:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                torn = file.tell() and not ends_whole(file.fileno())
                file.write((b"\n" if torn else b"") + entry.model_dump_json(exclude_defaults=True).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        return entry

    def entries(self, limit: int = 200, q: str = "") -> list[Entry]:
        """The latest, oldest first; with `q` those that hold all its words. A torn line is left out."""
        try:
            lines = self.path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        wanted, found = q.lower().split(), list[Entry]()
        for line in reversed(lines):
            try:
                entry = Entry.model_validate(json.loads(line))
            except (ValueError, ValidationError):
                continue
            if all(word in entry.text.lower() for word in wanted):
                found.append(entry)
            if len(found) == limit:
                break
        return found[::-1]

    def summary(self, title: str) -> str:
        """The session as Markdown: who said what, and what was done."""
        out, day = [f"# {plain(title)}"], ""
        for entry in self.entries(5000):
            if (date := f"{entry.at:%Y-%m-%d}") != day:
                day = date
                out.append(f"\n## {day}\n")
            out.append(f"- {entry.at:%H:%M} **{entry.who}** {VERBS[entry.kind]}{plain(entry.text)}")
        return "\n".join(out) + "\n"


def ends_whole(file: int) -> bool:
    end = os.lseek(file, 0, os.SEEK_END)
    return os.pread(file, 1, end - 1) == b"\n"


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
