"""Projects: a timeline kept with every step that led to it, so that undo outlives the page and the server."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from pipelines.faults import Conflict, Gone, Stale, Unknown
from studio.db import Db
from studio.people import asking, sees
from studio.timeline.model import Timeline, Track
from studio.types import Frozen, new_id, now

STEPS_KEPT = 500


class UnknownProject(Unknown):
    """No project has this id."""


class TrashedProject(Gone):
    """The project is in the trash."""


class NotYours(Conflict):
    """A project that is somebody else's to share, or to throw away."""


class NothingToUndo(Conflict):
    """The project is at its first, or its last, kept step."""


class Project(Frozen):
    """A film in the making. `version` goes up with every change, undo included: it is the ETag."""

    id: str
    title: str
    timeline: dict[str, Any]
    version: int
    can_undo: bool
    can_redo: bool
    undo_label: str = ""
    redo_label: str = ""
    shared: bool = False
    created: datetime
    updated: datetime


def blank(title: str = "") -> Timeline:
    """What a new project opens with: a row each for picture, titles, voice, music and captions."""
    tracks = (
        Track(kind="video", name="Picture"),
        Track(kind="video", name="Titles"),
        Track(kind="audio", name="Voice", role="narration"),
        Track(kind="audio", name="Music", role="music", gain_db=-6, duck=True),
        Track(kind="captions", name="Captions"),
    )
    return Timeline(title=title, tracks=tracks)


