"""The job queue: one SQLite table that outlives every process.

A job is claimed with a lease and a number (its attempt). Whatever a worker writes later names that number, so a worker
that was thought dead cannot touch a job that somebody else has taken over, and a job that is over stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.faults import Cancelled, Conflict, Invalid, Unknown
from studio.db import Db
from studio.library.store import Library
from studio.people import asking, own_key, sees
from studio.types import FINISHED, Asset, Job, JobError, Page
from studio.work.order import in_line, next_in, put_before, several
from studio.work.rows import job_of

LEASE_S = 60.0
MOST_CRASHES = 2
MOST_ATTEMPTS = 8


class UnknownJob(Unknown):
    """No job has that id."""


class JobIsOver(Conflict):
    """The job has already ended."""


class KeyReused(Invalid):
    """The idempotency key was used for another request."""


@dataclass(frozen=True)
class Claim:
    """A worker's hold on a job: good as long as the row still carries this attempt and worker, and is running."""

    job: Job
    attempt: int
    worker: str


class Queue:
    def __init__(self, db: Db, library: Library):
        self.db, self.library = db, library

    # --- in at one end -------------------------------------------------------------------------------------------

    def put(self, job: Job, lane: str, *, key: str | None = None, request: Any = None) -> Job:
        """Write a job down. It is safe on disk when this returns; several go in together inside one transaction."""
        with self.db.transaction() as conn:
            conn.execute(
                "insert into job (id, task, model, lane, priority, recipe, project, retry_of, created, idempotency_key,"
                " request_hash, maker, place)"
                " values (?,?,?,?,?,?,?,?,?,?,?,?, (select coalesce(max(place), 0) + 1 from job))",
                (job.id, job.task, job.model, lane, job.priority, job.recipe.model_dump_json(), job.project,
                 job.retry_of, job.created.timestamp(), key and own_key(key), key and digest(request), asking().id),
            )  # fmt: skip
        return self.get(job.id)

    def replay(self, key: str, request: Any) -> Job | None:
        """The job an earlier request with this key made. Raises `KeyReused` when that request was another one."""
        row = self.db.one("select id, request_hash from job where idempotency_key = ?", own_key(key))
        if row is None:
            return None
        if row["request_hash"] != digest(request):
            raise KeyReused(
                "This Idempotency-Key was used for another request.", "Send a new key with every new request."
            )
        return self.get(row["id"])

    # --- looked at ------------------------------------------------------------------------------------------------

    def get(self, job_id: str) -> Job:
        row = self.db.one(f"{SELECT} where id = ? and {sees('job', 'job')}", job_id)
        if row is None:
            raise UnknownJob(f"There is no job {job_id!r}.", "GET /api/v1/jobs lists them.")
        return self.jobs([row])[0]

    def page(
        self, *, status: str | None = None, task: str | None = None, limit: int = 50, before: str | None = None
    ) -> Page[Job]:
        """Newest first."""
        wheres, values = [sees("job", "job")], list[Any]()
        for column, value in (("status", status), ("task", task)):
            if value:
                wheres.append(f"{column} = ?")
                values.append(value)
        if before:
            self.get(before)
            wheres.append("n < (select n from job where id = ?)")
            values.append(before)
        rows = self.db.all(f"{SELECT} where {' and '.join(wheres)} order by n desc limit ?", *values, limit + 1)
        jobs = self.jobs(rows[:limit])
        return Page[Job](items=jobs, next=jobs[-1].id if len(rows) > limit else None)

    def running(self, limit: int = 200) -> list[Job]:
        """What runs now."""
        running = f"{SELECT} where {sees('job', 'job')} and status = 'running' order by priority desc, place limit ?"
        return self.jobs(self.db.all(running, limit))

    def line(self, limit: int = 200) -> list[Job]:
        """What runs, then what waits, in the order it will run."""
        theirs = f"{SELECT} where {sees('job', 'job')}"
        running = self.db.all(f"{theirs} and status = 'running' order by priority desc, place limit ?", limit)
        if not several(self.db):
            waiting = f"{theirs} and status = 'queued' order by priority desc, place limit ?"
            return self.jobs([*running, *self.db.all(waiting, limit - len(running))])
        rows = {row["id"]: row for row in self.db.all(f"{theirs} and status = 'queued'")}
        return self.jobs([*running, *(rows[id] for id in in_line(self.db) if id in rows)][:limit])

    def counts(self) -> dict[str, int]:
        """How many jobs there are of each status."""
        counted = f"select status, count(*) from job where {sees('job', 'job')} group by status"
        return {row[0]: row[1] for row in self.db.all(counted)}

    def waiting(self, maker: str) -> int:
        """How many jobs of one person's wait."""
        return int(self.db.one("select count(*) from job where maker = ? and status = 'queued'", maker)[0])

    def jobs(self, rows: Iterable[Any]) -> list[Job]:
        """Rows as jobs, their assets and places fetched at once."""
        rows = list(rows)
        made: dict[str, list[str]] = {row["id"]: [] for row in rows}
        marks = ",".join("?" * len(made))
        for job, asset in self.db.all(
            f"select job, asset from job_asset where job in ({marks}) order by job, place", *made
        ):
            made[job].append(asset)
        assets = self.library.many({asset for ids in made.values() for asset in ids}) if any(made.values()) else {}
        ahead = self.places([row for row in rows if row["status"] == "queued"])
        return [job_of(row, [assets[a] for a in made[row["id"]] if a in assets], ahead.get(row["id"])) for row in rows]

    def places(self, waiting: Sequence[Any]) -> dict[str, int]:
        """How many jobs each of these waiting ones has before it. One is counted, for many the line is read once."""
        if not waiting:
            return {}
        if several(self.db):
            return {id: n for n, id in enumerate(in_line(self.db))}
        if len(waiting) == 1:
            (row,) = waiting
            ahead = "select count(*) from job where status = 'queued' and (priority, -place) > (?, ?)"
            return {row["id"]: self.db.one(ahead, row["priority"], -row["place"])[0]}
        line = "select id from job where status = 'queued' order by priority desc, place"
        return {row[0]: n for n, row in enumerate(self.db.all(line))}

    def held(self) -> list[tuple[str, int]]:
        """The running jobs and their attempts."""
        return [(row["id"], row["attempt"]) for row in self.db.all("select * from job where status = 'running'")]

    def is_over(self, job_id: str) -> bool:
        """Cheap enough to be asked often, by many who wait. A job that is not there is over."""
        row = self.db.one("select status from job where id = ?", job_id)
        return row is None or row["status"] in FINISHED

    # --- worked on ------------------------------------------------------------------------------------------------

    def waits(self, lanes: Sequence[str]) -> bool:
        """Whether a job of these lanes is queued: a look that keeps nobody from writing."""
        marks = ",".join("?" * len(lanes))
        return bool(self.db.one(f"select 1 from job where status = 'queued' and lane in ({marks}) limit 1", *lanes))

    def in_line(self, lanes: Sequence[str]) -> int:
        """How many jobs of these lanes wait or run."""
        marks = ",".join("?" * len(lanes))
        count = f"select count(*) from job where status in ('queued', 'running') and lane in ({marks})"
        return int(self.db.one(count, *lanes)[0])

    def claim(self, worker: str, lanes: Sequence[str], loaded: Sequence[str] = ()) -> Claim | None:
        """Take the next job of these lanes, so that no other worker can; none while the queue is paused. A job whose
        model is `loaded` goes before one whose model would have to be, up to MOST_OVERTAKEN times."""
        with self.db.transaction() as conn:
            n = None if self.paused else next_in(self.db, lanes, loaded)
            if n is None:
                return None
            row = conn.execute(
                "update job set status = 'running', worker = ?, attempt = attempt + 1, lease = ?, started = ?,"
                " progress = 0, note = 'starting' where n = ? returning id, attempt",
                (worker, time.time() + LEASE_S, time.time(), n),
            ).fetchone()
        return Claim(self.get(row["id"]), row["attempt"], worker)

    def holds(self, claim: Claim) -> bool:
        """Whether the job is still this claim's to work on."""
        return self.db.one(f"select 1 from job where {HELD}", *named(claim)) is not None

    def report(self, claim: Claim, progress: float, note: str) -> None:
        """Say how far it is, and keep the lease. Raises `Cancelled` once the job is no longer this claim's."""
        if not self.update(claim, progress=min(max(progress, 0.0), 1.0), note=note[:300], lease=time.time() + LEASE_S):
            raise Cancelled

    def renew(self, worker: str) -> None:
        self.db.change(
            "update job set lease = ? where worker = ? and status = 'running'", time.time() + LEASE_S, worker
        )

    def publish(self, claim: Claim, assets: Sequence[Asset], result: dict[str, Any] | None = None) -> None:
        """The job is done: its assets' rows and its own last state, in one transaction. Raises `Cancelled` if it is
        not this claim's any more; then nothing of it is published."""
        with self.db.transaction() as conn:
            text = json.dumps(result) if result is not None else None
            if not self.end(claim, "done", progress=1.0, note="", result=text):
                raise Cancelled
            for asset in assets:
                self.library.record(asset)
            for place, asset_id in enumerate(dict.fromkeys(asset.id for asset in assets)):
                conn.execute("insert into job_asset values (?, ?, ?)", (claim.job.id, place, asset_id))

    def fail(self, claim: Claim, error: JobError) -> None:
        self.end(claim, "failed", error=error.model_dump_json())

    def end(self, claim: Claim, status: str, **values: Any) -> bool:
        return self.update(claim, status=status, finished=time.time(), worker=None, lease=None, **values)

    def update(self, claim: Claim, **values: Any) -> bool:
        sets = ", ".join(f"{name} = ?" for name in values)
        return self.db.change(f"update job set {sets} where {HELD}", *values.values(), *named(claim)) == 1

    def let_go(self, claim: Claim) -> None:
        """The worker has stopped work on a job that was taken from it."""
        self.db.change(
            "update job set worker = null where id = ? and attempt = ? and worker = ? and status != 'running'",
            *named(claim),
        )

    # --- when something breaks -----------------------------------------------------------------------------------

    def release(self, claim: Claim) -> None:
        """Put it back where it was: the worker is going home. It costs no attempt."""
        self.update(
            claim, status="queued", worker=None, lease=None, attempt=claim.attempt - 1, progress=0, note="waiting again"
        )

    def lost(self, worker: str, why: str, crash: bool) -> None:
        """A worker is gone: what it held is tried again, or fails with the reason after its second crash. One that was
        sent home, and did not go by itself, costs no attempt."""
        for row in self.db.all("select * from job where worker = ? and status = 'running'", worker):
            self.interrupted(row, why, crash, spent=crash)
        self.db.change("update job set worker = null where worker = ?", worker)

    def expire(self) -> list[str]:
        """Leases that ran out: their workers are lost, whoever hosted them. Says which, that they may be replaced."""
        late = self.db.all("select * from job where status = 'running' and lease < ?", time.time())
        for row in late:
            self.interrupted(row, "The worker stopped answering.", crash=True)
        return [row["worker"] for row in late]

    def recover(self) -> None:
        """After a restart, before any worker starts: what was running goes on as a new attempt, in its old place."""
        for row in self.db.all("select * from job where status = 'running'"):
            self.interrupted(row, "The studio was stopped again and again while it ran.", crash=False)
        self.db.change("update job set worker = null where worker is not null")

    def interrupted(self, row: Any, why: str, crash: bool, spent: bool = True) -> None:
        crashes = row["crashes"] + crash
        if crashes >= MOST_CRASHES or row["attempt"] >= MOST_ATTEMPTS:
            error = JobError(
                type="worker_crashed",
                message=f"{why} It was tried {row['attempt']} times.",
                advice="Try it smaller or shorter, or with another model; the studio's log has the details.",
            )
            values: dict[str, Any] = {"status": "failed", "error": error.model_dump_json(), "finished": time.time()}
        else:
            note, attempt = f"resumed: {why}" if crash else "resumed", row["attempt"] - (not spent)
            values = {"status": "queued", "progress": 0, "note": note, "attempt": attempt}
        sets = ", ".join(f"{name} = ?" for name in (*values, "crashes"))
        self.db.change(
            f"update job set {sets}, worker = null, lease = null where id = ? and attempt = ? and status = 'running'",
            *values.values(),
            crashes,
            row["id"],
            row["attempt"],
        )

    def overdue(self, timeout_s: float) -> None:
        """Fail what has run for too long. Its worker is still on it until the crew has seen to that."""
        error = JobError(
            type="timeout",
            message=f"It ran for more than {timeout_s:.0f} s and was stopped.",
            advice="Try it smaller or shorter, or raise STUDIO_JOB_TIMEOUT_S.",
        )
        self.db.change(
            "update job set status = 'failed', error = ?, finished = ? where status = 'running' and started < ?"
            " and lane not in ('net', 'film', 'whole') and task != 'restore'",  # these take as long as they take
            error.model_dump_json(),
            time.time(),
            time.time() - timeout_s,
        )

    def clung_to(self, grace_s: float) -> list[str]:
        """Workers still busy with a job that ended without them more than `grace_s` ago."""
        return [
            row[0]
            for row in self.db.all(
                "select worker from job where worker is not null and status != 'running' and finished < ?",
                time.time() - grace_s,
            )
        ]

    # --- by hand --------------------------------------------------------------------------------------------------

    def cancel(self, job_id: str) -> Job:
        """It is cancelled when this returns; a worker on it notices at its next step, or is made to."""
        self.get(job_id)
        ended = self.db.change(
            "update job set status = 'cancelled', finished = ?, note = '', lease = null where id = ?"
            " and status in ('queued', 'running')",
            time.time(),
            job_id,
        )
        job = self.get(job_id)
        if not ended:
            raise JobIsOver(f"Job {job_id} is already {job.status}.", "Nothing is left to cancel.")
        return job

    def move(self, job_id: str, before: str | None) -> Job:
        """Put a waiting job before another waiting one, or at the end of the line."""
        with self.db.transaction():
            for job in map(self.get, filter(None, (job_id, before))):
                if job.status != "queued":
                    raise JobIsOver(f"Job {job.id} is {job.status}.", "Only waiting jobs have a place in the line.")
            put_before(self.db, job_id, before)
        return self.get(job_id)

    @property
    def paused(self) -> bool:
        return self.db.one("select 1 from setting where name = 'paused'") is not None

    def pause(self) -> None:
        """Start no more jobs; what runs goes on."""
        self.db.change("insert or ignore into setting values ('paused', '1')")

    def resume(self) -> None:
        self.db.change("delete from setting where name = 'paused'")


SELECT = "select * from job"
HELD = "id = ? and attempt = ? and worker = ? and status = 'running'"


def named(claim: Claim) -> tuple[str, int, str]:
    return claim.job.id, claim.attempt, claim.worker


def digest(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
