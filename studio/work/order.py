"""The order of the line: people take turns, and of one person's jobs the more urgent goes first, then the earlier.
Places are numbers, and a job is moved by giving it one between its new neighbours'.

Jobs for a model that is loaded go together: they overtake one that would have it thrown out, but only so often.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

from studio.db import Db

MOST_OVERTAKEN = 8
IN_LINE = "status in ('queued', 'running')"  # what runs may come back to its place


def next_in(db: Db, lanes: Sequence[str], loaded: Sequence[str] = ()) -> int | None:
    """Which job of these lanes is to be done next, by its number. Inside a transaction."""
    marks = ",".join("?" * len(lanes))
    waiting = f"from job where status = 'queued' and lane in ({marks}) and not_before <= ?"
    asked = *lanes, time.time()
    whose = turns(db, [row[0] for row in db.all(f"select maker {waiting} group by maker order by min(place)", *asked)])
    if not whose:
        return None
    first = db.one(
        f"select n, model, lane, overtaken {waiting} and maker = ? order by priority desc, place limit 1",
        *asked, whose[0],
    )  # fmt: skip
    if not loaded or first["lane"] != "device" or first["model"] in loaded or first["overtaken"] >= MOST_OVERTAKEN:
        return first["n"]
    models = ",".join("?" * len(loaded))
    quicker = db.one(  # of the same person, or of another: but never before what is more urgent to whose it is
        f"select n {waiting} and model in ({models}) and not exists (select 1 from job k where k.status = 'queued'"
        f" and k.maker = job.maker and k.lane in ({marks}) and k.priority > job.priority)"
        " order by maker != ?, place limit 1",
        *asked, *loaded, *lanes, whose[0],
    )  # fmt: skip
    if quicker is None:
        return first["n"]
    db.change("update job set overtaken = overtaken + 1 where n = ?", first["n"])
    return quicker["n"]


def turns(db: Db, makers: list[str]) -> list[str]:
    """These people in the order of their turns: whose last job began longest ago is next."""
    if len(makers) < 2:
        return makers
    last = "select coalesce(max(started), 0) from job where maker = ?"
    return sorted(makers, key=lambda maker: db.one(last, maker)[0])


def several(db: Db) -> bool:
    """Whether more than one person waits."""
    return db.one("select min(maker) != max(maker) from job where status = 'queued'")[0] == 1


def in_line(db: Db) -> list[str]:
    """Everybody's waiting jobs in the order they will run, so far as can be told: one of each person's in turn."""
    whose: dict[str, deque[str]] = {}
    for row in db.all("select id, maker from job where status = 'queued' order by priority desc, place"):
        whose.setdefault(row["maker"], deque()).append(row["id"])
    queue, found = deque(turns(db, list(whose))), list[str]()
    while queue:
        maker = queue.popleft()
        found.append(whose[maker].popleft())
        if whose[maker]:
            queue.append(maker)
    return found


def put_before(db: Db, job_id: str, before: str | None) -> None:
    """Give a waiting job the place before another one, and its priority; with no other, the last place."""
    if job_id == before:
        return
    low, high, priority = last_place(db) if before is None else place_before(db, before, but=job_id)
    place = (low + high) / 2
    if low < place < high:
        db.change("update job set place = ?, priority = ? where id = ?", place, priority, job_id)
    else:  # halved so often that no number is left between the two
        renumber(db)
        put_before(db, job_id, before)


def last_place(db: Db) -> tuple[float, float, int]:
    """Numbers below and above the place, and its priority: the lowest there is."""
    low, priority = db.one(
        f"select max(place), min(priority) from job where {IN_LINE}"
        f" and priority = (select min(priority) from job where {IN_LINE})"
    )
    return low, low + 2, priority


def place_before(db: Db, before: str, but: str) -> tuple[float, float, int]:
    """The same for the place before a job, as if the job `but` were not there."""
    high, priority = db.one("select place, priority from job where id = ?", before)
    (low,) = db.one(
        f"select max(place) from job where {IN_LINE} and priority = ? and place < ? and id != ?", priority, high, but
    )
    return high - 2 if low is None else low, high, priority


def renumber(db: Db) -> None:
    """The same line, its places whole numbers again."""
    for place, row in enumerate(db.all(f"select n from job where {IN_LINE} order by place"), 1):
        db.change("update job set place = ? where n = ?", place, row["n"])
