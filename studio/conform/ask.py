"""The job that has a film's finals made; `work/conform.py` is how they come into their places."""

from __future__ import annotations

from typing import Any

from pipelines.faults import Conflict, DiskFull, Unavailable
from studio.conform.plan import Finals, Plan, plan
from studio.studio import SPARE_BYTES, Studio, lane_of
from studio.timeline.edit import finals
from studio.timeline.edit.finals import Place
from studio.timeline.edit.slots import marked
from studio.timeline.model import Timeline
from studio.timeline.versions import Versions
from studio.types import Job, Recipe

BEFORE = "Before it was made real"


class NothingDraft(Conflict):
    """None of a film's takes is a draft that the chosen models could make."""


class BeingMade(Conflict):
    """The film's finals are being made already."""


def ask(studio: Studio, project_id: str, models: Finals, *, key: str | None = None) -> tuple[Job, bool]:
    """Have the finals made. Returns the job, and whether an earlier request with this key had made it already.

    Raises `Unavailable` for a model that cannot run now, `NothingDraft`, `BeingMade` and `DiskFull`."""
    asked = {"conform": project_id, "models": models.model_dump(exclude_none=True)}
    with studio.db.transaction():
        if key and (job := studio.queue.replay(key, asked)):
            return job, True
        project, wanted = studio.projects.get(project_id), plan(studio, project_id, models)
        refuse(studio, wanted)
        parts, timeline = laid_out(studio, Timeline.parse(project.timeline), wanted)
        Versions(studio.db, studio.projects).name(project_id, BEFORE)
        studio.projects.remark(project_id, timeline)
        options = {"project": project_id, "models": asked["models"], "parts": parts}
        recipe = Recipe(model="conform", revision="1", options=options)
        job = Job(task="conform", model="conform", recipe=recipe, project=project_id)
        return studio.put(job, key=key, asked=asked), False


def refuse(studio: Studio, wanted: Plan) -> None:
    if running := studio.db.one(
        "select id from job where task = 'conform' and project = ? and status in ('queued', 'running')", wanted.project
    ):
        raise BeingMade(f"Job {running[0]} makes this film's finals already.", "Wait for it, or cancel it.")
    if not wanted.takes:
        why = wanted.left[0].why if wanted.left else "No take of this film is a draft."
        raise NothingDraft("There is nothing to make.", why)
    for model in wanted.models:
        if model.status != "ready":
            raise Unavailable(f"{model.title} cannot run here now: {model.why}", f"studio models download {model.id}")
    if wanted.disk_bytes > wanted.free_bytes - SPARE_BYTES:
        raise DiskFull(
            f"The finals take about {wanted.disk_bytes / 1e9:.1f} GB, more than is free.", "Make room, and try again."
        )


def laid_out(studio: Studio, timeline: Timeline, wanted: Plan) -> tuple[list[dict[str, Any]], Timeline]:
    """The parts as the job's recipe keeps them, and the timeline whose clips bear the names they are known by."""
    parts = []
    for take in wanted.takes:
        places = []
        for where in take.places:
            freeze = timeline.tracks[where.track].items[where.at].freeze  # type: ignore[union-attr]
            timeline, slot = marked(timeline, where.track, where.at)
            places.append(Place(slot=slot, freeze=freeze))
        lane = lane_of(Job(task=take.task, model=take.recipe.model, recipe=take.recipe))
        parts.append({
            "name": take.draft, "stage": take.stage, "task": take.task, "lane": lane, "project": wanted.project,
            "recipe": take.recipe.model_dump(mode="json"), "places": [p.model_dump(mode="json") for p in places],
            "seconds": float(finals.asked_of(timeline, places)),
        })  # fmt: skip
    return parts, timeline
