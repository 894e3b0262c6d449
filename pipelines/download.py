"""Fetches a model's files from the hub into the shared cache: what is missing, each held against its hash.

Only this asks anything of a hub, and only when somebody asked for it; what has come stays where it is when it stops.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines import hub, snapshots, weights
from pipelines.base import Model
from pipelines.faults import Conflict, DiskFull, Unsupported
from pipelines.hub import Damaged, File
from pipelines.snapshots import MAY_RUN_CODE, WEIGHTS
from pipelines.weights import Progress, here, size

SPARE = 2 * 2**30  # bytes left free after a download


def download(model: Model, progress: Progress) -> None:
    """Fetch what is missing, also of the other repositories that the model needs, each file held against its hash,
    going on where an earlier try ended. Raises what `hub.listing` and `hub.fetch` raise, `DiskFull`, and `Unsupported`
    when there is nothing that may be loaded."""
    parts = [part for part in weights.parts(model) if not weights.is_local(part)]
    if not parts:
        raise Conflict(f"{model.title} is a folder of this machine.", "There is nothing to download.")
    progress(0, 0, "asking the hub")
    lists = [(part, *asked(part)) for part in parts]
    missing = [(part, commit, file) for part, commit, files in lists for file in snapshots.absent(part, files)]
    total, left = sum(f.size for *_, files in lists for f in files), sum(file.size for *_, file in missing)
    make_room(model, left - sum(here(snapshots.part(part, file)) for part, _, file in missing))
    for part, commit, file in missing:
        bring(part, commit, file, onwards(progress, total - left, total))
        left -= file.size
    progress(total, total, "")


def asked(part: Model) -> tuple[str, list[File]]:
    """The commit that the hub has of a repository now, and those of its files that are wanted."""
    commit, listed = hub.listing(part.repo, part.revision)
    files = snapshots.wanted(part, listed)
    refuse(part, files, listed)
    snapshots.write_tree(part, commit, listed)
    return commit, files


def onwards(progress: Progress, before: int, total: int) -> hub.Arrived:
    """One file's bytes told as part of all."""
    return lambda arrived, words: progress(before + arrived, total, words)


def bring(model: Model, commit: str, file: File, arrived: hub.Arrived) -> None:
    """One file into the cache, and its name into the snapshot."""
    part, blob = snapshots.part(model, file), snapshots.blob(model, file)
    with alone(model, file, lambda: arrived(here(part), "another download fetches this file")):
        if here(blob) != file.size:
            hub.fetch(model.repo, commit, file, part, arrived)
            part.replace(blob)
        pin(model, file)
        snapshots.link(model, commit, file)


def refuse(model: Model, files: list[File], listed: list[File]) -> None:
    """Raises `Unsupported` where there are no weights in a safe format, `Damaged` where a pinned file is another."""
    if not any(file.path.endswith(WEIGHTS) for file in files) and not (files and snapshots.names_no_weights(model)):
        risky = any(file.path.endswith(MAY_RUN_CODE) for file in listed)
        why = "only in formats that can run code (.bin, .pt, .ckpt)" if risky else "no weights that it could use"
        raise Unsupported(f"{model.repo} has {why}.", "Look for one that has .safetensors.")
    hashes = {file.path: file.hash for file in listed}
    for name, sha256 in model.hashes.items():
        if name not in hashes or (len(hashes[name]) == 64 and hashes[name] != sha256):
            raise Damaged(f"{name} of {model.repo} is not the file that its entry pins.", "It was not downloaded.")


def pin(model: Model, file: File) -> None:
    """Hold a fetched file against its entry's own hash, where it has one. Raises `Damaged`, and keeps nothing of it."""
    blob, sha256 = snapshots.blob(model, file), model.hashes.get(file.path)
    if sha256 and file.hash != sha256 and weights.sha256_of(blob, blob.stat().st_mtime_ns) != sha256:
        blob.unlink()
        raise Damaged(f"{file.path} of {model.repo} is not the file that its entry pins.", "It was not kept.")


def make_room(model: Model, needed: int) -> None:
    place = next(folder for folder in (snapshots.cache(), *snapshots.cache().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    if needed + SPARE > free:
        raise DiskFull(
            f"{model.title} needs {size(needed)} more and {size(SPARE)} to spare; {place} has {size(free)} free.",
            "Remove models that you do not use, empty the trash, or name a larger disk in HF_HOME.",
        )


@contextmanager
def alone(model: Model, file: File, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the hub client's own lock on a blob, so that no two downloads write one file."""
    from filelock import FileLock, Timeout

    lock = snapshots.cache() / ".locks" / snapshots.shelf(model.repo).name / f"{file.hash}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    while True:
        try:
            held.acquire(timeout=0.2)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        held.release()
