"""The models' weights as jobs, download and verify, and as files: remove them, add and forget models of one's own."""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines import catalogue, hub, own, recognise, snapshots, weights
from pipelines.base import Model
from pipelines.faults import Conflict
from pipelines.hub import Offline
from studio.db import Db
from studio.types import Job, Recipe
from studio.work.queue import Queue


class Busy(Conflict):
    """A job is at work with these files."""


class Stock:
    """Which models there are in a home, and what of them lies on the disk."""

    def __init__(self, home: Path, db: Db, queue: Queue, offline: bool):
        self.file, self.db, self.queue, self.offline = home / "models.toml", db, queue, offline
        catalogue.use(self.file)

    # --- jobs --------------------------------------------------------------------------------------------------------

    def download(self, model_id: str) -> tuple[Job, bool]:
        """Have a model fetched. Returns the job, and whether it was in line already. A download that was stopped, in
        whatever way, goes on where it was. Raises `Offline`, and `Conflict` for what is no hub's."""
        model = catalogue.find(model_id)
        if self.offline:
            raise Offline("The studio is offline: nothing can be downloaded.", "Start it without STUDIO_OFFLINE.")
        if not model.repo or (weights.is_local(model) and not model.also):
            raise Conflict(f"{model.title} has no weights to download.", "")
        return self.once("download", model)

    def verify(self, model_id: str) -> tuple[Job, bool]:
        """Have every file of a model read and held against its hash. Raises `Unavailable` when it is not all here."""
        model = catalogue.find(model_id)
        if not model.repo:
            raise Conflict(f"{model.title} has no weights to verify.", "")
        weights.folder(model)
        return self.once("verify", model)

    def once(self, task: str, model: Model) -> tuple[Job, bool]:
        with self.db.transaction():  # so that two who ask at once get one job
            for job in self.at_work(model.id):
                if job.task == task:
                    return job, True
            recipe = Recipe(model=model.id, revision=model.revision, options={})
            return self.queue.put(Job(task=task, model=model.id, recipe=recipe), "net"), False

    def jobs(self) -> list[Job]:
        """The downloads and verifications that wait or run, and the last to end of each model."""
        rows = self.db.all(
            "select id from job where task in ('download', 'verify') and n in"
            " (select max(n) from job where task in ('download', 'verify') group by model) order by n desc limit 200"
        )
        return [self.queue.get(row[0]) for row in rows]

    def at_work(self, model_id: str) -> list[Job]:
        """The jobs of a model that wait or run."""
        sql = "select id from job where model = ? and status in ('queued', 'running')"
        return [self.queue.get(row[0]) for row in self.db.all(sql, model_id)]

    # --- files -------------------------------------------------------------------------------------------------------

    def remove(self, model_id: str) -> int:
        """Take a model's downloaded files off the disk, but for what another model needs. Returns the bytes freed.
        Raises `Busy` while a job works with them, `Conflict` for a folder of one's own."""
        model = catalogue.find(model_id)
        if any(job.status == "running" or job.task in ("download", "verify") for job in self.at_work(model_id)):
            raise Busy(f"A job is at work with {model.title}.", "Cancel it, or wait until it is done.")
        if not model.repo:
            raise Conflict(f"{model.title} has no weights to remove.", "")
        return weights.remove(model, catalogue.models())

    def disk(self) -> dict[str, Any]:
        """What the models take, and what is free where they lie; in bytes."""
        place = next(folder for folder in (snapshots.cache(), *snapshots.cache().parents) if folder.is_dir())
        needed = (part for model in catalogue.models() if model.repo for part in weights.parts(model))
        repos = {part.repo for part in needed if not weights.is_local(part)}
        return {
            "used": sum(weights.total_of(snapshots.shelf(repo)) for repo in repos),
            "free": shutil.disk_usage(place).free,
        }

    # --- the user's own ----------------------------------------------------------------------------------------------

    def add(self, model_id: str, repo: str, *, local: bool = True, **said: Any) -> Model:
        """Find out what a folder, a file or a model of the hub is, and write it down as a model of one's own. What is
        `said` (task, family, title, base) goes before what its files say; unless `local`, nothing of this machine is
        looked at. Raises `BadModels`, `NotRecognised`, and what `hub.listing` raises."""
        if any(model.id == model_id for model in catalogue.MODELS):
            raise own.BadModels(f"{model_id} is the catalogue's own.", "Give it another id.")
        entry = self.recognised(model_id, repo, {key: value for key, value in said.items() if value}, local)
        entry.model({model.id: model for model in catalogue.MODELS}.get)
        with self.db.transaction():  # so that two who add at once do not write over each other
            own.add(self.file, entry)
        return catalogue.find(entry.id)

    def recognised(self, model_id: str, repo: str, said: dict[str, Any], local: bool) -> own.Entry:
        path, commit, files = Path(repo).expanduser(), "main", list[hub.File]()
        if local and path.exists():
            repo, source = str(path.resolve()), recognise.on_disk(path.resolve())
        elif not re.fullmatch(r"[\w.-]+/[\w.-]+", repo):
            raise recognise.NotRecognised(
                f"There is nothing at {repo}.", "Name a folder, or a model of the hub: maker/it."
            )
        elif self.offline:
            raise Offline("The studio is offline: the hub cannot be asked.", "Name a folder of this machine.")
        else:
            commit, files = hub.listing(repo, "main")
            source = recognise.on_hub(repo, commit, files)
        found = recognise.Found("", said["task"], said["family"]) if said.keys() >= {"task", "family"} else None
        found = found or recognise.recognise(source)
        if found.family and find_spec(found.family.split(":")[0]) is None:
            raise recognise.NotRecognised(
                f"{repo} is of the kind: {found.kind}.", "This studio cannot run that one yet."
            )
        if not found.family and files:
            raise recognise.NotRecognised(
                f"{repo} is a LoRA.", "Name it in a model's option LoRAs, or add it as a file."
            )
        facts: dict[str, Any] = {
            "task": found.task,
            "family": found.family,
            "base": found.base,
            "also": found.also,
            "title": model_id,
            "revision": commit,
        }
        facts |= {"hashes": {name: source.sha256(name) for name in found.pins}, "files": found.files if files else ()}
        return own.entry(id=model_id, repo=repo, **{**facts, **said})

    def forget(self, model_id: str) -> None:
        """Take a model of one's own out of the list; its files stay. Raises `BadModels` for the catalogue's."""
        with self.db.transaction():
            own.forget(self.file, model_id)


def describe(model: Model) -> dict[str, Any]:
    """A model as clients see it. Where its files lie on this machine is nobody's business but the machine's."""
    status, why = model.status()
    facts = ("id", "title", "task", "licence", "commercial", "vram_gb", "size_gb", "link", "draft", "gated")
    has = weights.state(model) if model.repo else weights.State(0, 0, True)
    mine = any(model.id == other.id for other in catalogue.owned.now().models)
    files = {"have": has.have, "total": has.total, "complete": has.complete, "own_folder": weights.is_local(model)}
    return {name: getattr(model, name) for name in facts} | {
        "repo": "" if weights.is_local(model) else model.repo,
        "link": model.link or (hub.page(model.repo) if model.repo and not weights.is_local(model) else ""),
        "own": mine, "status": status, "why": why, "files": files, "options": model.schema(),
    }  # fmt: skip
