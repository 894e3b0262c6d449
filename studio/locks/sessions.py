"""Sessions: browsers that have come in. Kept by the hash of their cookie, so that they outlive the server."""

from __future__ import annotations

from studio.db import Db
from studio.locks.secrets import digest, fresh
from studio.people import HOUSE, Person
from studio.types import now

LAST_S = 30 * 24 * 3600
"""A browser that has not been seen for so long comes in again by the door."""
SEEN_S = 3600  # how exactly it is kept when one was last seen


class Sessions:
    def __init__(self, db: Db):
        self.db = db

    def begin(self, by: str | None) -> str:
        """A new session's token; `by` is the pass it hangs on, None for the house's password."""
        token, at = fresh(), now().timestamp()
        with self.db.transaction():
            self.db.change("delete from session where seen < ?", at - LAST_S)
            self.db.change("insert into session values (?, ?, ?, ?)", digest(token), by, at, at)
        return token

    def whose(self, token: str) -> Person | None:
        """Who is in by this token; None for one that was never given out, has ended, or whose pass has."""
        row = self.db.one(
            """select session.token, session.seen, session.pass, pass.id, pass.name, pass.role, pass.expires
               from session left join pass on pass.id = session.pass where token = ?""",
            digest(token),
        )
        at = now().timestamp()
        if row is None or row["seen"] < at - LAST_S or (row["expires"] and row["expires"] <= at):
            return None
        if row["seen"] < at - SEEN_S:
            self.db.change("update session set seen = ? where token = ?", at, row["token"])
        return HOUSE if row["pass"] is None else Person(row["id"], row["name"], row["role"])

    def end(self, token: str) -> None:
        self.db.change("delete from session where token = ?", digest(token))

    def end_all(self, but: str = "") -> int:
        """Every browser is out, but for the one with this token; says how many were in."""
        return self.db.change("delete from session where token != ?", digest(but))

    def end_by_password(self) -> None:
        self.db.change("delete from session where pass is null")

    def count(self) -> int:
        return int(self.db.one("select count(*) from session where seen > ?", now().timestamp() - LAST_S)[0])
