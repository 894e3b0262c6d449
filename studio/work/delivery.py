"""Where a job's take goes when it is done: into the place on a timeline that it was made for.

The promise is a row beside the job's. It is kept in the very transaction that publishes the take, by whichever worker
made it, so that it holds when the page, or the studio, was closed meanwhile; and it is kept once.
"""

from __future__ import annotations

import json
import logging
from typing import Any, Literal

from pipelines.faults import Fault
from studio.db import Db
from studio.library.store import Library
from studio.timeline.edit.slots import Slot, filled, found
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.projects import Projects
from studio.types import Asset, Frozen, now

log = logging.getLogger(__name__)

NOT_PLACED = "The take is in the bin."
LINE = """with recursive line (id) as
  (values (?) union select retry_of from job join line on job.id = line.id where retry_of is not null)"""


class Delivery(Frozen):
    """A take on its way: `placed` once it is in its slot, `aside` when its place was gone; `note` says why. `track` and
    `at` say where the slot is now."""

    job: str
    state: Literal["waiting", "placed", "aside"]
    note: str = ""
    asset: str | None = None
    slot: Slot
    track: int | None = None
    at: int | None = None


class Deliveries:
    def __init__(self, db: Db, library: Library):
        self.db, self.library, self.projects = db, library, Projects(db)

    def promise(self, job: str, project: str, slot: Slot) -> None:
        """The job's take will go into this slot. Joins an open transaction, the one that puts the job in line."""
        self.db.change(
            "insert into delivery (job, project, slot, created) values (?, ?, ?, ?)",
            *(job, project, slot.model_dump_json(), now().timestamp()),
        )

    def keep(self, job: str, assets: list[Asset]) -> None:
        """The job, or a retry of the one something was promised for, is done: its first asset goes where it belongs.
        Joins the transaction that publishes it; what stands in the way is noted and never stops that."""
        row = self.db.one(
            f"{LINE} select delivery.* from delivery join line on job = line.id where state = 'waiting'", job
        )
        if row is None or not assets:
            return
        state, note = "placed", ""
        try:
            self.place(row["project"], Slot.model_validate_json(row["slot"]), assets[0])
        except Fault as fault:
            state, note = "aside", f"{fault.message} {NOT_PLACED}"
            log.info("the take of job %s was put aside: %s", job, fault.message)
        self.db.change(
            "update delivery set state = ?, note = ?, asset = ? where n = ?", state, note, assets[0].id, row["n"]
        )

    def place(self, project: str, slot: Slot, asset: Asset) -> None:
        timeline = Timeline.parse(self.projects.get(project).timeline)
        lasts = None if asset.kind == "image" else int((asset.duration_s or 0) * timeline.fps + 1e-3)
        after = filled(timeline, slot, asset.id, asset.kind, lasts)
        check_against(after, {asset.id: asset})
        self.projects.save(project, after, label="New take" if slot.asset else "Fill the gap")

    def of(self, project: str, limit: int = 50) -> list[Delivery]:
        """What is on its way to a project, and what came of the latest, newest first."""
        timeline = Timeline.parse(self.projects.get(project).timeline)
        rows = self.db.all("select * from delivery where project = ? order by n desc limit ?", project, limit)
        return [self.shown(row, timeline) for row in rows]

    def shown(self, row: Any, timeline: Timeline) -> Delivery:
        slot = Slot.model_validate(json.loads(row["slot"]))
        try:
            track, at = found(timeline, slot)
        except Fault:
            track, at = None, None
        job = row["job"] if row["state"] != "waiting" else self.latest(row["job"])
        return Delivery(
            job=job, state=row["state"], note=row["note"], asset=row["asset"], slot=slot, track=track, at=at
        )

    def latest(self, job: str) -> str:
        """The job itself, or the last retry of it."""
        while row := self.db.one("select id from job where retry_of = ? order by n desc limit 1", job):
            job = row["id"]
        return job
