"""Places for files that are on their way: an address nobody can guess, which names the file before it has come."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from pipelines.faults import Conflict, Unknown
from studio.db import Db
from studio.library.names import displayed
from studio.library.store import Library
from studio.types import Asset

FILE = re.compile(r"/fal/files/([\w-]{43})(?:/.*)?", re.ASCII)
MOST_PARTS = 10_000
FORGOTTEN_S = 24 * 3600.0


class UnknownSlot(Unknown):
    """No upload was begun under that address, or its file never came."""


class PartMissing(Conflict):
    """An upload in parts is said to be whole, and is not."""


@dataclass(frozen=True)
class Slot:
    """A place: its secret id, the name its file will have, and the file's asset once it is there."""

    id: str
    name: str
    asset: str | None

    @property
    def path(self) -> str:
        """Where the file is, once it has come."""
        return f"/fal/files/{self.id}/{quote(self.name, safe='')}"

    @property
    def upload(self) -> str:
        """Where it is to be sent."""
        return f"/fal/storage/put/{self.id}"


class Slots:
    def __init__(self, db: Db, library: Library):
        self.db, self.library = db, library

    def begin(self, name: str) -> Slot:
        self.tidy()
        slot = Slot(secrets.token_urlsafe(32), displayed(name, "upload"), None)
        self.db.change(
            "insert into fal_upload (id, name, created) values (?, ?, ?)", *(slot.id, slot.name, time.time())
        )
        return slot

    def get(self, id: str) -> Slot:
        row = self.db.one("select * from fal_upload where id = ?", id)
        if row is None:
            raise UnknownSlot("No upload was begun under this address.", "Begin it again.")
        return Slot(row["id"], row["name"], row["asset"])

    def filled(self, slot: Slot, asset: Asset) -> Asset:
        self.db.change("update fal_upload set asset = ? where id = ?", asset.id, slot.id)
        return asset

    def asset(self, said: str) -> Asset | None:
        """The asset that an address of ours names, should it be one; the host does not matter."""
        with suppress(ValueError):
            if found := FILE.fullmatch(urlsplit(said).path):
                slot = self.get(found[1])
                if slot.asset is None:
                    raise UnknownSlot(f"{slot.name} was announced, and has not come.", "Upload it first.")
                return self.library.get(slot.asset)
        return None

    # --- in parts -------------------------------------------------------------------------------------------------

    def part(self, slot: Slot, number: int) -> Path:
        return self.library.tmp / f"upload-{slot.id}-part-{number}"

    def joined(self, slot: Slot, numbers: list[int]) -> Asset:
        """The parts as one file, in the library. They are gone afterwards."""
        parts = [self.part(slot, number) for number in sorted(set(numbers))]
        if not parts or not all(part.is_file() for part in parts):
            raise PartMissing("Not all of the file's parts are here.", "Send those that are missing, or begin again.")
        with self.library.intake(slot.name) as intake:
            for part in parts:
                with part.open("rb") as file:
                    while chunk := file.read(1 << 20):
                        intake.write(chunk)
            asset = self.filled(slot, intake.finish())
        for part in self.library.tmp.glob(f"upload-{slot.id}-part-*"):
            part.unlink(missing_ok=True)
        return asset

    def tidy(self) -> None:
        """Parts of uploads that were given up a day ago go, and so do places nobody ever filled."""
        late = time.time() - FORGOTTEN_S
        for part in self.library.tmp.glob("upload-*-part-*"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < late:
                    part.unlink()
        self.db.change("delete from fal_upload where asset is null and created < ?", late)
