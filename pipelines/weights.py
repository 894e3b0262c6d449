"""A model's files: where they lie, whether they are all there, and how they are checked and go.

They lie in the hub's shared cache (snapshots.py), or wherever an entry of the user's own says. Nothing here asks
anything of another machine: download.py does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pipelines import snapshots
from pipelines.base import Model, Status
from pipelines.faults import Conflict, Unavailable, Unsupported
from pipelines.hub import Damaged

Progress = Callable[[int, int, str], None]
"""Told the bytes that are done, of how many, and what is being done. What it raises stops the work."""


@dataclass(frozen=True)
class State:
    """How much of a model is on the disk, in bytes; `total` is 0 while nobody knows."""

    have: int
    total: int
    complete: bool


def is_local(model: Model) -> bool:
    """Whether the entry names a file or folder of this machine, and no hub."""
    return Path(model.repo).expanduser().is_absolute()


def parts(model: Model) -> list[Model]:
    """The model, and what it needs of other repositories, each as if it were a model of its own."""
    others = [replace(model, repo=repo, revision="main", files=files, hashes={}, also={}, size_gb=0)
              for repo, files in model.also.items()]  # fmt: skip
    return [model, *others]


def folder(model: Model) -> Path:
    """The folder of a model's own files, or the file that it is. Raises `Unavailable` when not all that it needs is
    there."""
    found, why = status(model)
    if found != "ready":
        raise Unavailable(f"{model.title} cannot be loaded: {why}", f"studio models download {model.id}")
    return Path(model.repo).expanduser() if is_local(model) else snapshots.folder(model)


def trusted(model: Model, name: str) -> Path:
    """A file in a format that can run code, once its SHA-256 is found to be the one its entry pins; to be loaded with
    `weights_only=True` all the same. Raises `Unsupported` when it is not pinned, `Damaged` when it is another file."""
    root = folder(model)
    file, pin = root if root.is_file() else root / name, model.hashes.get(name)
    if pin is None:
        raise Unsupported(f"{name} of {model.title} is in a format that can run code.", "Use a .safetensors of it.")
    real = file.resolve()
    if (
        real.name != pin and sha256_of(real, real.stat().st_mtime_ns) != pin
    ):  # a blob is named by what it was found to be
        raise Damaged(f"{name} of {model.title} is not the file that its entry pins.", "Verify it, or add it anew.")
    return file


def beside(model: Model, repo: str) -> Path:
    """The folder of what the model needs of that other repository."""
    return snapshots.folder(next(part for part in parts(model)[1:] if part.repo == repo))


def status(model: Model) -> tuple[Status, str]:
    """Whether the files are all here. Looks at names and sizes alone: no network, no hashing."""
    if is_local(model) and not own_files(model):
        return "not_downloaded", "The folder that models.toml names for it is not there, or is empty."
    now = state(model)
    if now.complete or (is_local(model) and not model.also):
        return "ready", ""
    if is_local(model):
        return "not_downloaded", f"It also needs {' and '.join(model.also)}: studio models download {model.id}"
    total = now.total or round(model.size_gb * 1e9)
    part = f", {size(now.have)} of it is here" if now.have else ""
    return "not_downloaded", f"Its weights{f' ({size(total)})' if total else ''} are not downloaded{part}."


def own_files(model: Model) -> bool:
    """Whether there is anything where the entry of a model of one's own points."""
    path = Path(model.repo).expanduser()
    return path.is_file() or (path.is_dir() and next(path.iterdir(), None) is not None)


def state(model: Model) -> State:
    """Bytes on the disk, parts of files included, of all that the model needs."""
    found = [state_of(part) for part in parts(model)]
    total = sum(part.total for part in found) if all(part.total for part in found) else 0
    return State(sum(part.have for part in found), total, all(part.complete for part in found))


def state_of(model: Model) -> State:
    """The same of one repository alone."""
    if is_local(model):
        has = total_of(Path(model.repo).expanduser())
        return State(has, has, has > 0)
    root, files = snapshots.folder(model), snapshots.known(model)
    if files is None:  # fetched by another program that keeps no lists, or not at all
        has = total_of(root)
        return State(has, 0, has > 0 and snapshots.looks_whole(model))
    have = sum(f.size if here(root / f.path) == f.size else here(snapshots.part(model, f)) for f in files)
    return State(have, sum(f.size for f in files), bool(files) and not snapshots.absent(model, files))


