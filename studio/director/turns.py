"""What the assistant was asked, in the ledger: each request as it stands, and how the project was before it. The latest
are kept; what came of all of them is in their projects' memories."""

from __future__ import annotations

from typing import Any, Literal

from pipelines.faults import Unknown
from studio.db import Db
from studio.types import Frozen

MOST_KEPT = 200
State = Literal["thinking", "asking", "done", "stopped", "failed", "undone"]
INTERRUPTED = "The studio was stopped meanwhile. What is done can be taken back; ask again for the rest."


class UnknownRequest(Unknown):
    """The assistant was not asked that, or has forgotten it."""


def unknown() -> UnknownRequest:
    return UnknownRequest("There is no such request.", "The project's memory has what came of it.")


class Step(Frozen):
    tool: str
    arguments: dict[str, Any]
    text: str
    ok: bool = True


class Turn(Frozen):
    """One request, as it stands now. `asks` says what waits for a yes; `undo` whether it can be taken back."""

    id: str
    project: str
    text: str
    state: State = "thinking"
    steps: tuple[Step, ...] = ()
    say: str = ""
    asks: str = ""
    undo: bool = False
    jobs: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return self.state in ("thinking", "asking")


class Before(Frozen):
    """How a project was before a request: its kept step, its title, and the plan of its film."""

    step: str
    title: str
    plan: str | None = None


class Turns:
    """The requests of one home."""

    def __init__(self, db: Db):
        self.db = db

    def add(self, turn: Turn, before: Before) -> None:
        self.db.change(
            "insert into assistant_turn (id, project, state, turn, before) values (?, ?, ?, ?, ?)",
            *(turn.id, turn.project, turn.state, turn.model_dump_json(), before.model_dump_json()),
        )
        self.db.change("delete from assistant_turn where n <= (select max(n) from assistant_turn) - ?", MOST_KEPT)

    def get(self, id: str) -> Turn:
        return Turn.model_validate_json(self.row(id)["turn"])

    def before(self, id: str) -> Before:
        return Before.model_validate_json(self.row(id)["before"])

    def row(self, id: str) -> Any:
        row = self.db.one("select * from assistant_turn where id = ?", id)
        if row is None:
            raise unknown()
        return row

    def put(self, id: str, **values: Any) -> Turn:
        """The request with other values."""
        with self.db.transaction():
            turn = self.get(id).model_copy(update=values)
            sets = "update assistant_turn set state = ?, turn = ? where id = ?"
            self.db.change(sets, turn.state, turn.model_dump_json(), id)
        return turn

    def latest(self, project: str) -> Turn | None:
        """The last request about a project."""
        row = self.db.one("select turn from assistant_turn where project = ? order by n desc limit 1", project)
        return Turn.model_validate_json(row["turn"]) if row else None

    def interrupted(self) -> list[Turn]:
        """End those that a studio left when it was stopped, and say which they were."""
        left = self.db.all("select id from assistant_turn where state in ('thinking', 'asking')")
        return [self.put(row["id"], state="failed", asks="", say=INTERRUPTED) for row in left]
