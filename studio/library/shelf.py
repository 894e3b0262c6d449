"""The library's rows: one for each asset, its words beside it for search. Knows no files."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.faults import Conflict, Gone, Unknown
from studio.db import Db
from studio.people import asking, sees
from studio.types import Asset, Page, Recipe

SPOKEN = ("prompt", "text", "lyrics", "negative_prompt", "style")
WORDS = 5000
ID = re.compile(r"[0-9a-f]{64}")


class UnknownAsset(Unknown):
    """No asset has that id."""


class AlsoOthers(Conflict):
    """The asset is somebody else's as well: it is used, and not changed."""


class AssetGone(Gone):
    """The asset is in the trash."""


class Shelf:
    def __init__(self, db: Db, folder: Path):
        self.db, self.folder = db, folder

    def put(self, asset: Asset) -> Asset:
        """The asset as it now stands: the row that was there already if there was one, out of the trash."""
        with self.db.transaction() as conn:
            conn.execute("update asset set trashed = null where id = ?", (asset.id,))
            row = conn.execute("select * from asset where id = ?", (asset.id,)).fetchone()
            if row is None:
                values = values_of(asset, self.folder)
                marks = ", ".join("?" * len(values))
                cursor = conn.execute(
                    f"insert into asset ({', '.join(values)}) values ({marks})", tuple(values.values())
                )
                self.index(cursor.lastrowid or 0, asset)
            self.mark(asset.id, first=row is None)
        return asset if row is None else self.asset(row)

    def mark(self, asset_id: str, first: bool) -> None:
        """It is whose who brings it in. The same bytes of two people are both's; what is everybody's stays so."""
        if maker := asking().id:
            kept = "" if first else " where exists (select 1 from asset_maker where asset = ?1)"
            self.db.change(f"insert or ignore into asset_maker select ?1, ?2{kept}", asset_id, maker)

    def bytes_of(self, person: str) -> int:
        """What all the files of one person weigh, those in the trash included."""
        mine = "select coalesce(sum(bytes), 0) from asset join asset_maker on asset = id where person = ?"
        return int(self.db.one(mine, person)[0])

    def may_change(self, asset_id: str) -> None:
        """Raises `AlsoOthers` for what someone else has made, or brought in, too."""
        person = asking()
        others = "select 1 from asset_maker where asset = ? and person != ?"
        if not person.sees_all and self.db.one(others, asset_id, person.id):
            raise AlsoOthers("This is somebody else's file, too: it stays as it is.", "Use it, or upload your own.")

    def get(self, asset_id: str, *, trashed: bool = False) -> Asset:
        row = self.db.one(f"select * from asset where id = ? and {sees('asset', 'asset')}", asset_id)
        if row is None:
            raise UnknownAsset(f"There is no asset {asset_id[:80]!r}.", "GET /api/v1/assets lists them.")
        if row["trashed"] is not None and not trashed:
            raise AssetGone(f"{row['name']} is in the trash.", "Restore it to use it.")
        return self.asset(row)

    def many(self, ids: Iterable[str], *, trashed: bool = False) -> dict[str, Asset]:
        also = "" if trashed else " and trashed is null"
        rows = self.db.all(
            f"select * from asset where id in (select value from json_each(?)){also} and {sees('asset', 'asset')}",
            json.dumps(sorted(set(ids))),
        )
        return {row["id"]: self.asset(row) for row in rows}

    def named(self, names: Iterable[str]) -> dict[str, str]:
        """Asset ids by name; of several with one name, the newest."""
        rows = self.db.all(
            "select name, id from asset where name in (select value from json_each(?)) and trashed is null"
            f" and {sees('asset', 'asset')} order by n",
            json.dumps(sorted(names)),
        )
        return {row["name"]: row["id"] for row in rows}

    def page(
        self,
        *,
        kind: str | None = None,
        q: str | None = None,
        tag: str | None = None,
        starred: bool | None = None,
        model: str | None = None,
        trashed: bool = False,
        limit: int = 50,
        before: str | None = None,
    ) -> Page[Asset]:
        limit = max(1, min(limit, 200))
        where: dict[str, tuple[Any, ...]] = {f"a.trashed is {'not ' * trashed}null": ()}
        if (seen := sees("asset", "a")) != "1":
            where[seen] = ()
        if before:
            self.get(before, trashed=True)
            where["a.n < (select n from asset where id = ?)"] = (before,)
        if kind:
            where["a.kind = ?"] = (kind,)
        if starred is not None:
            where["a.starred = ?"] = (int(starred),)
        if tag is not None:
            where["exists (select 1 from json_each(a.tags) where value = ?)"] = (tag,)
        if model is not None:
            where["a.recipe ->> '$.model' = ?"] = (model,)
        source = "asset a"
        if match := matching(q, tag, model):
            source = "asset_words w cross join asset a on a.n = w.rowid"
            where = {"asset_words match ?": (match,)} | where
        elif (q and q.strip()) or tag is not None or model is not None:
            return Page[Asset](items=[])
        order = "w.rowid" if match else "a.n"
        rows = self.db.all(
            f"select a.* from {source} where {' and '.join(where)} order by {order} desc limit ?",
            *(value for values in where.values() for value in values),
            limit + 1,
        )
        following = rows[limit - 1]["id"] if len(rows) > limit else None
        return Page[Asset](items=[self.asset(row) for row in rows[:limit]], next=following)

    def change(self, asset_id: str, **values: Any) -> Asset:
        """Set name, tags or starred; None leaves one as it is."""
        with self.db.transaction() as conn:
            self.may_change(self.get(asset_id).id)
            asset = self.get(asset_id).model_copy(update={k: v for k, v in values.items() if v is not None})
            conn.execute(
                "update asset set name = ?, tags = ?, starred = ? where id = ?",
                (asset.name, json.dumps(asset.tags), asset.starred, asset_id),
            )
            (n,) = self.db.one("select n from asset where id = ?", asset_id)
            conn.execute("delete from asset_words where rowid = ?", (n,))
            self.index(n, asset)
        return asset

    def trash(self, ids: Iterable[str], when: float | None) -> None:
        """Into the trash at `when`, or, when that is None, out of it. Unknown ids are refused and nothing is done."""
        with self.db.transaction() as conn:
            for asset_id in ids:
                if self.get(asset_id, trashed=True):
                    self.may_change(asset_id)
                    conn.execute(
                        "update asset set trashed = ? where id = ? and (trashed is null or ? is null)",
                        (when, asset_id, when),
                    )

    def forget(self, older_than_s: float) -> tuple[list[Asset], int]:
        """Drop the rows that have been in the trash that long, but for those that a project, or a job that is not over,
        speaks of; and say how many these are. What a job made is then missing in its history."""
        with self.db.transaction() as conn:
            late = self.db.all("select * from asset where trashed <= ?", time.time() - older_than_s)
            spoken_of = self.spoken_of() if late else set()
            gone = [row for row in late if row["id"] not in spoken_of]
            for row in gone:
                conn.execute("delete from asset_words where rowid = ?", (row["n"],))
                conn.execute("delete from job_asset where asset = ?", (row["id"],))
                conn.execute("delete from asset where n = ?", (row["n"],))
        return [self.asset(row) for row in gone], len(late) - len(gone)

    def spoken_of(self) -> set[str]:
        """Every id that a job still to be done takes, or that a project holds: as it is, in a step to be undone, in a
        version that has a name."""
        sources = (
            "recipe from job where status in ('queued', 'running')",
            *(f"timeline from {table}" for table in ("project", "project_step", "project_version")),
        )
        return {
            found for source in sources for (text,) in self.db.all(f"select {source}") for found in ID.findall(text)
        }

    def index(self, n: int, asset: Asset) -> None:
        options = asset.recipe.options if asset.recipe else {}
        said = " ".join(str(options[key]) for key in SPOKEN if options.get(key))[:WORDS]
        self.db.change(
            "insert into asset_words (rowid, name, prompt, tags, model) values (?, ?, ?, ?, ?)",
            n, asset.name, said, " ".join(asset.tags), asset.recipe.model if asset.recipe else "",
        )  # fmt: skip

    def asset(self, row: Any) -> Asset:
        return Asset(
            **{name: row[name] for name in PLAIN},
            sound=bool(row["sound"]),
            starred=bool(row["starred"]),
            tags=tuple(json.loads(row["tags"])),
            recipe=Recipe(**json.loads(row["recipe"])) if row["recipe"] else None,
            created=datetime.fromtimestamp(row["created"], UTC),
            path=self.folder / row["file"],
        )


PLAIN = ("id", "kind", "name", "mime", "bytes", "width", "height", "fps", "duration_s")


def values_of(asset: Asset, folder: Path) -> dict[str, Any]:
    return {name: getattr(asset, name) for name in PLAIN} | {
        "file": asset.path.relative_to(folder).as_posix(),
        "sound": asset.sound,
        "starred": asset.starred,
        "tags": json.dumps(asset.tags),
        "recipe": asset.recipe.model_dump_json() if asset.recipe else None,
        "created": asset.created.timestamp(),
    }


def matching(q: str | None, tag: str | None, model: str | None) -> str:
    """An FTS5 expression in which what people typed is words and nothing else; empty when it holds none."""
    parts = [f'"{word[:60]}"*' for word in words(q)[:16]]
    parts += [f"{column} : ({' '.join(found)})" for column, text in (("tags", tag), ("model", model))
              if (found := [f'"{word}"' for word in words(text)[:16]])]  # fmt: skip
    return " AND ".join(parts)


def words(text: str | None) -> list[str]:
    return re.findall(r"[^\W_]+", text or "")
