"""How the hub's shared cache is laid out on this disk: lists of files, snapshots of links, blobs named by their hash.

It is the hub client's own layout (HF_HOME, HF_HUB_CACHE), so that what another program has fetched is here already.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from pipelines.base import Model
from pipelines.hub import COMMIT, File

MAY_RUN_CODE = (".bin", ".pt", ".pth", ".ckpt", ".pickle", ".pkl", ".h5", ".joblib", ".py", ".so", ".dll")
WEIGHTS = (".safetensors", *MAY_RUN_CODE)
PLAIN = (".safetensors", ".json", ".txt", ".model", ".spm", ".tiktoken", ".jinja", ".yaml", ".yml", ".wav")


def cache() -> Path:
    """The hub's shared cache, where this user's other programs look too."""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()


def folder(model: Model) -> Path:
    """Where the model's files have their names, if it is here at all."""
    return shelf(model.repo) / "snapshots" / (commit_of(model) or "none")


def shelf(repo: str) -> Path:
    return cache() / f"models--{repo.replace('/', '--')}"


def commit_of(model: Model) -> str | None:
    """The commit that the entry's revision stands for, as far as this disk knows."""
    if COMMIT.fullmatch(model.revision):
        return model.revision
    try:
        return (shelf(model.repo) / "refs" / model.revision).read_text().strip()
    except OSError:
        return None


def wanted(model: Model, files: Iterable[File]) -> list[File]:
    """Those of a repository's files that the model needs: what its patterns name (`!` leaves out), else what its
    layout says; never a format that can run code, unless the entry pins its hash."""
    files = list(files)
    takes = [pattern for pattern in model.files if not pattern.startswith("!")]
    leaves = [pattern[1:] for pattern in model.files if pattern.startswith("!")]
    if takes:
        chosen = [f for f in files if any(fnmatchcase(f.path, p) for p in takes) or f.path in model.hashes]
    else:
        chosen = by_layout(files)
    return [
        file
        for file in chosen
        if not any(fnmatchcase(file.path, pattern) for pattern in leaves)
        and (not file.path.lower().endswith(MAY_RUN_CODE) or file.path in model.hashes)
    ]


def by_layout(files: list[File]) -> list[File]:
    """A diffusers folder is its parts, without the single-file copy beside them and the half-precision twins within."""
    plain = [file for file in files if file.path.endswith((*PLAIN, *MAY_RUN_CODE))]
    if any(file.path == "model_index.json" for file in plain):
        plain = [file for file in plain if "/" in file.path or not file.path.endswith(WEIGHTS)]
    names = {file.path for file in plain}
    return [file for file in plain if not any(twin in names for twin in full_of(file.path))]


def full_of(path: str) -> list[str]:
    """`unet/x.fp16.safetensors` is a twin of `unet/x.safetensors`."""
    return [path.replace(f".{kind}", "", 1) for kind in ("fp16", "bf16", "non_ema") if f".{kind}." in path]


def known(model: Model) -> list[File] | None:
    """The files the model needs, from the hub's list of that commit; None while this disk does not have the list."""
    commit = commit_of(model)
    file = shelf(model.repo) / "trees" / f"{commit}.json"
    try:
        files = read_tree(file, file.stat().st_mtime_ns)
    except OSError:
        return None
    return wanted(model, files) if files is not None else None