class Projects:
    """The project rows of one database. Every call is one transaction; a `Db` may be shared by threads."""

    def __init__(self, db: Db):
        self.db = db

    def create(
        self, title: str = "", timeline: Timeline | dict[str, Any] | str | None = None, *, id: str | None = None
    ) -> Project:
        """A new project; `id` is the one it has in another studio, if it comes from there."""
        film = blank(title[:500]) if timeline is None else Timeline.parse(timeline)
        id, at, text = id or new_id(), now().timestamp(), json.dumps(film.dump())
        with self.db.transaction():
            self.db.change(
                "insert into project (id, title, timeline, created, updated, maker) values (?, ?, ?, ?, ?, ?)",
                *(id, (title or film.title or "Untitled film")[:500], text, at, at, asking().id),
            )
            self.db.change("insert into project_step values (?, 0, 'Start', ?, ?)", id, text, at)
            return self.get(id)

    def get(self, id: str) -> Project:
        """Raises `UnknownProject`, or `TrashedProject` until it is restored."""
        row = self.db.one(
            f"""select project.*,
                 (select label from project_step s where s.project = project.id and s.step = project.step
                    and exists (select 1 from project_step e where e.project = s.project and e.step < s.step)) as undo,
                 (select label from project_step s where s.project = project.id and s.step > project.step
                    order by s.step limit 1) as redo
               from project where id = ? and {sees("project", "project")}""",
            id,
        )
        if row is None:
            raise UnknownProject("There is no such project.", "GET /api/v1/projects lists them.")
        if row["trashed"] is not None:
            raise TrashedProject(f"“{row['title']}” is in the trash.", "Restore it first.")
        return Project(
            id=row["id"],
            title=row["title"],
            timeline=json.loads(row["timeline"]),
            version=row["version"],
            can_undo=row["undo"] is not None,
            can_redo=row["redo"] is not None,
            undo_label=row["undo"] or "",
            redo_label=row["redo"] or "",
            shared=bool(row["shared"]),
            created=datetime.fromtimestamp(row["created"], UTC),
            updated=datetime.fromtimestamp(row["updated"], UTC),
        )

    def save(
        self,
        id: str,
        timeline: Timeline | dict[str, Any] | str | None = None,
        *,
        if_version: int | None = None,
        label: str = "Edit",
        title: str | None = None,
    ) -> Project:
        """Keep a new step. Steps that were undone are forgotten; a timeline equal to the last adds no step.

        Raises `Stale` when `if_version` is no longer the project's version, and `Invalid` for a faulty timeline."""
        film = None if timeline is None else json.dumps(Timeline.parse(timeline).dump())
        with self.db.transaction():
            project = self.at_version(id, if_version)
            if title is not None and title.strip() and title != project.title:
                self.db.change("update project set title = ? where id = ?", title.strip()[:500], id)
            elif film is None or film == json.dumps(project.timeline):
                return project
            if film is not None and film != json.dumps(project.timeline):
                self.add_step(id, film, label)
            return self.touched(id)

    def remark(self, id: str, timeline: Timeline, *, if_version: int | None = None) -> Project:
        """Exchange the present step for one that looks and sounds the same: a new version, and nothing to undo."""
        film = json.dumps(timeline.dump())
        with self.db.transaction():
            project = self.at_version(id, if_version)
            if film == json.dumps(project.timeline):
                return project
            self.db.change("update project set timeline = ? where id = ?", film, id)
            step = self.known(id)["step"]
            self.db.change("update project_step set timeline = ? where project = ? and step = ?", film, id, step)
            return self.touched(id)

    def undo(self, id: str, *, if_version: int | None = None) -> Project:
        """One step back. Raises `NothingToUndo` at the first."""
        return self.walk(id, "<", "desc", if_version)

    def redo(self, id: str, *, if_version: int | None = None) -> Project:
        """One step forward again. Raises `NothingToUndo` at the last."""
        return self.walk(id, ">", "asc", if_version)

    def list(self, *, limit: int = 50, before: str | None = None, trashed: bool = False) -> list[Project]:
        """Newest first; `before` is the id of the last one already seen."""
        ids = self.db.all(
            f"""select id from project where trashed is {"not" if trashed else ""} null and {sees("project", "project")}
                and n < coalesce((select n from project where id = ?), 9e18) order by n desc limit ?""",
            *(before, limit),
        )
        return [self.row(id) if trashed else self.get(id) for (id,) in ids]

    def trash(self, id: str, *, if_version: int | None = None) -> None:
        """Out of sight, with everything it has, until restored. Trashing twice is as good as once."""
        with self.db.transaction():
            if self.own(id)["trashed"] is None:
                self.at_version(id, if_version)
                self.db.change("update project set trashed = ? where id = ?", now().timestamp(), id)

    def restore(self, id: str) -> Project:
        with self.db.transaction():
            self.known(id)
            self.db.change("update project set trashed = null where id = ?", id)
            return self.get(id)

    def share(self, id: str, shared: bool) -> Project:
        """Let everybody who may come in see it, with the files on it, and change it as their role lets them; or only
        whoever made it again. Raises `NotYours`."""
        with self.db.transaction():
            row = self.own(id)
            self.get(id)
            self.db.change("update project set shared = ? where id = ?", shared, id)
            self.db.change("delete from shown where project = ?", id)
            self.show(id, row["maker"])
            return self.get(id)

    def purge(self, older_than_s: float) -> int:
        """Really delete the projects that have been in the trash that long, with all their steps; says how many."""
        with self.db.transaction():
            late = self.db.all("select id from project where trashed <= ?", now().timestamp() - older_than_s)
            for (id,) in late:
                for table in ("project_step", "project_version", "delivery", "shown"):
                    self.db.change(f"delete from {table} where project = ?", id)
                self.db.change("delete from project where id = ?", id)
        return len(late)

    # -- inside ---------------------------------------------------------------------------------------------------

    def known(self, id: str) -> Any:
        row = self.db.one(f"select * from project where id = ? and {sees('project', 'project')}", id)
        if row is None:
            raise UnknownProject("There is no such project.", "GET /api/v1/projects lists them.")
        return row

    def own(self, id: str) -> Any:
        """The same, for what only its maker may do, and an admin."""
        row, person = self.known(id), asking()
        if not person.sees_all and row["maker"] not in ("", person.id):
            raise NotYours("This project is somebody else's.", "Ask them, or make a copy.")
        return row

    def show(self, id: str, *makers: str) -> None:
        """What lies on a shared project is seen by whoever sees it: so far as it is the files of who put it there, or
        naming a stranger's file would be a way to have it."""
        row = self.known(id)
        if row["shared"]:
            self.db.change(
                """insert or ignore into shown select ?, asset from asset_maker
                   where asset in (select value from json_each(?)) and person in (select value from json_each(?))""",
                *(id, json.dumps(re.findall(r"[0-9a-f]{64}", row["timeline"])), json.dumps([asking().id, *makers])),
            )

    def row(self, id: str) -> Project:
        """A trashed project as it was left."""
        row = self.known(id)
        return Project(
            **{key: row[key] for key in ("id", "title", "version")},
            **{key: datetime.fromtimestamp(row[key], UTC) for key in ("created", "updated")},
            timeline=json.loads(row["timeline"]),
            can_undo=False,
            can_redo=False,
        )

    def at_version(self, id: str, version: int | None) -> Project:
        project = self.get(id)
        if version is not None and version != project.version:
            raise Stale(
                f"“{project.title}” was changed meanwhile: you have version {version}, it is at {project.version}.",
                "Load it again, then make your change on top.",
            )
        return project

    def add_step(self, id: str, film: str, label: str) -> None:
        step = self.known(id)["step"]
        self.db.change("delete from project_step where project = ? and step > ?", id, step)
        self.db.change(
            "insert into project_step values (?, ?, ?, ?, ?)", id, step + 1, label[:200], film, now().timestamp()
        )
        self.db.change("delete from project_step where project = ? and step <= ?", id, step + 1 - STEPS_KEPT)
        self.db.change("update project set timeline = ?, step = ? where id = ?", film, step + 1, id)

    def walk(self, id: str, side: str, order: str, version: int | None) -> Project:
        with self.db.transaction():
            self.at_version(id, version)
            step = self.known(id)["step"]
            found = self.db.one(
                f"select * from project_step where project = ? and step {side} ? order by step {order} limit 1",
                id,
                step,
            )
            if found is None:
                raise NothingToUndo(f"There is nothing to {'undo' if side == '<' else 'redo'}.")
            self.db.change(
                "update project set timeline = ?, step = ? where id = ?", found["timeline"], found["step"], id
            )
            return self.touched(id)

    def touched(self, id: str) -> Project:
        self.db.change("update project set version = version + 1, updated = ? where id = ?", now().timestamp(), id)
        self.show(id)
        return self.get(id)
