"""Which shots were made after which other one, and which were put away: what the queue's own rows do not say."""

from __future__ import annotations

import time

from studio.db import Db

SHOWN = "task = 'video' and id not in (select job from remix where hidden is not null)"


class Remixes:
    def __init__(self, db: Db):
        self.db = db

    def note(self, job_id: str, source: str) -> None:
        """This job makes that one's shot anew. Joins an open transaction."""
        self.db.change("insert into remix (job, source) values (?, ?)", job_id, source)

    def source(self, job_id: str) -> str | None:
        row = self.db.one("select source from remix where job = ?", job_id)
        return row["source"] if row else None

    def hide(self, job_id: str) -> None:
        """Speak of it no more where shots are listed; the queue's history keeps it."""
        self.db.change(
            "insert into remix (job, hidden) values (?, ?) on conflict (job) do update set hidden = excluded.hidden",
            job_id, time.time(),
        )  # fmt: skip

    def hidden(self, job_id: str) -> bool:
        return self.db.one("select 1 from remix where job = ? and hidden is not null", job_id) is not None

    def page(self, limit: int, after: str | None, newest_first: bool) -> tuple[list[str], bool]:
        """The ids of shots that are not put away, from `after` on; and whether there are more."""
        sign, order = ("<", "desc") if newest_first else (">", "asc")
        place = f"n {sign} (select n from job where id = ?)" if after else "? is null"
        rows = self.db.all(f"select id from job where {SHOWN} and {place} order by n {order} limit ?", after, limit + 1)
        return [row["id"] for row in rows[:limit]], len(rows) > limit
