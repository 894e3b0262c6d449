"""What a job can be: making media with a model, or one of the studio's own chores. One entry each in TASKS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from traceback import clear_frames
from typing import Any
from urllib.parse import unquote

from pipelines import catalogue, weights
from pipelines.base import Context, Options, Pipeline
from pipelines.faults import Unavailable, Unsupported, ran_out
from pipelines.pool import Pool
from studio.library.store import Library
from studio.settings import Settings
from studio.timeline.model import Timeline
from studio.types import Asset, Job, Recipe
from studio.work import origins
from studio.work.failpoint import failpoint
from studio.work.meter import Meter


@dataclass(frozen=True)
class Outcome:
    """What a job leaves: files already in the library's folders, their rows not yet written."""

    assets: list[Asset]
    result: dict[str, Any] | None = None
    opens: Timeline | None = None
    """A timeline that becomes a project when the job is done."""


def run(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    outcome = TASKS.get(job.task, generate)(job, context, library, pool)
    failpoint("after_rename")
    return outcome


def generate(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Run a model's pipeline over the job's recipe."""
    model = catalogue.find(job.recipe.model)
    options = model.options(**with_paths(model.cls.Options, job.recipe.options, library))
    context.progress(0, "loading the model" if model.repo else "starting")
    pipeline = pool.get(model, options)
    while True:
        try:
            return made(pipeline, options, job, context, library)
        except Exception as error:
            if not ran_out(error):
                raise
            clear_frames(error.__traceback__)  # which hold what did not fit
            if not pool.make_way(pipeline):
                raise
        context.progress(0, "out of memory: again, with less of it on the device")


def made(pipeline: Pipeline, options: Options, job: Job, context: Context, library: Library) -> Outcome:
    name, said = name_of(job, library), origins.wanted(library.home)
    takes = []
    for path in pipeline.run(options, context):
        tags = tuple(pipeline.told.get("tags", ()))
        recipe = job.recipe.model_copy(update={"options": job.recipe.options | pipeline.told.get("options", {})})
        origin = origins.of_model(pipeline.model, tags) if said else None
        takes.append(library.bring_in(path, name=f"{name}{path.suffix}", recipe=recipe, tags=tags, origin=origin))
    return Outcome(takes, dict(pipeline.told) or None)


def export_film(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Cut a timeline together and write it to a file."""
    from studio.timeline.export.export import export
    from studio.timeline.export.handover import bundle
    from studio.timeline.export.presets import ExportSettings
    from studio.timeline.export.shelf import Shelf

    given, pieces = job.recipe.options, library.home / "cache" / "pieces"
    timeline, settings = Timeline.parse(given["timeline"]), ExportSettings(**given.get("settings", {}))
    name = f"{slug(timeline.title) or 'film'}.{given['format']}"
    out = context.workdir / name
    media = library.many(bundle.used(timeline))
    report = export(
        timeline, media, out, workdir=context.workdir, cache=pieces, settings=settings, progress=context.progress
    )
    Shelf(pieces).tidy(round(Settings.load(library.home).cache_gb * 2**30))
    tag = "preview" if settings.preset == "preview" else "film"
    origin = origins.of_film(library.many(timeline.assets())) if origins.wanted(library.home) else None
    film = library.bring_in(out, name=name, recipe=job.recipe, tags=(tag,), origin=origin)
    beside = [
        library.bring_in(path, name=path.name, recipe=job.recipe, tags=("poster",), origin=origin)
        for path in report.extras
    ]
    written = {name: value for name, value in asdict(report).items() if name not in ("path", "extras")}
    return Outcome([film, *beside], {"film": film.id, "project": job.project, "report": written})


def score(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Have a sound made, and write the film that it belongs under: a timeline in which it is still called SOUND."""
    from studio.timeline.export.export import export

    given = job.recipe.options
    made = generate(job.model_copy(update={"recipe": Recipe(**given["sound"])}), Share(context, 0, 0.5), library, pool)
    sound = made.assets[0]
    timeline = Timeline.parse(json.dumps(given["timeline"]).replace(SOUND, sound.id))
    media = library.many(timeline.assets()) | {sound.id: sound}
    out, rest = context.workdir / f"{slug(timeline.title) or 'film'}.mp4", Share(context, 0.5, 1)
    export(timeline, media, out, workdir=context.workdir, progress=rest.progress)
    film = library.bring_in(out, name=out.name, recipe=job.recipe, tags=("film",))
    return Outcome([film, *made.assets], {"film": film.id, "sound": sound.id})


SOUND = "the sound to be made"


class Share:
    """Part of a job, from one fraction of it to another, as a job of its own sees it."""

    def __init__(self, context: Context, start: float, end: float):
        self.context, self.workdir, self.start, self.end = context, context.workdir, start, end

    def progress(self, fraction: float, note: str = "") -> None:
        self.context.progress(self.start + fraction * (self.end - self.start), note)


def open_project(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Make a project of a zip, an .otio file or a timeline that is in the library."""
    from studio.timeline.export.handover import bundle, otio

    given = library.get(job.recipe.options["asset"])
    if given.path.suffix == ".zip":
        folder = context.workdir / "unpacked"
        folder.mkdir()
        timeline, packed = bundle.read(given.path, folder, context.progress)
        assets = [library.examined(p.path, name=p.name, recipe=p.recipe, tags=p.tags) for p in packed]
        return Outcome(assets, {}, timeline)
    if given.path.suffix not in (".otio", ".json"):
        raise Unsupported(
            f"{given.name} is for other editors; it cannot be read back.", "Open a project zip, .otio or .json file."
        )
    text = given.path.read_text(encoding="utf-8-sig")
    if given.path.suffix == ".otio":
        return Outcome([], {}, otio.read(text, linked(text, library)))
    return Outcome([], {}, Timeline.parse(text))


def linked(text: str, library: Library) -> dict[str, str]:
    """The library's asset for every id, and for every file name, that an .otio file speaks of."""
    ids = library.many(set(re.findall(r"[0-9a-f]{64}", text)))
    urls = re.findall(r'"target_url":\s*"([^"]{1,2000})"', text)
    names = {unquote(url.rpartition("/")[2]) for url in urls}
    return library.named(names) | {id: id for id in ids}


def fetch_weights(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Download a model's weights."""
    from pipelines.download import download

    model = catalogue.find(job.recipe.model)
    download(model, Meter(context))
    return Outcome([], {"model": model.id})


def verify_weights(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Read a model's weights, and hold them against their hashes."""
    model = catalogue.find(job.recipe.model)
    return Outcome([], {"model": model.id, "files": weights.verify(model, Meter(context))})


def question(prompt: str, system: str = "") -> Job:
    """A job that asks the language model something; its result has the answer as `output`."""
    recipe = Recipe(model=ASKED, revision="1", options={"prompt": prompt, "system_prompt": system})
    return Job(task=ASKED, model=ASKED, recipe=recipe)


def answer(job: Job, context: Context, library: Library, pool: Pool) -> Outcome:
    """Ask the language model that is set, or this machine's own."""
    from pipelines import words

    where = words.find()
    if where is None:
        raise Unavailable("There is no language model here.", "Start Ollama, or set STUDIO_LLM_URL, and retry.")
    asked = job.recipe.options
    messages = [{"role": "system", "content": asked["system_prompt"]}] if asked["system_prompt"] else []
    context.progress(0.1, f"asking {where.model}")
    said = words.chat(where, [*messages, {"role": "user", "content": asked["prompt"]}])
    return Outcome([], {"output": said, "partial": False, "error": None})


ASKED = "words"
TASKS: dict[str, Callable[[Job, Context, Library, Pool], Outcome]] = {
    "export": export_film,
    "import": open_project,
    "download": fetch_weights,
    "verify": verify_weights,
    ASKED: answer,
    "score": score,
}
LANES = {
    "export": "cpu",
    "import": "cpu",
    "download": "net",
    "verify": "net",
    ASKED: "net",
    "film": "film",  # which no worker serves: the director sees to it, while its takes are made
    "conform": "whole",
}  # other tasks make media, where their model says


def with_paths(options: type[Options], given: dict[str, Any], library: Library) -> dict[str, Any]:
    """Recipes name files by asset id; pipelines want the files."""
    found = dict(given)
    for name in options.media().keys() & {n for n, value in given.items() if value}:
        value = given[name]
        found[name] = library.get(value).path if isinstance(value, str) else tuple(library.get(v).path for v in value)
    return found


def name_of(job: Job, library: Library) -> str:
    """By its words; what was restored is called as it was, and that."""
    if job.task != "restore":
        return title_of(job.recipe.options)
    return f"{Path(library.get(job.recipe.options['source']).name).stem}-restored"


def title_of(options: dict[str, Any]) -> str:
    return slug(str(options.get("prompt") or options.get("text") or "take"))


def slug(text: str) -> str:
    """The first words of a text, fit for a file's name in any script."""
    words = re.findall(r"[^\W_]+", text)
    return "-".join(words[:8])[:60].lower()
