"""The director's verbs: begin a film, change what is planned, go on with it, and say how it stands. The floor does the
rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field, ValidationError

from pipelines import catalogue
from pipelines.base import Model, faults_of
from pipelines.faults import Conflict, Fault, Invalid, Unavailable
from studio.director.films import Film, Films, Take
from studio.director.plan import MOST_CAST, STAGES, TASKS, Brief, Camera, Name, Plan, Shot, Stage, description
from studio.director.sheet import STILLS, Sheet, call_sheet, digest
from studio.studio import Studio
from studio.types import Frozen, Job, Recipe

DIRECTOR = "director"


class ShotIsLocked(Conflict):
    """A locked shot stays as it is."""


class NotPlanned(Conflict):
    """There is no plan to change yet."""


class ShotChange(Frozen):
    """What is to be different about one shot; `reroll` asks for another take of the same."""

    id: str = Field(max_length=16)
    line: str | None = Field(None, max_length=600)
    prompt: str | None = Field(None, min_length=1, max_length=1500)
    camera: Camera | None = None
    seconds: float | None = Field(None, ge=1.5, le=60)
    title: str | None = Field(None, max_length=200)
    sound: str | None = Field(None, max_length=300)
    cast: tuple[Name, ...] | None = Field(None, max_length=MOST_CAST)
    locked: bool | None = None
    reroll: bool = False


class Change(Frozen):
    """What is to be different about a film. `order` names its shots in their new order: one left out goes. `reroll`
    asks for another take of every shot that is not locked."""

    title: str | None = Field(None, max_length=200)
    look: str | None = Field(None, max_length=800)
    music: str | None = Field(None, max_length=1000)
    shots: tuple[ShotChange, ...] = Field((), max_length=200)
    order: tuple[str, ...] | None = Field(None, min_length=1, max_length=200)
    reroll: bool = False


def wish(**given: Any) -> Brief:
    """What someone asked for at any door, None for what they did not say. Raises `Invalid`, naming the fault."""
    try:
        return Brief(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise Invalid(faults_of(error, "film"), f"A film takes: {', '.join(Brief.model_fields)}.") from None


def start(studio: Studio, brief: Brief, *, until: Stage = "film", key: str | None = None) -> tuple[Job, bool]:
    """Begin a film, and go on with it until a stage. Returns the job, and whether an earlier request with this key had
    begun it already. Raises `Unavailable` for a model that cannot run here, and `Invalid` for a voice nobody has."""
    asked = {"film": brief.model_dump(mode="json"), "until": until}
    films = Films(studio.db, studio.queue)
    with studio.db.transaction():
        if key and (job := studio.queue.replay(key, asked)):
            return job, True
        film = films.create(with_models(brief), until)
        return employ(studio, films, film, key=key, asked=asked), False


def employ(studio: Studio, films: Films, film: Film, **more: Any) -> Job:
    """A job in line for a film: the floor takes it up."""
    told = {"film": film.id, "until": film.until, "prompt": film.brief.brief[:400]}
    recipe = Recipe(model=DIRECTOR, revision="1", options=told)
    job = studio.put(Job(task="film", model=DIRECTOR, recipe=recipe, project=film.project), **more)
    films.set(film.id, job=job.id)
    return job


def with_models(brief: Brief) -> Brief:
    """The brief with a model for every task: those named, else the first that is ready, a draft where nothing is."""
    chosen = {task: brief.models.get(task) or catalogue.default(task).id for task in TASKS}
    for task, name in chosen.items():
        if task == "video" and name == STILLS:
            continue
        model = catalogue.find(name)
        if model.task != task:
            raise Invalid(f"models.{task}: {name} makes {model.task}.", f"Name a model that makes {task}.")
        status, why = model.status()
        if status != "ready" or (wants(model) and (task, wants(model)) != ("video", {"start"})):
            raise Unavailable(f"{model.title} cannot run here now: {why or 'it needs a file to begin with'}",
                              "`studio models list` shows what can.")  # fmt: skip
    if brief.voice != "auto":
        catalogue.find(chosen["speech"]).options(text="One, two.", voice=brief.voice)
    return brief.model_copy(update={"models": chosen})


def wants(model: Model) -> set[str]:
    """The files a model cannot do without. A first picture is made for every shot."""
    fields = model.cls.Options.model_fields
    return {name for name in model.cls.Options.media() if fields[name].is_required()}


def go(studio: Studio, film_id: str, until: Stage) -> Job:
    """Go on with a film until a stage. One that is under way goes on until the later of the two."""
    films = Films(studio.db, studio.queue)
    with studio.db.transaction():
        film = films.get(film_id)
        running = film.job and not studio.queue.is_over(film.job)
        if running and film.job:
            films.set(film.id, until=max(until, film.until, key=STAGES.index))
            return studio.queue.get(film.job)
        films.set(film.id, until=until)
        return employ(studio, films, films.get(film_id))


def change(studio: Studio, film_id: str, wanted: Change, *, if_version: int | None = None) -> Film:
    """Change what is planned. What it touches is made anew when the film goes on. Raises `Stale`, `ShotIsLocked`,
    `NotPlanned`, and `Invalid` for a shot that is not there."""
    films = Films(studio.db, studio.queue)
    with studio.db.transaction():
        film = films.get(film_id)
        if film.plan is None:
            raise NotPlanned("The film is still being planned.", "Wait for its script.")
        return films.replan(film_id, changed(film.plan, wanted, film.version), if_version=if_version)


def changed(plan: Plan, wanted: Change, turn: int) -> Plan:
    """The plan with the changes made. Pure; `turn` makes the seeds of another roll other ones every time."""
    shots = {shot.id: shot for shot in plan.shots}
    for one in wanted.shots:
        if one.id not in shots:
            raise Invalid(f"The film has no shot {one.id!r}.", f"Its shots are: {', '.join(shots)}.")
        shots[one.id] = other(shots[one.id], one, turn)
    if wanted.reroll:
        shots = {id: shot if shot.locked else rerolled(shot, turn) for id, shot in shots.items()}
    if wanted.order is not None:
        strange = [id for id in wanted.order if id not in shots]
        if strange or len(set(wanted.order)) < len(wanted.order):
            raise Invalid(f"The order names {strange or 'a shot'} {'which is not there' if strange else 'twice'}.",
                          f"The film's shots are: {', '.join(shots)}.")  # fmt: skip
        shots = {id: shots[id] for id in wanted.order}
    named = {name: value for name in ("title", "look", "music") if (value := getattr(wanted, name)) is not None}
    return plan.model_copy(update={**named, "shots": tuple(shots.values())})


def other(shot: Shot, one: ShotChange, turn: int) -> Shot:
    given = one.model_dump(exclude={"id", "reroll"}, exclude_none=True)
    if shot.locked and one.locked is not False and (one.reroll or given.keys() - {"locked"}):
        raise ShotIsLocked(f"Shot {shot.id} is locked.", "Unlock it first.")
    shot = shot.model_copy(update=given)
    return rerolled(shot, turn) if one.reroll else shot


def rerolled(shot: Shot, turn: int) -> Shot:
    return shot.model_copy(update={"seed": (shot.seed * 1_103_515_245 + 12_345 + turn) % 2**32})


def shown(studio: Studio, film: Film) -> dict[str, Any]:
    """A film as clients see it: its plan, how far each shot is, and what there is of it to look at."""
    takes = Films(studio.db, studio.queue).takes(film.id)
    try:
        sheet = call_sheet(film, takes)
    except Fault:  # a model of one's own that is gone: what was made with it can still be looked at
        sheet = Sheet()
    job = studio.queue.get(film.job) if film.job else None
    latest = {take.part: take for take in takes}
    shots = [shown_shot(shot, sheet.takes, latest) for shot in film.plan.shots] if film.plan else []
    told = film.model_dump(mode="json", exclude={"cut", "plan"})
    for row, slot in zip(shots, sheet.slots, strict=False):
        row["lasts_s"] = round(slot, 2)
    return told | {
        "plan": film.plan and film.plan.model_dump(mode="json", exclude={"shots"}),
        "shots": shots,
        "description": description(film.plan) if film.plan else "",
        "stage": stage_of(film, sheet.ready),
        "current": bool(film.made) and sheet.ready and not changed_since(takes, film),
        "job": job,
    }


def stage_of(film: Film, ready: bool) -> str:
    """What there is: nothing yet, a script, all its takes, or the film."""
    return "brief" if film.plan is None else "script" if not ready else "film" if film.made else "takes"


def changed_since(takes: Sequence[Take], film: Film) -> bool:
    made = [take for take in takes if take.part == "film" and take.asset]
    return not made or made[-1].asset is None or made[-1].asset.id != film.made or made[-1].key != plan_key(film)


def plan_key(film: Film) -> str:
    assert film.plan
    return digest([film.plan.model_dump(mode="json"), film.brief.model_dump(mode="json")])


def shown_shot(shot: Shot, serving: dict[str, Take], latest: dict[str, Take]) -> dict[str, Any]:
    """The shot, its picture and voice (the last ones while others are made), and its state."""
    names = [name for name in (f"shot-{shot.id}", f"picture-{shot.id}") if name in latest]
    picture = next((serving[name] for name in names if name in serving), None)
    last = picture or next((latest[name] for name in names if latest[name].asset), None)
    voice = latest.get(f"voice-{shot.id}")
    busy = next((latest[name].job for name in names if not latest[name].job.over), None)
    failed = next((latest[name].job for name in names if latest[name].job.status == "failed"), None)
    state = "making" if busy else "ready" if picture else "failed" if failed else "changed" if last else "waiting"
    return shot.model_dump(mode="json") | {
        "asset": last.asset.id if last and last.asset else None,
        "kind": last.asset.kind if last and last.asset else None,
        "voice": voice.asset.id if voice and voice.asset and shot.line else None,
        "state": state,
        "progress": busy.progress if busy else None,
    }
