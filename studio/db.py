"""One SQLite file, its schema kept as a list of steps.

Plain `sqlite3`: the ledger is five tables whose statements are worth reading where they are used, and what matters
most here (WAL, FULL sync, `begin immediate`, one connection a process) is said in SQLite's own words.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.faults import Conflict, DiskFull, Fault

# Append only. The database remembers how many of these it has had.
MIGRATIONS = [
    """
    create table job (
        n integer primary key autoincrement,
        id text not null unique,
        task text not null,
        model text not null,
        lane text not null,
        status text not null default 'queued',
        priority integer not null default 0,
        place real not null,
        recipe text not null,
        project text,
        progress real not null default 0,
        note text not null default '',
        error text,
        result text,
        attempt integer not null default 0,
        crashes integer not null default 0,
        worker text,
        lease real,
        not_before real not null default 0,
        retry_of text,
        idempotency_key text unique,
        request_hash text,
        created real not null,
        started real,
        finished real
    );
    create index job_next on job (status, lane, priority desc, place);
    create index job_task on job (task, n);

    create table asset (
        n integer primary key autoincrement,
        id text not null unique,
        kind text not null,
        name text not null,
        file text not null,
        mime text not null,
        bytes integer not null,
        width integer,
        height integer,
        fps real,
        duration_s real,
        sound integer not null default 0,
        recipe text,
        tags text not null default '[]',
        starred integer not null default 0,
        created real not null,
        trashed real
    );
    create index asset_shelf on asset (trashed, kind, n);
    create virtual table asset_words using fts5 (name, prompt, tags, model, prefix='1 2 3');

    create table job_asset (
        job text not null references job (id),
        place integer not null,
        asset text not null references asset (id),
        primary key (job, place)
    ) without rowid;

    create table project (
        n integer primary key autoincrement,
        id text not null unique,
        title text not null,
        timeline text not null,
        version integer not null default 1,
        step integer not null default 0,
        created real not null,
        updated real not null,
        trashed real
    );
    create table project_step (
        project text not null references project (id),
        step integer not null,
        label text not null,
        timeline text not null,
        created real not null,
        primary key (project, step)
    ) without rowid;

    create table setting (name text primary key, value text not null) without rowid;
    """,
    """
    create table delivery (
        n integer primary key autoincrement,
        job text not null unique references job (id),
        project text not null,
        slot text not null,
        state text not null default 'waiting',
        note text not null default '',
        asset text,
        created real not null
    );
    create index delivery_project on delivery (project, n);
    create table project_version (
        n integer primary key autoincrement,
        project text not null,
        name text not null,
        timeline text not null,
        created real not null
    );
    create index version_project on project_version (project, n);
    """,
    "alter table job add column overtaken integer not null default 0",
    """
    create table pass (
        n integer primary key autoincrement,
        id text not null unique,
        kind text not null,
        name text not null,
        role text not null,
        secret text not null unique,
        hint text not null,
        once integer not null default 0,
        created real not null,
        expires real,
        used real
    );
    create table session (
        token text primary key,
        pass text references pass (id) on delete cascade,
        created real not null,
        seen real not null
    ) without rowid;
    create table asset_maker (
        asset text not null references asset (id) on delete cascade,
        person text not null,
        primary key (asset, person)
    ) without rowid;
    create index asset_maker_person on asset_maker (person);
    create table shown (project text not null, asset text not null, primary key (project, asset)) without rowid;
    create index shown_asset on shown (asset);
    create index job_asset_asset on job_asset (asset);
    alter table job add column maker text not null default '';
    alter table project add column maker text not null default '';
    alter table project add column shared integer not null default 0;
    create index job_turn on job (maker, started);
    create index project_shared on project (shared)
    """,
    "create table remix (job text primary key references job (id), source text, hidden real) without rowid;",
    """
    create table webhook (
        n integer primary key autoincrement,
        about text not null,
        job text references job (id),
        url text not null,
        shape text not null,
        base text not null default '',
        state text not null default 'waiting',
        tries integer not null default 0,
        due real not null default 0,
        note text not null default '',
        created real not null
    );
    create index webhook_due on webhook (state, due);
    create table fal_request (
        n integer primary key autoincrement,
        id text not null unique,
        job text references job (id),
        endpoint text not null,
        shape text not null,
        model text not null default '',
        said text not null default '{}',
        notes text not null default '[]',
        output text,
        digest text not null,
        answered text not null,
        at real not null
    );
    create index fal_request_digest on fal_request (digest, at);
    create table fal_upload (
        id text primary key,
        name text not null,
        asset text,
        created real not null
    ) without rowid;
    """,
    """
    create table film (
        n integer primary key autoincrement,
        id text not null unique,
        brief text not null,
        plan text,
        version integer not null default 1,
        until text not null,
        job text,
        project text,
        maker text not null default '',
        cut text,
        made text,
        created real not null,
        updated real not null
    );
    create table film_take (
        n integer primary key autoincrement,
        film text not null references film (id),
        part text not null,
        key text not null,
        job text not null references job (id)
    );
    create index film_take_part on film_take (film, part, n);
    """,
    """
    create table part (
        n integer primary key autoincrement,
        whole text not null references job (id),
        name text not null,
        stage integer not null default 0,
        wish text not null,
        state text not null default 'waiting',
        job text references job (id),
        note text not null default '',
        made text not null default '[]',
        verdict text not null default ''
    );
    create index part_whole on part (whole, n);
    create index part_open on part (state, whole);
    """,
    """
    create table sync_base (
        studio text not null,
        project text not null,
        title text not null,
        timeline text not null,
        created real not null,
        primary key (studio, project)
    ) without rowid;
    create table conflict (
        n integer primary key autoincrement,
        project text not null,
        studio text not null,
        path text not null,
        kept text not null,
        lost text not null,
        won text not null,
        created real not null,
        unique (project, path, lost, won)
    );
    """,
    """
    create table assistant_turn (
        n integer primary key autoincrement,
        id text not null unique,
        project text not null,
        state text not null,
        turn text not null,
        before text not null
    );
    create index assistant_turn_of on assistant_turn (project, n);
    """,
]


class NewerDatabase(Conflict):
    """The database was last used by a later version of the studio."""


class DatabaseDamaged(Conflict):
    """The file is there, and is no database, or no longer one."""


class DatabaseClosed(Conflict):
    """The file cannot be opened or written to."""


class Db:
    """One process's connection, shared by its threads. Writes are on the disk when a call returns."""

    def __init__(self, path: Path):
        self.path, self.lock = path, threading.RLock()
        try:
            self.conn = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self.conn.row_factory = sqlite3.Row
            for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "busy_timeout = 10000"):
                self.conn.execute(f"pragma {pragma}")
            self.migrate()
        except sqlite3.DatabaseError as error:
            raise in_words(error, path) from error

    def migrate(self) -> None:
        """Bring the schema up to date, one step a transaction; before a step, keep a copy of what was there."""
        with self.transaction():
            (done,) = self.one("pragma user_version")
        if done > len(MIGRATIONS):
            raise NewerDatabase(
                f"{self.path} was written by a newer Homereel (schema {done}, this one knows {len(MIGRATIONS)}).",
                "Update Homereel, or name another folder with --home.",
            )
        for number in range(done, len(MIGRATIONS)):
            if done and self.one("pragma user_version")[0] == number:  # a new one has nothing to keep
                self.backup(self.path.with_suffix(f".before-{number + 1}.db"))
            with self.transaction():
                if self.one("pragma user_version")[0] == number:  # another process may have been quicker
                    for statement in MIGRATIONS[number].split(";\n"):
                        self.conn.execute(statement)
                    self.conn.execute(f"pragma user_version = {number + 1}")

    def check(self) -> None:
        """Read every page once. Raises `DatabaseDamaged` when one of them is not what was written."""
        try:
            (said,) = self.one("pragma quick_check(1)")
        except sqlite3.DatabaseError as error:
            raise in_words(error, self.path) from error
        if said != "ok":
            raise in_words(sqlite3.DatabaseError(said.splitlines()[-1]), self.path)

    def backup(self, to: Path) -> None:
        """A whole, consistent copy, whoever is writing meanwhile."""
        part = to.with_name(f".{to.name}.{secrets.token_hex(4)}")  # several may make the same copy at once
        try:
            self.conn.execute("vacuum into ?", (str(part),))
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Inside another transaction it simply joins it."""
        with self.lock:
            if self.conn.in_transaction:
                yield self.conn
                return
            self.conn.execute("begin immediate")
            try:
                yield self.conn
                self.conn.commit()
            except BaseException:  # a commit that fails leaves its transaction open, and others would join it
                self.conn.rollback()
                raise

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self.lock:
            return self.conn.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The first row, or None."""
        with self.lock:
            return self.conn.execute(sql, values).fetchone()

    def change(self, sql: str, *values: Any) -> int:
        """Run one statement and say how many rows it touched."""
        with self.lock:
            return self.conn.execute(sql, values).rowcount

    def close(self) -> None:
        with self.lock:
            self.conn.close()


def in_words(error: sqlite3.DatabaseError, path: Path) -> Fault:
    """Why a database cannot be used, and what to do about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull("The disk is full.", "Make room, and try again.")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY):
        return DatabaseClosed(f"{path} cannot be used: {error}.", "See who may write there, and who holds it open.")
    return DatabaseDamaged(
        f"{path} cannot be read: {error}.",
        "Put a backup in its place, or move it away to begin anew; the files in library/ are not touched.",
    )
