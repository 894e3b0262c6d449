"""Zips: a project with all its media and recipes, which opens on another machine; or another editor's file beside its
media. What comes in is a stranger's: nothing of it is written outside the folder it is unpacked into."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from pipelines.faults import DiskFull, Invalid, TooLarge
from studio.timeline.items import Clip
from studio.timeline.model import Timeline
from studio.types import Asset, Recipe

MEMBER = re.compile(r"media/([0-9a-f]{64})(\.[a-z0-9]{1,5})")
PAGES = ("timeline.json", "assets.json")
BESIDE = re.compile(
    r"film\.(otio|fcpxml|edl|mlt)|media/title-[0-9]{1,4}\.png|stems/[^/\\]{1,200}|stems\.json|tempo\.mid"
)
"""What zips for other programs hold besides; it is left where it is."""
MOST_ENTRIES = 20_000
PAGE_BYTES = 64 << 20
MOST_BYTES = 1 << 40
SPARE_BYTES = 300 << 20
BLOCK = 1 << 20
Progress = Callable[[float, str], None]
Pages = dict[str, str | bytes | Path]


class BadBundle(Invalid):
    """The zip is damaged, or not as the studio writes them."""


# --- out ---------------------------------------------------------------------------------------------------------


def used(timeline: Timeline) -> list[str]:
    """Every asset that a timeline names, the takes that wait beside a clip's own among them."""
    clips = [item for track in timeline.tracks for item in track.items if isinstance(item, Clip)]
    return sorted({clip.asset for clip in clips} | {take.asset for clip in clips for take in clip.takes})


def write(out: Path, pages: Pages, media: Mapping[str, Asset], progress: Progress) -> None:
    """A zip of these texts and files by name, and of the media as media/ID.EXT, which is packed already and so only
    stored."""
    total = sum(asset.bytes for asset in media.values()) or 1
    done = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in pages.items():
            if isinstance(text, Path):
                archive.write(text, name)
            else:
                archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
        for id, asset in sorted(media.items()):
            info = zipfile.ZipInfo(f"media/{id}{asset.path.suffix}")
            with asset.path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while block := source.read(BLOCK):
                    target.write(block)
                    done += len(block)
                    progress(0.99 * done / total, f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")


def project_pages(timeline: Timeline, media: Mapping[str, Asset]) -> Pages:
    """The two texts of a project zip."""
    rows = [asset.model_dump(mode="json", exclude={"url"}) for _, asset in sorted(media.items())]
    return {
        "timeline.json": json.dumps(timeline.dump(), indent=1, ensure_ascii=False),
        "assets.json": json.dumps(rows, indent=1, ensure_ascii=False),
    }


# --- in ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Packed:
    """One asset out of a zip: its file, proved to be the bytes that its id names, and what is known of it."""

    path: Path
    name: str
    tags: tuple[str, ...]
    recipe: Recipe | None


def read(path: Path, folder: Path, progress: Progress) -> tuple[Timeline, list[Packed]]:
    """The project in a zip, its media unpacked into `folder`, an empty one. Raises `BadBundle` before anything is
    written when a name, a size or a kind of entry is not as it must be; `TooLarge`, `DiskFull`."""
    if entries(path) > MOST_ENTRIES:
        raise TooLarge(f"The zip holds more than {MOST_ENTRIES} files.", "Unpack it and bring its files in.")
    try:
        with zipfile.ZipFile(path) as archive:
            found = checked(archive.infolist(), path, folder)
            timeline = Timeline.parse(page(archive, "timeline.json"))
            rows = known(page(archive, "assets.json")) if "assets.json" in found else {}
            total, done, made = sum(i.file_size for i in found.values()) or 1, 0, list[Packed]()
            for name, info in found.items():
                if member := MEMBER.fullmatch(name):
                    progress(0.9 * done / total, f"unpacking {done / 1e6:.0f} of {total / 1e6:.0f} MB")
                    with archive.open(info) as source:
                        made.append(unpacked(source, info, folder, member[1], member[2], rows))
                    done += info.file_size
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, UnicodeDecodeError) as error:
        raise BadBundle(f"The zip cannot be read: {error}"[:200], "Export the project again.") from None
    return timeline, made


def entries(path: Path) -> int:
    """How many entries its end record claims; asked before the list itself is read into memory."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BadBundle("The zip has no end: it is damaged or cut short.", "Export the project again.")
    return int.from_bytes(tail[at + 10 : at + 12], "little")


def checked(infos: list[zipfile.ZipInfo], path: Path, folder: Path) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, once all of them are what a project zip may hold."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename
        if not (name in PAGES or MEMBER.fullmatch(name) or BESIDE.fullmatch(name)):
            raise BadBundle(f"A project zip holds no {name[:80]!r}.", "It has timeline.json, assets.json and media/.")
        if name in found:
            raise BadBundle(f"{name[:80]} is there twice.", "Export the project again.")
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
            raise BadBundle(f"{name[:80]} is a link, or encrypted.", "Export the project again.")
        if name in PAGES and info.file_size > PAGE_BYTES:
            raise TooLarge(f"{name} is larger than {PAGE_BYTES >> 20} MB.", "No film's is: export it again.")
        found[name] = info
    if "timeline.json" not in found:
        raise BadBundle("There is no timeline.json in the zip.", "Export the project again.")
    total = sum(info.file_size for info in found.values())
    if total > MOST_BYTES or total > 1000 * path.stat().st_size + PAGE_BYTES:
        raise TooLarge("The zip would unpack to far more than it is.", "Media is packed already: export it again.")
    if total > shutil.disk_usage(folder).free - SPARE_BYTES:
        raise DiskFull(f"The project takes {total / 1e9:.1f} GB, more than is free.", "Make room, and try again.")
    return found


def page(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as file:
        return file.read(PAGE_BYTES + 1).decode("utf-8-sig")


def known(text: str) -> dict[str, dict[str, Any]]:
    """assets.json's rows by id; what is not as it should be is left out: the media says most of it itself."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise BadBundle("assets.json in the zip cannot be read.", "Export the project again.") from None
    found = rows if isinstance(rows, list) else []
    return {str(row["id"]): row for row in found if isinstance(row, dict) and "id" in row}


def unpacked(
    source: IO[bytes], info: zipfile.ZipInfo, folder: Path, id: str, suffix: str, rows: Mapping[str, dict[str, Any]]
) -> Packed:
    path, digest, size = folder / f"{id}{suffix}", hashlib.sha256(), 0
    with path.open("xb") as file:
        while block := source.read(BLOCK):
            size += len(block)
            if size > info.file_size:
                raise BadBundle(f"media/{id[:12]} is longer than it says.", "Export the project again.")
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != id:
        raise BadBundle(f"media/{id[:12]} is not the file its name says.", "Export the project again.")
    row = rows.get(id, {})
    tags = row.get("tags")
    return Packed(
        path,
        str(row.get("name") or path.name)[:200],
        tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        recipe_of(row.get("recipe")),
    )


def recipe_of(found: Any) -> Recipe | None:
    try:
        return Recipe.model_validate(found) if found else None
    except ValidationError:
        return None
