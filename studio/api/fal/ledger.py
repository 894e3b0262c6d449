"""What fal's clients have asked for: a row each, beside the job that does it, so that an answer outlives a restart."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from pipelines.faults import Unknown
from studio.api.fal.wishes import Wish
from studio.db import Db
from studio.types import new_id

AGAIN_S = 60.0
"""For how long a request whose answer nobody got is known again."""


class UnknownRequest(Unknown):
    """Nobody asked for that here."""


@dataclass(frozen=True)
class Asked:
    """A request: its id is its job's, where it has one; `output` is there already when it needed none."""

    id: str
    endpoint: str
    shape: str
    model: str
    said: dict[str, Any]
    notes: tuple[str, ...]
    job: str | None
    output: dict[str, Any] | None
    at: float


class Ledger:
    """A request's `answered` is yes or no; before it is either, the name of this run of the studio, which owes it."""

    def __init__(self, db: Db):
        self.db, self.run = db, new_id()

    def put(self, id: str, endpoint: str, wish: Wish, digest: str, job: str | None) -> Asked:
        """Write a request down. Joins an open transaction, the one that puts its job in line."""
        output = None if wish.output is None else json.dumps(wish.output)
        self.db.change(
            "insert into fal_request (id, job, endpoint, shape, model, said, notes, output, digest, answered, at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(id, job, endpoint, wish.shape, wish.model, json.dumps(wish.said), json.dumps(wish.notes), output),
            *(digest, self.run, time.time()),
        )
        return self.get(id)

    def get(self, id: str) -> Asked:
        row = self.db.one("select * from fal_request where id = ?", id)
        if row is None:
            raise UnknownRequest(f"There is no request {id[:80]!r}.", "")
        return asked_of(row)

    def lost(self, digest: str) -> Asked | None:
        """The same request of a minute ago whose answer did not get through, or died with an earlier run."""
        row = self.db.one(
            "select * from fal_request where digest = ? and answered not in ('yes', ?) and at > ?"
            " order by n desc limit 1",
            *(digest, self.run, time.time() - AGAIN_S),
        )
        return row and asked_of(row)

    def answered(self, id: str, got: bool) -> None:
        """Whether the client was still there when it was told."""
        self.db.change(
            "update fal_request set answered = ?, at = ? where id = ?", "yes" if got else "no", time.time(), id
        )


def asked_of(row: Any) -> Asked:
    return Asked(
        id=row["id"],
        endpoint=row["endpoint"],
        shape=row["shape"],
        model=row["model"],
        said=json.loads(row["said"]),
        notes=tuple(json.loads(row["notes"])),
        job=row["job"],
        output=row["output"] and json.loads(row["output"]),
        at=row["at"],
    )
