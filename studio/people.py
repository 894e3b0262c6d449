"""Who is asking, and what of the house is theirs to see.

The guard says who is asking (`acting`), the ledger's rooms ask (`asking`, `sees`), and no door carries it from the one
to the other. Whoever is at the machine itself is the house: the command line, an unlocked window, the workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Role = Literal["view", "make", "admin"]
ROLES: tuple[Role, ...] = ("view", "make", "admin")


@dataclass(frozen=True)
class Person:
    """Whoever holds a credential. `id` is what their things are marked with; an admin sees everybody's."""

    id: str
    name: str
    role: Role

    def may(self, role: Role) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def sees_all(self) -> bool:
        return self.role == "admin"


HOUSE = Person("house", "This machine", "admin")
STRANGER = Person("", "Nobody", "view")
"""Someone at a locked door: sees nothing but that the house stands."""

_asking: ContextVar[Person] = ContextVar("asking", default=HOUSE)


def asking() -> Person:
    return _asking.get()


@contextmanager
def acting(person: Person) -> Iterator[None]:
    """Within this, everything asked of the studio is asked by them."""
    token = _asking.set(person)
    try:
        yield
    finally:
        _asking.reset(token)


def working_for(maker: str) -> Person:
    """A worker on someone's job: it sees what the job was given, and what it makes is theirs."""
    return Person(maker, "", "admin")


# What has no maker is from before there were several people, or nobody's in particular: it is everybody's.
SEEN = {
    "film": "({t}.maker in ('', :me) or {t}.project in (select id from project where shared))",
    "project": "({t}.maker in ('', :me) or {t}.shared)",
    "job": "({t}.maker in ('', :me) or {t}.project in (select id from project where shared))",
    "asset": """(not exists (select 1 from asset_maker m where m.asset = {t}.id)
        or exists (select 1 from asset_maker m where m.asset = {t}.id and m.person = :me)
        or exists (select 1 from shown join project p on p.id = shown.project
                   where shown.asset = {t}.id and p.shared)
        or exists (select 1 from job_asset made join job j on j.id = made.job join project p on p.id = j.project
                   where made.asset = {t}.id and p.shared))""",
}


def sees(what: Literal["project", "job", "asset", "film"], table: str) -> str:
    """The SQL condition for rows of `table` that whoever is asking may know of. An id is safe to write out: it is one
    of ours, hexadecimal."""
    person = asking()
    if person.sees_all:
        return "1"
    if not person.id.isalnum():
        return "0"
    return SEEN[what].format(t=table).replace(":me", f"'{person.id}'")


def own_key(key: str) -> str:
    """An idempotency key as it is kept: everybody has their own."""
    person = asking()
    return key if person.id == HOUSE.id else f"{person.id}:{key}"