# --- checked, and gone -----------------------------------------------------------------------------------------------


def verify(model: Model, progress: Progress) -> int:
    """Read every file and hold it against its hash; says how many were. Damaged ones are taken away, so that a download
    fetches them anew, and named in the `Damaged` that is raised. A folder of one's own has no hashes, but a form."""
    folder(model)
    return sum(verify_part(part, progress) for part in parts(model))


def verify_part(model: Model, progress: Progress) -> int:
    """The same of one repository alone."""
    root = Path(model.repo).expanduser() if is_local(model) else snapshots.folder(model)
    if is_local(model):
        found = [path for path in ([root] if root.is_file() else sorted(root.rglob("*"))) if path.is_file()]
        bad = [path.name for path in found if path.suffix == ".safetensors" and not snapshots.well_formed(path)]
        if bad:
            raise Damaged(f"{', '.join(bad)[:200]} of {model.title} cannot be read.", "Copy it there anew.")
        return len(found)
    files = snapshots.known(model)
    if files is None:
        raise Conflict(f"Nothing here says what {model.title} should be.", f"studio models download {model.id}")
    bad, done, total = [], 0, sum(file.size for file in files)
    for file in files:
        path, digest = root / file.path, file.hasher()
        for chunk in chunks(path):
            digest.update(chunk)
            done += len(chunk)
            progress(done, total, "reading")
        if digest.hexdigest() != file.hash:
            bad.append(file.path)
            for gone in (path.resolve(), path):
                gone.unlink(missing_ok=True)
    if bad:
        raise Damaged(
            f"{len(bad)} of {len(files)} files of {model.title} are damaged: {', '.join(bad)[:200]}.",
            "They were taken away. Download it again: only those are fetched.",
        )
    return len(files)


def remove(model: Model, others: Iterable[Model]) -> int:
    """Take a model's files off the disk, but for those that one of the others, which is whole, needs too. Says how many
    bytes that freed. Folders of one's own are never touched."""
    if is_local(model):
        raise Conflict(f"{model.title} lies in a folder of your own.", "The studio removes only what it downloaded.")
    whole = [other for other in others if other.id != model.id and shares(other, model) and state(other).complete]
    needed = [part for other in whole for part in parts(other)]
    return sum(remove_part(part, needed) for part in parts(model))


def shares(one: Model, other: Model) -> bool:
    """Whether both need files of the same repository."""
    return not {part.repo for part in parts(one)}.isdisjoint(part.repo for part in parts(other))


def remove_part(model: Model, needed: list[Model]) -> int:
    """Remove what is of one repository, but for what others need of it. Says how many bytes that freed."""
    before = total_of(snapshots.shelf(model.repo))
    same = [m for m in needed if m.repo == model.repo and snapshots.commit_of(m) == snapshots.commit_of(model)]
    files = [(other, snapshots.known(other)) for other in same]
    if any(known is None for _, known in files):  # nobody knows which of them the other needs
        return 0
    snapshots.take_away(model, {file.path for _, known in files for file in known or []})
    return before - total_of(snapshots.shelf(model.repo))


def here(path: Path) -> int:
    """The bytes of a file; 0 when it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def total_of(path: Path) -> int:
    """The bytes of a file, or of all in a folder, each counted once however often it is linked."""
    files = [path, *path.rglob("*")]
    return sum({file.resolve(): here(file) for file in files if file.is_file()}.values())


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            yield chunk


@lru_cache(maxsize=64)
def sha256_of(path: Path, changed: int) -> str:
    """A file's SHA-256; read once for as long as it does not change."""
    digest = hashlib.sha256()
    for chunk in chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def size(bytes: float) -> str:
    """`3.4 GB`, as disks and the hub count."""
    return f"{bytes / 1e9:.1f} GB" if bytes >= 1e8 else f"{bytes / 1e6:.1f} MB" if bytes >= 1e5 else f"{bytes:.0f} B"
