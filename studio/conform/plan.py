"""What of a film is still draft, what the chosen models would make of it, in which order, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from pipelines import catalogue
from pipelines.base import Model, Task
from pipelines.faults import Fault, Invalid
from studio.conform.estimate import Estimate, estimate
from studio.conform.translate import WORDS, translated
from studio.studio import Studio
from studio.timeline.items import Clip
from studio.timeline.model import Timeline
from studio.types import Asset, Frozen, Recipe


class Finals(Frozen):
    """Which model makes the finals of each kind. Drafts of a kind that names none stay as they are."""

    image: str | None = Field(None, max_length=200)
    video: str | None = Field(None, max_length=200)
    music: str | None = Field(None, max_length=200)
    sound: str | None = Field(None, max_length=200)
    speech: str | None = Field(None, max_length=200)

    def chosen(self) -> dict[str, Model]:
        """The models by task. Raises `UnknownModel`, and `Invalid` for one that makes something else."""
        found = {task: catalogue.find(id) for task, id in self.model_dump(exclude_none=True).items()}
        for task, model in found.items():
            if model.task != task:
                raise Invalid(f"models.{task}: {model.title} makes {model.task}.", f"Name one that makes {task}.")
        return found


class Where(Frozen):
    """A clip that plays a draft, and where it is in the film, in seconds."""

    track: int
    at: int
    start_s: float
    seconds: float


class Change(Frozen):
    """A draft that would be made again: `recipe` is what would run, `notes` what would not be as it was."""

    draft: str
    task: Task
    stage: int
    words: str
    made_by: str
    recipe: Recipe
    places: list[Where]
    notes: list[str] = []


class Left(Frozen):
    """A draft that stays, and why."""

    draft: str
    task: Task
    words: str
    why: str


class Plan(Estimate):
    """What would be made, by which models, and at what price. `ready` when it can begin as it is."""

    project: str
    ready: bool
    takes: list[Change]
    left: list[Left]


def plan(studio: Studio, project_id: str, models: Finals) -> Plan:
    """Look, and change nothing."""
    timeline = Timeline.parse(studio.projects.get(project_id).timeline)
    takes, left = drafts(studio, timeline, models.chosen())
    costs = estimate(studio, [(take.recipe, take.task, studio.library.get(take.draft)) for take in takes])
    ready = bool(takes) and all(model.status == "ready" for model in costs.models)
    return Plan(**dict(costs), project=project_id, ready=ready, takes=takes, left=left)


def drafts(studio: Studio, timeline: Timeline, chosen: dict[str, Model]) -> tuple[list[Change], list[Left]]:
    """The film's drafts as they would be made, in the order of making, and those that would not be, with the reason.
    Pictures that shots begin or end with are made too, though no clip plays them."""
    places: dict[str, list[Where]] = {}
    for where, id in played(timeline):
        places.setdefault(id, []).append(where)
    survey = Survey(studio, chosen, places)
    for asset in studio.library.many(places).values():
        survey.look(asset)
    made = [change for change in survey.seen.values() if change]
    return sorted(made, key=lambda change: (change.stage, change.recipe.model)), survey.left


class Survey:
    """A walk over a film's takes, and over what these were made from."""

    def __init__(self, studio: Studio, chosen: dict[str, Model], places: dict[str, list[Where]]):
        self.studio, self.chosen, self.places = studio, chosen, places
        self.seen: dict[str, Change | None] = {}
        self.left: list[Left] = []

    def look(self, asset: Asset) -> Change | None:
        """How this draft would be made, after what it is made from; None when it is none, or stays."""
        if asset.id not in self.seen:
            self.seen[asset.id] = None
            self.seen[asset.id] = self.change(asset)
        return self.seen[asset.id]

    def change(self, asset: Asset) -> Change | None:
        if asset.recipe is None or (task := draft_task(asset)) is None:
            return None
        said = asset.recipe.options
        words = next((str(said[name]) for name in WORDS if said.get(name)), asset.name)
        if (model := self.chosen.get(task)) is None:
            self.left.append(Left(draft=asset.id, task=task, words=words, why=f"No model for {task} was chosen."))
            return None
        try:
            options, notes = translated(asset.recipe, model)
            recipe = self.studio.settle(model, options)
        except Fault as fault:
            self.left.append(Left(draft=asset.id, task=task, words=words, why=fault.message))
            return None
        from_these = self.studio.library.many(inputs(model, recipe.options)).values()
        stages = [before.stage for before in map(self.look, from_these) if before]
        stage = 0 if task == "speech" else 1 + max(stages, default=0)
        return Change(
            draft=asset.id, task=task, stage=stage, words=words, made_by=asset.recipe.model, recipe=recipe,
            places=self.places.get(asset.id, []), notes=notes,
        )  # fmt: skip


def played(timeline: Timeline) -> Iterator[tuple[Where, str]]:
    """Every clip that may be changed, with its asset."""
    for t, track in enumerate(timeline.tracks):
        for n, (item, start) in enumerate(zip(track.items, track.starts, strict=True)):
            if isinstance(item, Clip) and not track.locked:
                at = {"start_s": float(start / timeline.fps), "seconds": float(item.frames / timeline.fps)}
                yield Where(track=t, at=n, **{name: round(value, 3) for name, value in at.items()}), item.asset


def draft_task(asset: Asset) -> Task | None:
    """What a draft is a draft of; None for what is no draft."""
    model = next((m for m in catalogue.models() if asset.recipe and m.id == asset.recipe.model), None)
    return model.task if model and (model.draft or "draft" in asset.tags) else None


def inputs(model: Model, options: dict[str, Any]) -> Iterator[str]:
    """The assets that a recipe is made from."""
    for name in model.cls.Options.media():
        given = options.get(name)
        yield from [given] if isinstance(given, str) else given or []
