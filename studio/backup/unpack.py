"""Reads a backup back into a home. A zip may come from anywhere: nothing of it is believed before it is looked at, and
nothing is written outside a folder of its own until all of it is proved."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.faults import Conflict, DiskFull, TooLarge, Unsupported
from studio.db import MIGRATIONS
from studio.types import new_id, now
from studio.work.local import take

NAMED = ("backup.json", "studio.db", "models.toml")
FILE = re.compile(r"(?P<shelf>[0-9a-f]{2})/(?P<id>(?P=shelf)[0-9a-f]{62})\.[a-z0-9]{1,8}")
MOST_FILES, MOST_DIRECTORY, MOST_PAGE = 1_000_000, 200 << 20, 16 << 20
BLOCK = 1 << 20
SPARE_BYTES = 256 << 20
ADVICE = "Make the backup again, with `studio backup`."
KEPT = ("studio.db", "studio.db-wal", "studio.db-shm", "library", "models.toml")
Progress = Callable[[float], None]


class BadBackup(Unsupported):
    """The zip is no backup of a studio, is damaged, or was made to harm."""


class HomeNotEmpty(Conflict):
    """There is a studio in that home already."""


def unpack(path: Path, home: Path, progress: Progress, replace: bool = False) -> dict[str, Any]:
    """Bring a home back to what a backup holds: what backup.json says, and where what was there `before` is now.

    Raises `HomeNotEmpty` unless `replace`, `HomeInUse`, `BadBackup`, `TooLarge`, `DiskFull`; the home is then as it
    was."""
    home.mkdir(parents=True, exist_ok=True)
    with take(home):
        if (home / "studio.db").exists() and not replace:
            raise HomeNotEmpty(f"There is a studio in {home}.", "Add --replace, and it is set aside, or name --home.")
        fresh = home / f"restore-{new_id()}"
        fresh.mkdir()
        try:
            said = proved(path, fresh, progress)
            before = home / f"before-{now():%Y-%m-%d-%H%M%S}-{new_id()[:4]}"
            had = [home / name for name in KEPT if (home / name).exists()]
            for old in had:
                before.mkdir(exist_ok=True)
                old.rename(before / old.name)
            for new in sorted(fresh.iterdir(), key=lambda new: new.name == "studio.db"):  # the ledger last
                new.rename(home / new.name)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return {**said, "before": str(before) if had else None}


def proved(path: Path, fresh: Path, progress: Progress) -> dict[str, Any]:
    """The zip's contents in a folder of their own, once every byte of it is what it should be."""
    small_enough(path)
    try:
        with zipfile.ZipFile(path) as archive:
            found = checked(archive.infolist(), path, fresh)
            total, done = sum(info.file_size for info in found.values()) or 1, 0
            (fresh / "library").mkdir()
            for name, info in found.items():
                if name != "backup.json":
                    done += unpacked(archive, info, fresh / name, name)
                    progress(done / total)
            said = json.loads(archive.read("backup.json"))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, UnicodeDecodeError, ValueError) as error:
        raise BadBackup(f"The backup cannot be read: {error}"[:200], ADVICE) from None
    if not isinstance(said, dict):
        raise BadBackup("The backup does not say what it is.", ADVICE)
    believed(fresh / "studio.db", {name.removeprefix("library/") for name in found}, said)
    return said


def small_enough(path: Path) -> None:
    """The zip's own list, before it is read into memory."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 65_557))
            tail = file.read()
    except OSError as error:
        raise BadBackup(f"{path} cannot be read: {error.strerror}.", "Name a backup's file.") from None
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BadBackup(f"{path.name} is no zip, or cut short.", ADVICE)
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    wide = tail.rfind(b"PK\x06\x06", 0, at)  # a zip of more than 4 GB, or 65,535 files
    if wide >= 0 and len(tail) >= wide + 56:
        size = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if size > MOST_DIRECTORY:
        raise TooLarge("The zip lists more files than a studio has.", ADVICE)


def checked(infos: list[zipfile.ZipInfo], path: Path, fresh: Path) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, once all of them are what a backup may hold."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename
        if not (name in NAMED or (name.startswith("library/") and FILE.fullmatch(name[8:]))):
            raise BadBackup(f"A backup holds no {name[:80]!r}.", ADVICE)
        if name in found:
            raise BadBackup(f"{name[:80]} is there twice.", ADVICE)
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
            raise BadBackup(f"{name[:80]} is a link, or encrypted.", ADVICE)
        if name in ("backup.json", "models.toml") and info.file_size > MOST_PAGE:
            raise TooLarge(f"{name} is larger than {MOST_PAGE >> 20} MB.", ADVICE)
        found[name] = info
    if not {"backup.json", "studio.db"} <= found.keys():
        raise BadBackup(f"{path.name} is no backup of a studio.", ADVICE)
    total = sum(info.file_size for info in found.values())
    if total > 1000 * path.stat().st_size or len(found) > MOST_FILES:
        raise TooLarge("The zip would unpack to far more than it is.", ADVICE)
    if total > shutil.disk_usage(fresh).free - SPARE_BYTES:
        raise DiskFull(f"The backup takes {total / 1e9:.1f} GB, more than is free.", "Make room, and try again.")
    return found


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path, name: str) -> int:
    """One entry written, and a library's file held against the hash that is its name."""
    to.parent.mkdir(exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(info) as source, to.open("xb") as file:
        while block := source.read(BLOCK):
            size += len(block)
            if size > info.file_size:
                raise BadBackup(f"{name} is longer than it says.", ADVICE)
            digest.update(block)
            file.write(block)
    if name.startswith("library/") and digest.hexdigest() != to.stem:
        raise BadBackup(f"{name[:30]} is not the file its name says.", ADVICE)
    return size


def believed(ledger: Path, files: set[str], said: dict[str, Any]) -> None:
    """Raises `BadBackup` for a ledger that is damaged, or newer, or does more than be looked at, or names a file that
    is not among `files`, or lies elsewhere."""
    missing = {str(name) for name in said["missing"]} if isinstance(said.get("missing"), list) else set()
    try:
        with contextlib.closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as conn:
            conn.execute("pragma trusted_schema = off")
            schema = conn.execute("select type, name, coalesce(sql, '') from sqlite_master").fetchall()
            for type, name, sql in schema:
                virtual = sql.lower().startswith("create virtual") and name != "asset_words"
                if type not in ("table", "index") or virtual:
                    raise BadBackup(f"The ledger has a {type} {name[:40]!r}, which ours has not.", ADVICE)
            if not 0 < conn.execute("pragma user_version").fetchone()[0] <= len(MIGRATIONS):
                raise BadBackup("The backup was made by a newer Homereel.", "Update Homereel first.")
            if conn.execute("pragma integrity_check(1)").fetchone()[0] != "ok":
                raise BadBackup("The ledger in the backup is damaged.", ADVICE)
            rows = conn.execute("select id, file from asset").fetchall()
    except sqlite3.Error as error:
        raise BadBackup(f"The ledger in the backup cannot be read: {error}.", ADVICE) from None
    for asset_id, file in rows:
        good = isinstance(file, str) and (match := FILE.fullmatch(file)) and match["id"] == asset_id
        if not good or (file not in files and file not in missing):
            raise BadBackup(f"The ledger names {str(file)[:80]!r}, which is not in the backup.", ADVICE)
