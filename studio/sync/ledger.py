"""What a studio remembers of its syncs: who it is, what it and another one had last in common, what was in conflict;
and a project as the other side asks for it, and hands it back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from pipelines.faults import Invalid, Stale
from studio.studio import Studio
from studio.timeline.edit.merge import Conflict, Version, ages
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.timeline.versions import Versions
from studio.types import Frozen, new_id, now

ID = re.compile(r"[0-9a-f]{16}")
LOOKED_AT = 200
"""Steps that the age of an item is read from, at most."""


class Listed(Frozen):
    """A project in the other studio's list."""

    id: str
    title: str
    version: int


class Sheet(Frozen):
    """A project as it travels: its film, and when each item of it became what it is, in that studio's clock, which is
    at `now`."""

    id: str
    title: str
    timeline: dict[str, Any]
    version: int
    updated: float
    ages: list[list[float]]
    now: float

    def side(self, ahead: float = 0) -> Version:
        """What a merge asks of it; `ahead` is by how much that studio's clock is before ours, in seconds."""
        times = [[age - ahead for age in row] for row in self.ages]
        return Version(Timeline.parse(self.timeline), self.updated - ahead, times)


class Merged(Frozen):
    """What comes back: the film that both have from now on, what was in conflict, and the film that lost something."""

    title: str = Field(max_length=500)
    timeline: dict[str, Any]
    if_version: int | None = None
    conflicts: list[Conflict] = []
    lost: dict[str, Any] | None = None
    studio: str = Field(pattern=r"^[0-9a-f]{16}$")


class Listing(Frozen):
    """A conflict as it is listed."""

    project: str
    path: str
    kept: str
    lost: Any
    won: Any
    created: datetime


class Ledger:
    def __init__(self, studio: Studio):
        self.studio, self.db, self.projects = studio, studio.db, studio.projects
        self.versions = Versions(studio.db, studio.projects)

    def me(self) -> str:
        """This studio's own name, picked when it is first asked for."""
        self.db.change("insert or ignore into setting values ('studio', ?)", new_id())
        return str(self.db.one("select value from setting where name = 'studio'")[0])

    def listed(self) -> list[Listed]:
        """Every project that is not in the trash."""
        rows = self.db.all("select id, title, version from project where trashed is null order by n")
        return [Listed(**{name: row[name] for name in ("id", "title", "version")}) for row in rows]

    def sheet(self, id: str) -> Sheet:
        """A project as it travels. Raises `UnknownProject`, `TrashedProject`."""
        project = self.projects.get(id)
        film = Timeline.parse(project.timeline)
        rows = self.db.all(
            "select created, timeline from project_step where project = ? and step <= (select step from project"
            " where id = ?) order by step desc limit ?",
            *(id, id, LOOKED_AT),
        )
        steps = ((row["created"], json.loads(row["timeline"])) for row in rows)
        return Sheet(
            id=id, title=project.title, timeline=project.timeline, version=project.version,
            updated=project.updated.timestamp(), ages=ages(film, steps), now=now().timestamp(),
        )  # fmt: skip

    def keep(self, id: str, merged: Merged) -> Project:
        """The merged film as one more step, what lost as a named version, and what was in conflict in the list. A
        project that is not here yet is made. Raises `Stale` when it was changed since it was fetched."""
        if not ID.fullmatch(id):
            raise Invalid("A project's id is 16 letters of 0-9 and a-f.", "Take it from the list.")
        with self.db.transaction():
            if merged.if_version is None:
                if self.db.one("select 1 from project where id = ?", id):
                    raise Stale("The project has come here meanwhile.", "Look again.")
                return self.projects.create(merged.title, merged.timeline, id=id)
            self.projects.at_version(id, merged.if_version)
            self.note(id, merged)
            return self.projects.save(
                id, merged.timeline, if_version=merged.if_version, label="Sync", title=merged.title
            )

    def note(self, id: str, merged: Merged) -> None:
        at, fresh = now().timestamp(), 0
        for one in merged.conflicts:
            said = (json.dumps(part, sort_keys=True) for part in (one.lost, one.won))
            fresh += self.db.change(
                "insert or ignore into conflict (project, studio, path, kept, lost, won, created)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                *(id, merged.studio, one.path, one.kept, *said, at),
            )
        if fresh and merged.lost is not None:
            stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
            self.db.change(
                "insert into project_version (project, name, timeline, created) values (?, ?, ?, ?)",
                *(id, f"Lost to a sync, {stamp}", json.dumps(Timeline.parse(merged.lost).dump()), at),
            )

    def base(self, studio: str, project: str) -> tuple[str, Timeline] | None:
        """Title and film as both had them when they last agreed."""
        row = self.db.one("select * from sync_base where studio = ? and project = ?", studio, project)
        return (row["title"], Timeline.parse(row["timeline"])) if row else None

    def agree(self, studio: str, project: str, title: str, timeline: Timeline) -> None:
        self.db.change(
            "insert or replace into sync_base values (?, ?, ?, ?, ?)",
            *(studio, project, title, json.dumps(timeline.dump()), now().timestamp()),
        )

    def conflicts(self, project: str) -> list[Listing]:
        """What was in conflict in a project, the latest first."""
        self.projects.get(project)
        rows = self.db.all("select * from conflict where project = ? order by n desc limit 200", project)
        return [
            Listing(
                project=row["project"], path=row["path"], kept=row["kept"], lost=json.loads(row["lost"]),
                won=json.loads(row["won"]), created=datetime.fromtimestamp(row["created"], UTC),
            )
            for row in rows
        ]  # fmt: skip
