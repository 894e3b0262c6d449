"""A job made of jobs: its parts are put in line stage by stage, and what they make is seen to, by whoever hosts the
workers. All of it stands in the ledger, so that it goes on where it was after any restart; it holds no worker itself.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pydantic import ConfigDict

from pipelines.faults import Fault
from studio.db import Db
from studio.library.store import Library
from studio.people import acting, working_for
from studio.types import FINISHED, Asset, Frozen, Job, JobError, Recipe, new_id
from studio.work.queue import Queue

log = logging.getLogger(__name__)

State = Literal["waiting", "working", "done", "aside", "failed"]
OPEN = ("waiting", "working")


class Part(Frozen):
    """One job of several: what is wished of it, and what became of it. `made` are the assets, the take first; `aside`
    is made and had no place any more, and `note` says why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    whole: str
    name: str
    stage: int
    wish: dict[str, Any]
    state: State = "waiting"
    job: str | None = None
    note: str = ""
    made: tuple[str, ...] = ()
    verdict: Literal["", "final", "draft"] = ""
    """Which of the two a person chose to keep."""


class Trade(Protocol):
    """What a kind of whole knows about its own parts. Every call is inside the transaction that writes it down."""

    def recipe(self, part: Part, others: Sequence[Part]) -> Recipe:
        """What is to run, said when the part's turn comes: by then the parts of earlier stages are over."""

    def keep(self, part: Part, assets: Sequence[Asset]) -> str:
        """See to what it made. Returns a note; a `Fault` puts it aside."""

    def result(self, whole: Job, parts: Sequence[Part]) -> dict[str, Any]:
        """What the whole has to say once every part is over."""


class Parts:
    """The part rows of one database."""

    def __init__(self, db: Db):
        self.db = db

    def add(self, whole: str, name: str, stage: int, wish: dict[str, Any], done: Part | None = None) -> None:
        """One more part; `done` is the same of an earlier try, whose take is good."""
        state, job, made = ("done", done.job, done.made) if done else ("waiting", None, ())
        self.db.change(
            "insert into part (whole, name, stage, wish, state, job, made) values (?, ?, ?, ?, ?, ?, ?)",
            *(whole, name, stage, json.dumps(wish), state, job, json.dumps(made)),
        )

    def of(self, whole: str) -> list[Part]:
        """In the order they were put down: by stage, then by model."""
        rows = self.db.all("select * from part where whole = ? order by stage, n", whole)
        return [part_of(row) for row in rows]

    def change(self, part: Part, **values: Any) -> None:
        sets = ", ".join(f"{name} = ?" for name in values)
        self.db.change(f"update part set {sets} where whole = ? and name = ?", *values.values(), part.whole, part.name)


def part_of(row: Any) -> Part:
    facts = {name: row[name] for name in ("whole", "name", "stage", "state", "job", "note", "verdict")}
    return Part(**facts, wish=json.loads(row["wish"]), made=tuple(json.loads(row["made"])))


