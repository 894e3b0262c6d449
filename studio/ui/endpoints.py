"""The named Gradio endpoints: what gradio_client calls. Each writes a job and waits for it without holding a thread;
a client that goes away loses nothing, since the job goes on and `/job` tells of it.

Annotations are read while Gradio makes its API from them, so they are real ones here.
"""

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from gradio.utils import get_upload_folder, is_in_or_equal

from pipelines import catalogue
from pipelines.base import Task
from pipelines.faults import Fault, Invalid
from studio.director import film
from studio.people import asking
from studio.studio import Studio
from studio.timeline.model import Timeline
from studio.types import Asset, GenerationRequest, Job
from studio.ui.apipage import explain

File = dict | str  # what handle_file makes, or an asset's id
Made = tuple[dict, dict]  # the file, and the Job


class JobFailed(Fault):
    """The job that was waited for came to nothing."""


def build(studio: Studio) -> None:
    """Register every endpoint in the window that is being built."""
    makers = [maker(studio, task) for task in FORMS]
    for door in [*makers, director(studio), exporter(studio), *lookups(studio)]:
        gr.api(worded(door), api_name=door.__name__, concurrency_limit=None)
        explain(door.__name__, list(signature(door).parameters))


# --- what each takes: words, the model, that task's common options by name, and the model's other ones in `options`

KINDS: dict[str, Any] = {
    "negative_prompt": str,
    "width": int,
    "height": int,
    "duration_s": float,
    "fps": int,
    "steps": int,
    "guidance": float,
    "voice": str,
    "speed": float,
    "language": str,
    "lyrics": str,
    "start": File,
    "end": File,
    "source": File,
    "mask": File,
    "references": list,
    "loras": list,
    "size": str,
    "from_s": float,
}
FORMS: dict[Task, tuple[str, str, str]] = {  # the words' name, the common options, and what it does
    "image": (
        "prompt",
        "negative_prompt width height seed steps guidance source mask references loras",
        "Make a picture.",
    ),
    "video": (
        "prompt",
        "negative_prompt width height duration_s fps seed steps guidance start end source references loras",
        "Make a shot.",
    ),
    "music": (
        "prompt",
        "negative_prompt duration_s seed steps guidance lyrics source",
        "Make music; the job's assets hold the score too, where the model writes one.",
    ),
    "sound": ("prompt", "negative_prompt duration_s seed steps guidance", "Make a sound."),
    "speech": (
        "text",
        "voice speed language seed",
        "Have a text read aloud; the job's assets hold its captions too.",
    ),
    "restore": ("source", "size fps from_s duration_s seed", "Restore a film or a picture."),
}
NAMES = {"restore": "restore_video"}


def parameters(words: str, common: str) -> list[Parameter]:
    """An endpoint's signature. What is left out keeps the model's own default."""
    takes: list[tuple[str, Any, Any]] = [(words, KINDS.get(words, str), Parameter.empty), ("model", str, "")]
    takes += [(name, int, -1) if name == "seed" else (name, KINDS[name] | None, None) for name in common.split()]
    takes.append(("options", dict | None, None))
    return [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=d, annotation=a) for name, a, d in takes]


# --- what they do ----------------------------------------------------------------------------------------------------


def maker(studio: Studio, task: Task) -> Callable[..., Awaitable[Any]]:
    words, common, about = FORMS[task]
    takes = parameters(words, common)

    async def make(*given: Any) -> Any:
        said = {p.name: value for p, value in zip(takes, given, strict=True) if value is not None}
        model = catalogue.find(said.pop("model", "") or catalogue.default(task).id)
        if model.task != task:
            raise Invalid(f"{model.id} makes {model.task}, not {task}.", "Name another model, or its own endpoint.")
        more = said.pop("options", {})
        options = said | more
        for name in model.cls.Options.media().keys() & options.keys():
            options[name] = await asyncio.to_thread(taken_in, studio, options[name])
        job, _ = studio.submit(GenerationRequest(model=model.id, options=options))
        return await awaited(studio, job)

    make.__name__, make.__doc__ = NAMES.get(task, f"generate_{task}"), about
    make.__signature__ = Signature(takes, return_annotation=Made)  # type: ignore[attr-defined]
    make.__annotations__ = {p.name: p.annotation for p in takes} | {"return": Made}
    return make


def director(studio: Studio) -> Callable[..., Awaitable[Any]]:
    async def make_film(
        brief: str,
        seconds: float = 30,
        aspect: str | None = None,
        style: str | None = None,
        voice: str | None = None,
        language: str | None = None,
        music: str | None = None,
        models: dict | None = None,
    ) -> Made:
        """Make a film of a brief; the job's result names its plan and its project too."""
        wish = film.wish(brief=brief, seconds=seconds, aspect=aspect, style=style, voice=voice, language=language,
                         music=music, models=models)  # fmt: skip
        job, _ = await asyncio.to_thread(film.start, studio, wish)
        return await awaited(studio, job)

    return make_film