@lru_cache(maxsize=256)
def read_tree(file: Path, changed: int) -> tuple[File, ...] | None:
    """A list of files as the hub's client keeps them too; None when it cannot be read."""
    try:
        said = json.loads(file.read_text("utf-8"))["files"]
        return tuple(
            File(path, f.get("lfs_size") or f["size"], f.get("lfs_sha256") or f["blob_id"]) for path, f in said.items()
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def write_tree(model: Model, commit: str, files: Iterable[File]) -> None:
    """Keep the hub's list of a commit, as its client does, and what a branch's or tag's name stands for."""
    root = shelf(model.repo)
    tree = root / "trees" / f"{commit}.json"
    if model.revision != commit:
        put(root / "refs" / model.revision, commit)
    if tree.is_file() and read_tree(tree, tree.stat().st_mtime_ns):
        return  # a commit never changes, and its client's own list says more than ours
    said = {
        f.path: {"size": f.size, "blob_id": f.hash} if len(f.hash) == 40
        else {"size": f.size, "blob_id": "", "lfs_sha256": f.hash, "lfs_size": f.size}
        for f in files
    }  # fmt: skip
    put(tree, json.dumps({"format_version": 1, "files": said}, indent=1))


def put(file: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(text, "utf-8")
    part.replace(file)


def blob(model: Model, file: File) -> Path:
    return shelf(model.repo) / "blobs" / file.hash


def part(model: Model, file: File) -> Path:
    """What has come of a file so far."""
    return shelf(model.repo) / "blobs" / f"{file.hash}.incomplete"


def link(model: Model, commit: str, file: File) -> None:
    """Give a blob its name in the snapshot; where links cannot be made, it is moved there."""
    name, target = shelf(model.repo) / "snapshots" / commit / file.path, blob(model, file)
    name.parent.mkdir(parents=True, exist_ok=True)
    name.unlink(missing_ok=True)
    try:
        name.symlink_to(os.path.relpath(target, name.parent))
    except OSError:
        target.replace(name)


def absent(model: Model, files: Iterable[File]) -> list[File]:
    """Those of the files that are not in the snapshot, or not of their size."""
    root = folder(model)
    return [file for file in files if size_of(root / file.path) != file.size]


def size_of(path: Path) -> int:
    """The bytes of a file; -1 when it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def looks_whole(model: Model) -> bool:
    """Without a list: every pattern has found something, and every index all the pieces that it names."""
    root = folder(model)
    names = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    patterns = [pattern for pattern in model.files if not pattern.startswith("!")]
    if not all(any(fnmatchcase(name, pattern) for name in names) for pattern in patterns):
        return False
    indices = [root / name for name in names if name.endswith(".safetensors.index.json")]
    if not all(index.with_name(piece).is_file() for index in indices for piece in pieces(index)):
        return False
    return set(model.hashes) <= names and (names_no_weights(model) or any(name.endswith(WEIGHTS) for name in names))


def names_no_weights(model: Model) -> bool:
    """Whether whole folders are all that is asked for, whatever is in them: lists of words, say."""
    return bool(model.files) and not model.hashes and all(pattern.endswith("/*") for pattern in model.files)


def pieces(index: Path) -> set[str]:
    """The files that an index of a large checkpoint names."""
    try:
        return {str(piece) for piece in json.loads(index.read_text("utf-8"))["weight_map"].values()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {"an index that can be read"}


def well_formed(file: Path) -> bool:
    """Whether a .safetensors file has a header, and as many bytes after it as that says."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if not 2 <= length <= min(100 * 2**20, file.stat().st_size - 8):
                return False
            header = json.loads(opened.read(length))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        return file.stat().st_size == 8 + length + max(ends, default=0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return False


def take_away(model: Model, kept: set[str]) -> None:
    """Remove the model's files but for the paths kept and the blobs that another snapshot names."""
    root, home, files = folder(model), shelf(model.repo), known(model)
    paths = [f.path for f in files] if files is not None else [str(p.relative_to(root)) for p in root.rglob("*")]
    names = [root / path for path in paths if path not in kept and not (root / path).is_dir()]
    blobs = {name.resolve() for name in names} | {blob(model, f) for f in files or [] if f.path not in kept}
    for name in names:
        name.unlink(missing_ok=True)
    named = {path.resolve() for path in (home / "snapshots").rglob("*")}
    for gone in blobs - named:
        gone.unlink(missing_ok=True)
        gone.with_name(f"{gone.name}.incomplete").unlink(missing_ok=True)
    for place in sorted((home / "snapshots").rglob("*"), reverse=True):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    if not any(path.is_file() for path in [*(home / "snapshots").rglob("*"), *(home / "blobs").rglob("*")]):
        shutil.rmtree(home, ignore_errors=True)
