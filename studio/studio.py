"""The studio's verbs. The window, the HTTP doors and the command line are doors to this one room."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines import catalogue
from pipelines.base import Model, Task, faults_of
from pipelines.device import devices
from pipelines.faults import Conflict, DiskFull, Invalid, TooMany, Unavailable
from studio import __version__
from studio.db import Db
from studio.library.marks import Origin
from studio.library.outside import Outside
from studio.library.store import Library
from studio.locks import Locks
from studio.people import asking, sees
from studio.settings import Settings
from studio.timeline.edit.splice import item_at, set_item
from studio.timeline.export.presets import ExportSettings
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.projects import Projects
from studio.types import Asset, GenerationRequest, Job, Recipe
from studio.work.local import Crew
from studio.work.origins import of_asset, of_film
from studio.work.queue import Queue
from studio.work.stock import Stock, describe
from studio.work.tasks import LANES
from studio.work.webhooks import Webhooks, secret_in

SPARE_BYTES = 300 * 2**20
MOST_WAITING = 500
"""Jobs that one guest may have in line; an admin as many as they like."""


class MediaMissing(Conflict):
    """A timeline names assets that are not in the library."""


class TooManyWaiting(TooMany):
    """One guest has more in line than would be fair."""


class NotFinished(Conflict):
    """The job is still going."""


class Studio:
    """One home: its ledger, library and projects, and, once `open`, its workers."""

    def __init__(self, settings: Settings):
        self.settings, self.home = settings, settings.home
        for folder in (self.home, self.home / "tmp", self.home / "library"):
            folder.mkdir(parents=True, exist_ok=True)
        self.db = Db(self.home / "studio.db")
        self.locks = Locks(self.db, settings)
        self.library = Library(self.db, self.home, quota_bytes=settings.upload_gb * 2**30)
        self.queue = Queue(self.db, self.library)
        self.projects = Projects(self.db)
        said = settings.environment()
        names = {"HF_HOME", "HF_TOKEN", "STUDIO_RIVA_URL", "STUDIO_COMFYUI_URL", "STUDIO_SEEDVR_HOME"}
        names |= {name for name in said if "_LLM_" in name}
        os.environ.update({n: said[n] for n in names if n in said})  # models, and the hub's client, read them
        self.stock = Stock(self.home, self.db, self.queue, settings.offline)
        self.outside = Outside(frozenset(settings.lan_hosts.lower().replace(",", " ").split()), settings.offline)
        own = settings.webhook_secret
        self.webhooks = Webhooks(
            self.db, self.queue, self.outside, own.get_secret_value if own else lambda: secret_in(self.home)
        )
        self.crew: Crew | None = None
        self.addresses: list[str] = []  # where others find it, the best first; none while it listens to itself alone
        self.easel = threading.Lock()  # one still at a time: each wants all the cores there are
        self.born = time.time()

    def open(self, address: str = "") -> None:
        """Host this home's workers. Raises `HomeInUse` when another studio does, `DatabaseDamaged` when a torn ledger
        would lose what it is given."""
        self.db.check()
        crew = Crew(self.home, self.queue, self.settings)
        crew.start(address)
        self.crew = crew
        self.webhooks.start()

    def close(self) -> None:
        """Send the workers home. Nothing is lost: what they were working on waits for the next `open`."""
        self.outside.leaving.set()
        self.webhooks.stop()
        if self.crew:
            self.crew.stop()
            self.crew = None

    # --- make -----------------------------------------------------------------------------------------------------

    def submit(self, request: GenerationRequest, *, key: str | None = None) -> tuple[Job, bool]:
        """Put a request in line. Returns the job, and whether an earlier request with this key had made it already."""
        asked = request.model_dump(mode="json")
        with self.db.transaction():  # so that two requests with one key cannot both be first
            if key and (job := self.queue.replay(key, asked)):
                return job, True
            model = catalogue.find(request.model)
            status, why = model.status()
            if status != "ready":
                raise Unavailable(f"{model.title} cannot run here now: {why}", "`studio models list` shows what can.")
            recipe = self.settle(model, request.options)
            job = Job(
                task=model.task, model=model.id, recipe=recipe, project=request.project, priority=request.priority
            )
            job = self.put(job, key=key, asked=asked)
            if request.webhook:
                self.webhooks.promise(job.id, request.webhook, job=job.id)
            return job, False

    def submit_all(self, requests: Sequence[GenerationRequest]) -> list[Job]:
        """Put several in line, or, when one of them is at fault, none."""
        with self.db.transaction():
            return [self.submit(request)[0] for request in requests]

    def settle(self, model: Model, given: dict[str, Any]) -> Recipe:
        """What will really run: every default filled in, the seed picked, every file known. Raises `Invalid`."""
        options = model.options(**given).model_dump(mode="json")
        for name, mark in model.cls.Options.media().items():
            for asset_id in [options[name]] if isinstance(options[name], str) else options[name] or []:
                asset = self.library.get(asset_id)
                if asset.kind not in mark.kinds:
                    raise Invalid(f"{name}: {asset.name} is {asset.kind}.", f"It takes {' or '.join(mark.kinds)}.")
        if options["seed"] == -1:
            options["seed"] = random.randrange(2**32)
        return Recipe(model=model.id, revision=model.revision, options=options)

    def put(self, job: Job, *, key: str | None = None, asked: Any = None) -> Job:
        if shutil.disk_usage(self.home).free < SPARE_BYTES:
            raise DiskFull("The disk is almost full.", "Make room, or empty the trash, and send it again.")
        if not asking().sees_all and self.queue.waiting(asking().id) >= MOST_WAITING:
            raise TooManyWaiting(f"You have {MOST_WAITING} jobs in line.", "Let some of them be done first.")
        return self.queue.put(job, lane_of(job), key=key, request=asked)

    def export(
        self,
        project_id: str | None = None,
        format: str = "mp4",
        *,
        timeline: Timeline | None = None,
        settings: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> tuple[Job, bool]:
        """Have a project's timeline, as it is now, written to a film. Later edits do not change a job in line."""
        given = timeline and timeline.dump()
        if timeline is None:
            timeline = Timeline.parse(self.projects.get(project_id or "").timeline)
        from studio.timeline.export.export import format_of

        format, chosen = format_of(format), wished(settings or {})
        asked = {"export": project_id, "timeline": given, "format": format, "settings": chosen.model_dump(mode="json")}
        if key and (job := self.queue.replay(key, asked)):
            return job, True
        if missing := self.missing(timeline):
            raise MediaMissing(
                f"{len(missing)} of the timeline's files are not in the library: {', '.join(sorted(missing))[:300]}.",
                "Upload them, restore them from the trash, or replace those clips.",
            )
        check_against(timeline, self.library.many(timeline.assets()))
        options = {"format": format, "timeline": timeline.dump(), "settings": chosen.model_dump(mode="json")}
        recipe = Recipe(model="export", revision="1", options=options)
        with self.db.transaction():
            if key and (job := self.queue.replay(key, asked)):
                return job, True
            job = Job(task="export", model="export", recipe=recipe, project=project_id)
            return self.put(job, key=key, asked=asked), False

    def still(self, project_id: str, n: int, width: int, swap: tuple[int, int, str] | None = None) -> bytes:
        """Frame n of a project as it would be exported, as a JPEG of that width. Past the end: the last one.

        `swap` = (track, item, asset) shows it with another take in that clip's place."""
        import cv2

        from studio.timeline.edit import replace_take
        from studio.timeline.export.export import frame, ready

        timeline = Timeline.parse(self.projects.get(project_id).timeline)
        if swap is not None:
            timeline = held(replace_take(timeline, *swap), *swap[:2])
        media = self.library.many(timeline.assets())
        ready(timeline, media)
        with self.easel:
            picture = frame(timeline, media, n, (width, round(width * timeline.height / timeline.width)))
        return cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()

    def credited(self, asset: Asset) -> Path | None:
        """A copy of a file made here that says so with a signature; None for what was given, for forms that cannot
        carry one, and where the setting is off."""
        from studio.library.credentials import signed

        origin = self.origin(asset) if asset.path.is_file() else None
        return signed(asset, origin, self.home) if origin else None

    def origin(self, asset: Asset) -> Origin | None:
        """How a file was made, when it was made here and may say so."""
        if not self.settings.content_credentials or asset.recipe is None:
            return None
        if asset.recipe.model != "export":
            return of_asset(asset)
        return of_film(self.library.many(Timeline.parse(asset.recipe.options["timeline"]).assets(), trashed=True))

    def missing(self, timeline: Timeline) -> list[str]:
        """The assets a timeline names that are not there, or are in the trash."""
        return sorted(timeline.assets() - self.library.many(timeline.assets()).keys())

    def open_file(self, asset_id: str, *, key: str | None = None) -> tuple[Job, bool]:
        """Have a project zip, an .otio file or a timeline that is in the library made into a project."""
        asset, asked = self.library.get(asset_id), {"import": asset_id}
        if asset.kind != "project":
            raise Invalid(f"{asset.name} is {asset.kind}.", "A project is a .zip, an .otio or a .json file.")
        with self.db.transaction():
            if key and (job := self.queue.replay(key, asked)):
                return job, True
            recipe = Recipe(model="import", revision="1", options={"asset": asset_id})
            return self.put(Job(task="import", model="import", recipe=recipe), key=key, asked=asked), False

    def retry(self, job_id: str) -> Job:
        """The same recipe again, as a new job."""
        job = self.queue.get(job_id)
        if not job.over:
            raise NotFinished(f"Job {job_id} is {job.status}.", "Wait for it, or cancel it first.")
        return self.put(Job(task=job.task, model=job.model, recipe=job.recipe, project=job.project, retry_of=job.id))

    async def settled(self, job_id: str, timeout_s: float = 3600) -> Job:
        """Wait until a job is over, or until time is. However many wait, none of them holds a thread, or the house."""
        until, pause = time.monotonic() + timeout_s, 0.05
        while not self.queue.is_over(job_id) and time.monotonic() < until:
            await asyncio.sleep(pause)
            pause = min(0.5, pause * 1.1)
        return self.queue.get(job_id)

    def empty_trash(self, older_than_s: float = 0) -> dict[str, int]:
        """Delete for good what has been in the trash so long, projects first, for they hold files: how many `projects`
        and files were `deleted`, how many bytes that `freed`, how many files are spoken of elsewhere and `kept`."""
        projects = self.projects.purge(older_than_s)
        return {"projects": projects, **vars(self.library.purge(older_than_s))}

    # --- say how things are ------------------------------------------------------------------------------------------

    def models(self, task: Task | None = None) -> list[dict[str, Any]]:
        """The catalogue as clients see it."""
        return [describe(model) for model in catalogue.models() if task in (None, model.task)]

    def history(self, task: str, limit: int = 50) -> list[str]:
        """Prompts used before, the latest first, each once."""
        rows = self.db.all(
            "select coalesce(json_extract(recipe, '$.options.prompt'), json_extract(recipe, '$.options.text')) prompt"
            f" from job where task = ? and {sees('job', 'job')} group by prompt order by max(n) desc limit ?",
            task, limit,
        )  # fmt: skip
        return [row[0] for row in rows if row[0]]

    def health(self) -> dict[str, Any]:
        """How the studio is; `status` is "ok", or the reason why no job can run."""
        workers, why = self.crew.report() if self.crew else [], "ok"
        if shutil.disk_usage(self.home).free < SPARE_BYTES:
            why = "The disk is almost full."
        elif not any(worker["alive"] for worker in workers):
            why = "No worker is running."
        counts = self.queue.counts()
        states = [model.status()[0] for model in catalogue.models()]
        return {
            "status": why,
            "version": __version__,
            "uptime_s": round(time.time() - self.born, 1),
            "devices": [
                {"name": d.name, "title": d.title, "memory_gb": d.memory_gb} for d in devices(self.settings.device)
            ],
            "workers": workers,
            "models": {state: states.count(state) for state in sorted(set(states))},
            "queue": {name: counts.get(name, 0) for name in ("queued", "running", "done", "failed", "cancelled")}
            | {"paused": self.queue.paused},
            "disk": self.disk(),
        }

    def disk(self) -> dict[str, float]:
        return {"free_gb": round(shutil.disk_usage(self.home).free / 2**30, 1)}


def wished(settings: dict[str, Any]) -> ExportSettings:
    """How a film is to be written. Raises `Invalid`, naming what cannot be."""
    try:
        return ExportSettings(**settings)
    except ValidationError as error:
        raise Invalid(faults_of(error, "options"), f"It takes: {', '.join(ExportSettings.model_fields)}.") from None


def held(timeline: Timeline, track: int, at: int) -> Timeline:
    """A take looked at may be shorter than its place: it then holds its last frame."""
    clip = item_at(timeline, track, at)
    return timeline if clip.loop else set_item(timeline, track, at, freeze=True)


def lane_of(job: Job) -> str:
    """Models that need a device wait for one; all else is the processor's."""
    return LANES.get(job.task) or ("device" if catalogue.find(job.model).cls.on_device else "cpu")
