"""Versions of a project to go back to: every kept step, and those that were given a name, which are kept for good."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal

from pipelines.faults import Invalid, Unknown
from studio.db import Db
from studio.timeline.model import Timeline
from studio.timeline.projects import Project, Projects
from studio.types import Frozen, now

NAMES_KEPT = 1000


class UnknownVersion(Unknown):
    """The project has no such version, or it is no longer kept."""


class Version(Frozen):
    """A timeline as it was at some time. `id` is `step-N` or `name-N`; `seconds` is how long the film was then."""

    id: str
    kind: Literal["step", "name"]
    label: str
    created: datetime
    now: bool = False
    seconds: float
    clips: int


class Versions:
    """The versions of one database's projects. Going back is an edit like any other: undo takes it back."""

    def __init__(self, db: Db, projects: Projects):
        self.db, self.projects = db, projects

    def list(self, project: str, limit: int = 100) -> list[Version]:
        """Named ones and steps together, newest first; the one on the table has `now`."""
        self.projects.get(project)
        step = self.projects.known(project)["step"]
        rows = self.db.all(
            """select 'step' as kind, step as n, label, timeline, created from project_step where project = ?
               union all select 'name', n, name, timeline, created from project_version where project = ?
               order by created desc, n desc limit ?""",
            *(project, project, limit),
        )
        return [shown(row, row["kind"] == "step" and row["n"] == step) for row in rows]

    def name(self, project: str, name: str) -> Version:
        """Keep the timeline as it is now under a name. Raises `Invalid` for an empty one."""
        name = " ".join(name.split())[:200]
        if not name:
            raise Invalid("A version needs a name.", "Say what is special about it.")
        with self.db.transaction():
            timeline = json.dumps(self.projects.get(project).timeline)
            (count,) = self.db.one("select count(*) from project_version where project = ?", project)
            if count >= NAMES_KEPT:
                raise Invalid(f"A project keeps {NAMES_KEPT} named versions.", "Forget some of them first.")
            self.db.change(
                "insert into project_version (project, name, timeline, created) values (?, ?, ?, ?)",
                *(project, name, timeline, now().timestamp()),
            )
            row = self.db.one("select 'name' as kind, n, name as label, * from project_version order by n desc limit 1")
        return shown(row)

    def restore(self, project: str, version: str, *, if_version: int | None = None) -> Project:
        """Put a version on the table again, as one more step."""
        with self.db.transaction():
            row = self.row(project, version)
            label = f"Back to “{row['label']}”"
            return self.projects.save(project, row["timeline"], if_version=if_version, label=label)

    def forget(self, project: str, version: str) -> None:
        """A name is given up; the steps stay."""
        if version.startswith("step-"):
            raise Invalid("Steps are kept for undo.", "Only named versions can be forgotten.")
        row = self.row(project, version)
        self.db.change("delete from project_version where project = ? and n = ?", project, row["n"])

    def row(self, project: str, version: str) -> Any:
        self.projects.get(project)
        kind, _, n = version.partition("-")
        facts = {
            "step": "select 'step' as kind, step as n, * from project_step where project = ? and step = ?",
            "name": "select 'name' as kind, name as label, * from project_version where project = ? and n = ?",
        }
        number = int(n) if n.isascii() and n.isdigit() and len(n) < 18 else -1
        row = self.db.one(facts[kind], project, number) if kind in facts else None
        if row is None:
            raise UnknownVersion("There is no such version, or it is no longer kept.", "Look at the list again.")
        return row


def shown(row: Any, is_now: bool = False) -> Version:
    film = Timeline.parse(row["timeline"])
    return Version(
        id=f"{row['kind']}-{row['n']}",
        kind=row["kind"],
        label=row["label"],
        created=datetime.fromtimestamp(row["created"], UTC),
        now=is_now,
        seconds=round(float(film.seconds), 3),
        clips=sum(item.type == "clip" for track in film.tracks for item in track.items),
    )