def exporter(studio: Studio) -> Callable[..., Awaitable[Any]]:
    async def export_film(
        project: File,
        format: str = "mp4",
        preset: str | None = None,
        options: dict | None = None,
    ) -> Made:
        """Write a film: of a project's id, or of a timeline as an object, as JSON text or as a file."""
        settings = {**(options or {}), **({"preset": preset} if preset else {})}
        if isinstance(project, str) and not project.lstrip().startswith("{"):
            job, _ = await asyncio.to_thread(studio.export, project, format, settings=settings)
            return await awaited(studio, job)
        timeline: Any = project
        if isinstance(project, dict) and "path" in project:
            timeline = uploaded(project).read_text("utf-8", errors="replace")
        parsed = Timeline.parse(timeline)
        job, _ = await asyncio.to_thread(studio.export, None, format, timeline=parsed, settings=settings)
        return await awaited(studio, job)

    return export_film


def lookups(studio: Studio) -> list[Callable[..., Awaitable[Any]]]:
    async def list_models(task: Literal["", "image", "video", "music", "sound", "speech", "restore"] = "") -> list:
        """The catalogue: what each model is, whether it can run here now, and its options."""
        return studio.models(task or None)

    async def job(id: str) -> tuple[dict, dict]:
        """A job as it is now, and its file once there is one."""
        found = studio.queue.get(str(id))
        return file_of(found), found.model_dump(mode="json")

    return [list_models, job]


async def awaited(studio: Studio, job: Job) -> tuple[Any, Any]:
    """The job once it is over. Raises `JobFailed` unless it is done."""
    job = await studio.settled(job.id, timeout_s=7 * 24 * 3600)
    if job.status != "done":
        message, advice = (job.error.message, job.error.advice) if job.error else (f"The job is {job.status}.", "")
        raise JobFailed(f"{message} (job {job.id})", advice)
    return await asyncio.to_thread(file_of, job), job.model_dump(mode="json")


# --- files in and out ------------------------------------------------------------------------------------------------


def taken_in(studio: Studio, given: Any) -> Any:
    """A file option as an asset's id: an id is one already, an upload is brought into the library."""
    if isinstance(given, list):
        return [taken_in(studio, one) for one in given]
    if isinstance(given, str):
        return given
    path = uploaded(given)
    with studio.library.scratch(path.suffix) as own:  # the same bytes may have been sent for another call, too
        linked(path, own)
        return studio.library.add(own, name=str(given.get("orig_name") or path.name)).id


def uploaded(given: Any) -> Path:
    """Where Gradio has put an upload. Nothing else on this machine can be named."""
    path = given.get("path") if isinstance(given, dict) else None
    if not isinstance(path, str) or not is_in_or_equal(os.path.realpath(path), os.path.realpath(get_upload_folder())):
        raise Invalid("A file is an upload or an asset's id.", "With gradio_client: handle_file('picture.png').")
    if not Path(path).is_file():
        raise Invalid("The upload is not there any more.", "Send it again.")
    return Path(path)


def file_of(job: Job) -> Any:
    """The job's first file as Gradio hands files out: under its own name, with exactly the asset's bytes."""
    return handed_out(job.assets[0]) if job.assets else None


@cache
def salt() -> bytes:
    return os.urandom(16)


def own_folder(asset: Asset) -> str:
    """Gradio gives a file to whoever names its path: so nobody can work out the path of another person's."""
    return hashlib.blake2b(f"{asset.id} {asking().id}".encode(), key=salt(), digest_size=20).hexdigest()


def handed_out(asset: Asset) -> dict[str, Any]:
    name = re.sub(r"[^\w.-]+", "-", asset.name).lstrip(".-")[-80:] or f"{asset.kind}{asset.path.suffix}"
    place = Path(get_upload_folder()).resolve() / own_folder(asset) / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        spare = place.with_name(f".{os.getpid()}.{os.urandom(4).hex()}")
        linked(asset.path, spare)
        spare.replace(place)
    os.utime(place.parent)  # what nobody fetches is cleared away hours after this
    meta = {"_type": "gradio.FileData"}
    return {"path": str(place), "orig_name": asset.name, "size": asset.bytes, "mime_type": asset.mime, "meta": meta}


def linked(file: Path, name: Path) -> None:
    """The file, under another name too."""
    try:
        os.link(file, name)
    except OSError:  # on another disk, or on one that knows no links
        shutil.copyfile(file, name)


def worded(door: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same endpoint, its faults told to the client in words."""

    @wraps(door)
    async def telling(*given: Any) -> Any:
        try:
            return await door(*given)
        except Fault as error:
            raise gr.Error(f"{error.message} {error.advice}".strip(), print_exception=False) from None

    return telling
