"""The asset library: files under one folder by the hash of their bytes, facts about them in one table."""

from __future__ import annotations

import builtins
import errno
import math
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.faults import DiskFull
from studio.db import Db
from studio.library import provenance, views
from studio.library.apart import looked_at
from studio.library.beats import beats
from studio.library.filmstrip import filmstrip
from studio.library.intake import FULL_SHELF, Intake, QuotaReached, settle
from studio.library.marks import Origin
from studio.library.media import Facts, Limits, probe
from studio.library.names import displayed
from studio.library.parcel import packed
from studio.library.shelf import AssetGone, Shelf, UnknownAsset
from studio.people import asking
from studio.types import Asset, Page, Recipe

__all__ = ["AssetGone", "Library", "UnknownAsset"]

LEFTOVER_S = 3600.0


@dataclass(frozen=True)
class Emptied:
    """How many files were deleted, the bytes that freed, and how many are still spoken of and stay."""

    deleted: int
    freed: int
    kept: int


class Library:
    """Files in HOME/library, what is drawn of them in HOME/cache, what is still being written in HOME/tmp."""

    def __init__(self, db: Db, home: Path, limits: Limits | None = None, quota_bytes: float = math.inf):
        self.db, self.home, self.limits, self.quota_bytes = db, home, limits or Limits(), quota_bytes
        self.folder, self.tmp, self.cache = home / "library", home / "tmp", home / "cache"
        for folder in (self.folder, self.tmp, self.cache):
            folder.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(db, self.folder)

    # --- in -------------------------------------------------------------------------------------------------------

    def bring_in(
        self, path: Path, *, name: str = "", recipe: Recipe | None = None, tags: Iterable[str] = (),
        origin: Origin | None = None,
    ) -> Asset:  # fmt: skip
        """A file's bytes into the library, whole or not at all; it has no row yet. A file in HOME/tmp is moved, any
        other copied. Without a `recipe`, the one the file carries is kept; with one, `origin` is said in the file too.
        Raises `Unsupported` or `TooLarge`."""
        facts, name = probe(path, self.limits), name or path.name
        with self.scratch(facts.suffix) as fresh:
            if recipe is None or not provenance.write(path, facts.suffix, recipe, fresh, origin):
                return self.take(path, facts, name, recipe or provenance.read(path), tags)
            asset = self.take(fresh, facts, name, recipe, tags)
        if self.ours(path):
            path.unlink(missing_ok=True)
        return asset

    def examined(self, path: Path, *, name: str = "", recipe: Recipe | None = None, tags: Iterable[str] = ()) -> Asset:
        """As `bring_in`, for a stranger's file: it is looked at in a process of its own, and its bytes stay as they
        are."""
        facts, carried = looked_at(path, self.limits)
        return self.take(path, facts, name or path.name, recipe or carried, tags)

    def ours(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.tmp.resolve())

    def take(self, path: Path, facts: Facts, name: str, recipe: Recipe | None, tags: Iterable[str] = ()) -> Asset:
        """Move, or copy, a file that has been looked at to where its bytes belong."""
        if path.stat().st_size > self.left():
            raise QuotaReached(*FULL_SHELF)
        with self.scratch(facts.suffix) as fresh:
            os.replace(path, fresh) if self.ours(path) else shutil.copyfile(path, fresh)
            kept, digest, size = settle(fresh, self.folder)
        shown = {k: v for k, v in vars(facts).items() if k != "suffix"}
        return Asset(id=digest, name=displayed(name), bytes=size, recipe=recipe, tags=labels(tags), path=kept, **shown)

    def left(self) -> float:
        """How many bytes more whoever is asking may bring in."""
        return math.inf if asking().sees_all else self.quota_bytes - self.shelf.bytes_of(asking().id)

    def record(self, asset: Asset) -> Asset:
        """The row of a file brought in. Joins an open transaction. The same bytes again are the same asset."""
        return self.shelf.put(asset)

    def add(self, path: Path, *, name: str = "", recipe: Recipe | None = None, tags: Iterable[str] = ()) -> Asset:
        return self.record(self.bring_in(path, name=name, recipe=recipe, tags=tags))

    def intake(self, name: str) -> Intake:
        """Something to write an upload's bytes to, piece by piece; `finish` makes it an asset, `abandon` nothing."""
        return Intake(self, name)

    def upload(self, chunks: Iterable[bytes], name: str) -> Asset:
        """An upload from its bytes. Raises `TooLarge`, `DiskFull` or `Unsupported`, and then nothing of it is left."""
        with self.intake(name) as intake:
            for chunk in chunks:
                intake.write(chunk)
            return intake.finish()

    @contextmanager
    def scratch(self, suffix: str = "") -> Iterator[Path]:
        """A name in HOME/tmp for a file in the making; what is still there afterwards goes."""
        path = self.tmp / f"{secrets.token_hex(8)}{suffix}"
        try:
            yield path
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull("The disk is full.", "Make room, or empty the trash, and try again.") from error
            raise
        finally:
            path.unlink(missing_ok=True)

    # --- found ----------------------------------------------------------------------------------------------------

    def get(self, asset_id: str, *, trashed: bool = False) -> Asset:
        """Raises `UnknownAsset`, and `AssetGone` for one in the trash unless `trashed` ones are wanted too."""
        return self.shelf.get(asset_id, trashed=trashed)

    def many(self, ids: Iterable[str], *, trashed: bool = False) -> dict[str, Asset]:
        """Those of the ids that are there, by id."""
        return self.shelf.many(ids, trashed=trashed)

    def named(self, names: Iterable[str]) -> dict[str, str]:
        """The id of the newest asset of each of these names that there is."""
        return self.shelf.named(set(names))

    def list(
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
        """A page, newest first. `q` is words, each matched from its start, in name, prompt, tags and model."""
        return self.shelf.page(
            kind=kind, q=q, tag=tag, starred=starred, model=model, trashed=trashed, limit=limit, before=before
        )

    # --- changed --------------------------------------------------------------------------------------------------

    def change(
        self, asset_id: str, *, name: str | None = None, tags: Iterable[str] | None = None, starred: bool | None = None
    ) -> Asset:
        return self.shelf.change(
            asset_id,
            name=None if name is None else displayed(name),
            tags=None if tags is None else labels(tags),
            starred=starred,
        )

    def trash(self, ids: Iterable[str]) -> None:
        self.shelf.trash(ids, time.time())

    def restore(self, ids: Iterable[str]) -> None:
        self.shelf.trash(ids, None)

    def purge(self, older_than_s: float) -> Emptied:
        """Really delete what has been in the trash that long and no job or project speaks of."""
        gone, kept = self.shelf.forget(older_than_s)
        for asset in gone:  # the rows went first: a file without one is swept, a row without a file would be a lie
            asset.path.unlink(missing_ok=True)
            for drawn in self.drawn(asset.id):
                drawn.unlink(missing_ok=True)
        return Emptied(len(gone), sum(asset.bytes for asset in gone), kept)

    def sweep(self) -> None:
        """At start: clear what was left half-made more than an hour ago, and files that never got a row."""
        late = time.time() - LEFTOVER_S
        for left in self.tmp.iterdir():
            if newest(left) < late:
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        for file in self.folder.glob("*/*"):
            if file.stat().st_mtime < late and not self.db.one("select 1 from asset where id = ?", file.stem):
                file.unlink(missing_ok=True)

    # --- shown ----------------------------------------------------------------------------------------------------

    def drawn(self, asset_id: str) -> builtins.list[Path]:
        shelf = self.cache / "views" / asset_id[:2]
        return [shelf / f"{asset_id}{end}" for end in (".webp", ".json", ".strip.webp", ".beats.json")]

    def thumbnail(self, asset_id: str) -> Path:
        """A WebP at most 480 px wide and high: the picture, a frame, the sound's shape, or a card. Drawn once."""
        return views.thumbnail(self.get(asset_id, trashed=True), *self.drawn(asset_id)[:2])

    def waveform(self, asset_id: str) -> dict[str, Any]:
        """`{"per_second": 20, "peaks": [0..1, ...]}`, the loudest sample of each twentieth. Read once."""
        return views.waveform(self.get(asset_id, trashed=True), self.drawn(asset_id)[1])

    def filmstrip(self, asset_id: str) -> Path:
        """A WebP of a film's pictures side by side. Drawn once."""
        return filmstrip(self.get(asset_id, trashed=True), self.drawn(asset_id)[2])

    def beats(self, asset_id: str) -> dict[str, Any]:
        """`{"bpm": 92.0, "beats": [seconds, ...]}` of a sound. Listened to once."""
        return beats(self.get(asset_id, trashed=True), self.drawn(asset_id)[3])

    def zip(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The files as one zip, piece by piece, under their displayed names. Unknown ids are refused at once."""
        return packed([self.get(asset_id) for asset_id in dict.fromkeys(ids)])


def labels(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: short, each once, in the order given."""
    return tuple(dict.fromkeys(tag for t in tags if (tag := displayed(t, "")[:60])))[:40]


def newest(path: Path) -> float:
    """When anything in it was last written."""
    return max((p.stat().st_mtime for p in [path, *path.rglob("*")] if p.exists()), default=0)
