"""The films of one home, in the ledger: what was asked for, the plan as it is now, and every take of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.faults import Stale, Unknown
from studio.db import Db
from studio.director.plan import Brief, Plan, Stage
from studio.people import asking, sees
from studio.types import Asset, Frozen, Job, new_id, now
from studio.work.queue import SELECT, Queue


class UnknownFilm(Unknown):
    """No film has this id."""


class Film(Frozen):
    """A film on its way. `version` goes up with every change of its plan: it is the ETag. `job` is its latest job,
    `project` where it was cut, `cut` the digest of that cut, and `made` the finished file."""

    id: str
    brief: Brief
    plan: Plan | None = None
    version: int = 1
    until: Stage = "film"
    job: str | None = None
    project: str | None = None
    cut: str | None = None
    made: str | None = None
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class Take:
    """A job that was asked for to make a part of a film; `key` says of what it was made."""

    part: str
    key: str
    job: Job

    @property
    def asset(self) -> Asset | None:
        """The file it made; nothing while it is being made, and when it is in the trash."""
        return next((a for a in self.job.assets if a.kind in ("image", "video", "audio")), None)

    @property
    def captions(self) -> Asset | None:
        return next((a for a in self.job.assets if a.kind == "captions"), None)


class Films:
    """The film rows of one database. Changes join an open transaction."""

    def __init__(self, db: Db, queue: Queue):
        self.db, self.queue = db, queue

    def create(self, brief: Brief, until: Stage, plan: Plan | None = None) -> Film:
        id, at = new_id(), now().timestamp()
        self.db.change(
            "insert into film (id, brief, plan, until, created, updated, maker) values (?, ?, ?, ?, ?, ?, ?)",
            *(id, brief.model_dump_json(), plan and plan.model_dump_json(), until, at, at, asking().id),
        )
        return self.get(id)

    def get(self, id: str) -> Film:
        row = self.db.one(f"select * from film where id = ? and {sees('film', 'film')}", id)
        if row is None:
            raise UnknownFilm("There is no such film.", "GET /api/v1/films lists them.")
        return film_of(row)

    def page(self, limit: int = 50, before: str | None = None) -> list[Film]:
        """Newest first; `before` is the id of the last one already seen."""
        rows = self.db.all(
            f"select * from film where {sees('film', 'film')}"
            " and n < coalesce((select n from film where id = ?), 9e18) order by n desc limit ?",
            *(before, limit),
        )
        return [film_of(row) for row in rows]

    def replan(self, id: str, plan: Plan, *, if_version: int | None = None) -> Film:
        """A plan in the place of the one before. Raises `Stale` when someone else changed it since."""
        with self.db.transaction():
            film = self.get(id)
            if if_version is not None and film.version != if_version:
                raise Stale(
                    f"The film was changed meanwhile: you have version {if_version}, it is at {film.version}.",
                    "Load it again, then make your change on top.",
                )
            if film.plan == plan:
                return film
            self.set(id, plan=plan.model_dump_json(), version=film.version + 1)
            return self.get(id)

    def set(self, id: str, **values: Any) -> None:
        sets = ", ".join(f"{name} = ?" for name in values)
        self.db.change(f"update film set {sets}, updated = ? where id = ?", *values.values(), now().timestamp(), id)

    # --- takes -------------------------------------------------------------------------------------------------------

    def takes(self, id: str) -> list[Take]:
        """Every take asked for, oldest first."""
        rows = self.db.all("select part, key, job from film_take where film = ? order by n", id)
        marks = ",".join("?" * len(rows))
        found = self.queue.jobs(self.db.all(f"{SELECT} where id in ({marks})", *(row["job"] for row in rows)))
        jobs = {job.id: job for job in found}
        return [Take(row["part"], row["key"], jobs[row["job"]]) for row in rows]

    def took(self, id: str, part: str, key: str, job: str) -> None:
        self.db.change("insert into film_take (film, part, key, job) values (?, ?, ?, ?)", id, part, key, job)

    def forget(self, id: str, jobs: Iterable[str]) -> None:
        """Takes that came to nothing: their parts will be asked for again."""
        for job in jobs:
            self.db.change("delete from film_take where film = ? and job = ?", id, job)


def film_of(row: Any) -> Film:
    return Film(
        id=row["id"],
        brief=Brief.model_validate_json(row["brief"]),
        plan=row["plan"] and Plan.model_validate(json.loads(row["plan"])),
        created=datetime.fromtimestamp(row["created"], UTC),
        updated=datetime.fromtimestamp(row["updated"], UTC),
        **{name: row[name] for name in ("version", "until", "job", "project", "cut", "made")},
    )