class Foreman:
    """Looks after the wholes of one home, by their task."""

    def __init__(self, db: Db, library: Library, queue: Queue, trades: dict[str, Trade]):
        self.db, self.library, self.queue, self.trades, self.parts = db, library, queue, trades, Parts(db)

    def look(self) -> None:
        """One round: each whole as far as it can go now. Quick, and harmless to repeat."""
        going = "select id, maker from job where lane = 'whole' and status in ('queued', 'running')"
        for id, maker in self.db.all(going):
            try:
                with acting(working_for(maker)):
                    self.further(id)
            except Exception as error:  # one whole that cannot go on must not hold up the others
                log.exception("the whole %s cannot go on", id)
                self.end(id, "failed", error=explained(error))
        self.stop_orphans()

    def further(self, id: str) -> None:
        with self.db.transaction():
            whole = self.queue.get(id)
            if whole.over:
                return
            if not (parts := self.parts.of(id)):
                parts = self.opened(whole)
            trade = self.trades[whole.task]
            for part in parts:
                if part.state == "working" or (part.state == "failed" and part.job != self.latest(part.job or "")):
                    self.see_to(part, trade)
            parts = self.parts.of(id)
            self.put_stage(whole, parts, trade)
            self.tell(whole, self.parts.of(id), trade)

    def opened(self, whole: Job) -> list[Part]:
        """The parts that the recipe lists. What an earlier try of it has made already is taken over."""
        before = {part.name: part for part in (self.parts.of(whole.retry_of) if whole.retry_of else ())}
        for wish in whole.recipe.options["parts"]:
            had = before.get(wish["name"])
            self.parts.add(whole.id, wish["name"], wish["stage"], wish, had if had and had.state == "done" else None)
        return self.parts.of(whole.id)

    def put_stage(self, whole: Job, parts: Sequence[Part], trade: Trade) -> None:
        """Put the next stage in line, once all before it are over."""
        left = [part for part in parts if part.state in OPEN]
        if not left or any(part.state == "working" for part in left):
            return
        stage = min(part.stage for part in left)
        for part in left:
            if part.stage == stage:
                self.put(whole, part, trade, parts)

    def put(self, whole: Job, part: Part, trade: Trade, others: Sequence[Part]) -> None:
        try:
            recipe = trade.recipe(part, others)
        except Fault as fault:
            self.parts.change(part, state="failed", note=f"{fault.message} {fault.advice}".strip())
            return
        job = Job(
            id=new_id(), task=part.wish["task"], model=recipe.model, recipe=recipe, project=whole.project,
            priority=whole.priority,
        )  # fmt: skip
        self.queue.put(job, part.wish["lane"])
        self.parts.change(part, state="working", job=job.id, note="")

    def see_to(self, part: Part, trade: Trade) -> None:
        """What became of a part's job. A retry of it by hand stands in for it."""
        job = self.queue.get(self.latest(part.job or ""))
        if job.id != part.job:
            self.parts.change(part, job=job.id)
        if job.status == "done":
            state, note = "done", ""
            try:
                note = trade.keep(part, job.assets)
            except Fault as fault:
                state, note = "aside", f"{fault.message} {fault.advice}".strip()
            made = json.dumps([asset.id for asset in job.assets])
            self.parts.change(part, state=state, note=note, made=made)
        elif job.over:
            self.parts.change(part, state="failed", note=job.error.message if job.error else "It was cancelled.")
        elif part.state == "failed":
            self.parts.change(part, state="working", note="")

    def latest(self, job: str) -> str:
        """The job itself, or the last retry of it."""
        while row := self.db.one("select id from job where retry_of = ? order by n desc limit 1", job):
            job = row["id"]
        return job

    def tell(self, whole: Job, parts: Sequence[Part], trade: Trade) -> None:
        """Say how far it is, and end it when nothing is left to do."""
        left = [part for part in parts if part.state in OPEN]
        if not left:
            good = [part for part in parts if part.state in ("done", "aside")]
            failed = [part for part in parts if part.state == "failed"]
            error = none_made(failed) if failed and not good else None
            self.end(whole.id, "failed" if error else "done", parts, trade.result(whole, parts), error)
            return
        running = "select job.id, job.progress from part join job on job.id = part.job where whole = ?"
        now = {row[0]: row[1] for row in self.db.all(running, whole.id)}
        share = sum(now.get(part.job or "", 0.0) if part in left else 1.0 for part in parts) / len(parts)
        note = f"{len(parts) - len(left)} of {len(parts)} done"
        self.db.change(
            "update job set status = 'running', started = coalesce(started, ?), progress = ?, note = ?"
            " where id = ? and (status != 'running' or note != ? or abs(progress - ?) > 0.001)",
            *(time.time(), share, note, whole.id, note, share),
        )

    def end(
        self, id: str, status: str, parts: Sequence[Part] = (), result: Any = None, error: JobError | None = None
    ) -> None:
        with self.db.transaction() as conn:
            at, said = time.time(), (json.dumps(result) if result else None, error and error.model_dump_json())
            ended = self.db.change(
                "update job set status = ?, progress = 1, note = '', finished = ?, started = coalesce(started, ?),"
                " result = ?, error = ? where id = ? and status in ('queued', 'running')",
                *(status, at, at, *said, id),
            )
            made = dict.fromkeys(part.made[0] for part in parts if part.made)
            for place, asset in enumerate(self.library.many(made) if ended else ()):
                conn.execute("insert into job_asset values (?, ?, ?)", (id, place, asset))

    def stop_orphans(self) -> None:
        """A whole that was cancelled takes its parts along."""
        for row in self.db.all(
            "select part.*, whole.status as ended, job.status as now from part join job whole on whole.id = part.whole"
            " left join job on job.id = part.job where part.state in ('waiting', 'working')"
            f" and whole.status in {FINISHED}"
        ):
            with self.db.transaction():
                if row["now"] in ("queued", "running"):
                    self.queue.cancel(row["job"])
                self.parts.change(part_of(row), state="failed", note="It was cancelled.")


def none_made(failed: Sequence[Part]) -> JobError:
    return JobError(
        type="parts_failed",
        message=f"Nothing could be made: {failed[0].note}",
        advice=f"See the {len(failed)} jobs it was made of, then retry.",
    )


def explained(error: Exception) -> JobError:
    if isinstance(error, Fault):
        return JobError(type=error.type, message=error.message, advice=error.advice)
    return JobError(type="internal", message=repr(error)[:300], advice="The studio's log has the details.")
