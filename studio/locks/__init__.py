"""The house's locks: whether they are on, and what opens them."""

from __future__ import annotations

import secrets as chance

from pipelines.faults import Invalid
from studio.db import Db
from studio.locks.passes import Pass, Passes
from studio.locks.secrets import hashed, password, right
from studio.locks.sessions import Sessions
from studio.people import HOUSE, Person
from studio.settings import Settings

__all__ = ["Locks", "Pass"]

SHORTEST = 8


class Locks:
    """Of one home. A password, kept hashed in its ledger, locks it wherever it listens; so does listening to others."""

    def __init__(self, db: Db, settings: Settings):
        self.db, self.settings = db, settings
        self.passes, self.sessions = Passes(db), Sessions(db)

    @property
    def on(self) -> bool:
        """Whether who asks needs a credential."""
        return self.settings.open_to_others or self.has_password

    # --- the password ------------------------------------------------------------------------------------------------

    @property
    def has_password(self) -> bool:
        return self.kept("password") is not None

    def settle(self) -> str | None:
        """When the studio opens: the setting's password becomes the house's, or stops being it. A house open to others
        that has none gets one: it is told now, and never again."""
        given = self.settings.password and self.settings.password.get_secret_value()
        if given:
            kept = self.kept("password")
            if not (kept and right(given, kept)):
                self.change_password(given, by="settings")
        elif self.kept("password_by") == "settings":
            self.remove_password()
        if self.on and not self.has_password:
            made = password()
            self.change_password(made, by="us")
            return made
        return None

    def change_password(self, word: str, *, by: str = "hand") -> None:
        """Whoever came in by an earlier one is out. Raises `Invalid` for one that is guessed at once."""
        if by == "hand" and len(word) < SHORTEST:
            raise Invalid(f"A password has at least {SHORTEST} characters.", "A few words in a row are easy to keep.")
        with self.db.transaction():
            self.keep("password", hashed(word))
            self.keep("password_by", by)
            self.sessions.end_by_password()

    def remove_password(self) -> None:
        with self.db.transaction():
            self.db.change("delete from setting where name in ('password', 'password_by')")
            self.sessions.end_by_password()

    def enter_by_password(self, word: str) -> str | None:
        """A session for who knows the password."""
        kept = self.kept("password")
        return self.sessions.begin(None) if kept and right(word, kept) else None

    # --- links, keys, cookies ----------------------------------------------------------------------------------------

    def enter_by_link(self, secret: str) -> str | None:
        """A session for who followed a link."""
        found = self.passes.follow(secret)
        return self.sessions.begin(found[1]) if found else None

    def by_key(self, secret: str) -> Person | None:
        return self.passes.holder(secret)

    def by_cookie(self, token: str) -> Person | None:
        return self.sessions.whose(token)

    def person(self, id: str) -> Person | None:
        """Who somebody is, unless their pass has ended or was revoked."""
        return HOUSE if id == HOUSE.id else self.passes.person(id)

    # --- the secret that signs addresses -----------------------------------------------------------------------------

    @property
    def signing_key(self) -> bytes:
        """The same for this home for good: what it signed yesterday opens today."""
        if (kept := self.kept("signing_key")) is None:
            self.db.change("insert or ignore into setting values ('signing_key', ?)", chance.token_hex(32))
            kept = self.kept("signing_key")
        return bytes.fromhex(kept or "")

    @property
    def seal(self) -> bytes | None:
        """What addresses that are given out are signed with; nothing while the house stands open."""
        return self.signing_key if self.on else None

    def kept(self, name: str) -> str | None:
        row = self.db.one("select value from setting where name = ?", name)
        return row[0] if row else None

    def keep(self, name: str, value: str) -> None:
        self.db.change("insert or replace into setting values (?, ?)", name, value)
