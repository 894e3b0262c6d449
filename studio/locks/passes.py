"""Passes: keys for programs and links for people, each with a name, a role, and perhaps an end. Each is a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from pipelines.faults import Conflict, Invalid, Unknown
from studio.db import Db
from studio.locks.secrets import digest, fresh
from studio.people import HOUSE, Person, Role
from studio.types import Frozen, new_id, now

MOST = 1000
Kind = Literal["key", "link"]


class UnknownPass(Unknown):
    """No key, or link, has that id."""


class TooManyPasses(Conflict):
    """More keys and links than anybody could look through."""


class Pass(Frozen):
    """A key or a link as it is listed: what it opens is shown once, when it is made, and then never again."""

    id: str
    kind: Kind
    name: str
    role: Role
    hint: str = Field(description="Its last characters, to tell it by")
    once: bool = Field(False, description="A link that lets one browser in, and then no other")
    created: datetime
    expires: datetime | None = None
    used: datetime | None = Field(None, description="When it last opened the studio")

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.role)


class Passes:
    def __init__(self, db: Db):
        self.db = db

    def make(
        self, kind: Kind, name: str, role: Role, *, expires: datetime | None = None, once: bool = False
    ) -> tuple[Pass, str]:
        """A new pass, and the secret that only whoever reads this now will ever know. Raises `Invalid`."""
        name = " ".join(name.split())[:100]
        if not name:
            raise Invalid("It needs a name, to know it by later.", "Say whose it is, or what it is for.")
        if expires and expires.tzinfo is None:
            expires = expires.replace(tzinfo=UTC)
        if expires and expires <= now():
            raise Invalid("It would have ended already.", "Let it end in the future, or not at all.")
        with self.db.transaction():
            if self.db.one("select count(*) from pass")[0] >= MOST:
                raise TooManyPasses(f"There are {MOST} keys and links already.", "Revoke some that nobody uses.")
            return self.put(kind, name, role, expires, once)

    def put(self, kind: str, name: str, role: Role, expires: datetime | None, once: bool) -> tuple[Pass, str]:
        secret, id = fresh("hr_" if kind == "key" else ""), new_id()
        self.db.change(
            "insert into pass (id, kind, name, role, secret, hint, once, created, expires) values (?,?,?,?,?,?,?,?,?)",
            *(id, kind, name, role, digest(secret), secret[-4:], once, now().timestamp()),
            expires and expires.timestamp(),
        )
        return shown(self.db.one("select * from pass where id = ?", id)), secret

    def door(self) -> str:
        """The one-time link that is printed when the studio opens: whoever follows it is the house. An earlier one
        that nobody followed opens nothing any more."""
        with self.db.transaction():
            self.db.change("delete from pass where kind = 'door'")
            return self.put("door", HOUSE.name, HOUSE.role, None, True)[1]

    def list(self, kind: Kind) -> list[Pass]:
        """Newest first, those that have ended included."""
        return [shown(row) for row in self.db.all("select * from pass where kind = ? order by n desc", kind)]

    def revoke(self, kind: Kind, id: str) -> None:
        """It opens nothing any more, nor does any session that it began."""
        if not self.db.change("delete from pass where id = ? and kind = ?", id, kind):
            raise UnknownPass(f"There is no such {kind}.", "The list may have changed: look again.")

    # --- used --------------------------------------------------------------------------------------------------------

    def holder(self, secret: str) -> Person | None:
        """Whose key this is, if it is one."""
        row = self.found("key", secret)
        return shown(row).person if row and self.stamp(row) else None

    def follow(self, secret: str) -> tuple[Person, str | None] | None:
        """Who comes in by this link, and the pass their session hangs on; None when it leads nowhere, or was for one
        browser and has let it in."""
        with self.db.transaction():
            row = self.found("link", secret) or self.found("door", secret)
            if row is None or (row["once"] and row["used"]):
                return None
            if row["kind"] == "door":
                self.db.change("delete from pass where id = ?", row["id"])
                return HOUSE, None
            self.stamp(row)
            return shown(row).person, row["id"]

    def person(self, id: str) -> Person | None:
        """Whose pass this is, while it lasts."""
        lasts = "select * from pass where id = ? and kind != 'door' and (expires is null or expires > ?)"
        row = self.db.one(lasts, id, now().timestamp())
        return shown(row).person if row else None

    def found(self, kind: str, secret: str) -> Any:
        return self.db.one(
            "select * from pass where secret = ? and kind = ? and (expires is null or expires > ?)",
            *(digest(secret), kind, now().timestamp()),
        )

    def stamp(self, row: Any) -> bool:
        """When it was last used, to the minute: a key that is used a hundred times a second writes once."""
        at = now().timestamp()
        if not row["used"] or at - row["used"] > 60:
            self.db.change("update pass set used = ? where id = ?", at, row["id"])
        return True


def shown(row: Any) -> Pass:
    def moment(stamp: float | None) -> datetime | None:
        return None if stamp is None else datetime.fromtimestamp(stamp, UTC)

    plain: dict[str, Any] = {name: row[name] for name in ("id", "kind", "name", "role", "hint")}
    times: dict[str, Any] = {name: moment(row[name]) for name in ("created", "expires", "used")}
    return Pass.model_construct(**plain, once=bool(row["once"]), **times)
