"""Writes a backup, while the studio runs: the ledger is copied as of one moment, and its files never change."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.faults import Conflict, DiskFull
from studio import __version__
from studio.db import MIGRATIONS, Db
from studio.types import new_id, now

BLOCK = 1 << 20
SPARE_BYTES = 64 << 20
Progress = Callable[[float], None]


class CannotBackUp(Conflict):
    """There is nothing to keep, or its place is none."""


def pack(home: Path, out: Path, progress: Progress) -> dict[str, Any]:
    """Write the backup of a home to a zip, whole or not at all: what backup.json says of it. A file that is not there
    any more is named under `missing`. Raises `CannotBackUp`, `DiskFull`."""
    if not (home / "studio.db").is_file():
        raise CannotBackUp(f"There is no studio in {home}.", "Name its folder with --home.")
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.is_relative_to(home / "library"):
        raise CannotBackUp("A backup does not go into the library that it keeps.", "Write it elsewhere.")
    part, ledger = out.with_name(f".{out.name}.{new_id()}"), home / "tmp" / f"backup-{new_id()}.db"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.closing(Db(home / "studio.db")) as db:
            db.backup(ledger)
        forget_keys(ledger)
        said = written(home, ledger, part, progress)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
        ledger.unlink(missing_ok=True)
    return said


def written(home: Path, ledger: Path, part: Path, progress: Progress) -> dict[str, Any]:
    names = files_of(ledger)
    files = {name: home / "library" / name for name in names}
    missing = sorted(name for name, path in files.items() if not path.is_file())
    there = {name: path for name, path in files.items() if name not in missing}
    total = sum(path.stat().st_size for path in there.values())
    if total + ledger.stat().st_size + SPARE_BYTES > shutil.disk_usage(part.parent).free:
        raise DiskFull(f"The backup takes {total / 1e9:.1f} GB, more than is free there.", "Write it to another disk.")
    done = 0
    with part.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.write(ledger, "studio.db", zipfile.ZIP_DEFLATED)
        if (home / "models.toml").is_file():
            archive.write(home / "models.toml", "models.toml")
        for name, path in there.items():
            try:
                done += stored(archive, f"library/{name}", path)
            except FileNotFoundError:  # deleted for good since the ledger was copied
                missing.append(name)
            progress(done / max(1, total))
        said = {
            "homereel": __version__,
            "schema": len(MIGRATIONS),
            "created": now().isoformat(),
            "files": len(names) - len(missing),
            "bytes": done,
            "missing": missing,
        }
        archive.writestr("backup.json", json.dumps(said, indent=1))
    with part.open("rb+") as whole:
        os.fsync(whole.fileno())
    return said


def forget_keys(ledger: Path) -> None:
    """Take what opens the studio out of a copied ledger: password, sessions, links, keys, what signs addresses."""
    with contextlib.closing(sqlite3.connect(ledger)) as db:
        with db:
            for table in ("session", "pass"):
                db.execute(f"delete from {table}")
            db.execute("delete from setting where name like 'password%' or name = 'signing_key'")
        db.execute("vacuum")


def files_of(ledger: Path) -> list[str]:
    """The library's files that a ledger names, those in the trash too."""
    with contextlib.closing(sqlite3.connect(ledger)) as conn:
        return [row[0] for row in conn.execute("select file from asset order by n")]


def stored(archive: zipfile.ZipFile, name: str, path: Path) -> int:
    size = 0
    with path.open("rb") as source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            size += target.write(block)
    return size
