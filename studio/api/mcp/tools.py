"""The studio's verbs as MCP tools. Their parameters and docstrings are what a model reads of them."""

import json
import time
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ResourceLink, TextContent
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue
from pipelines.base import Kind, Task
from pipelines.faults import Invalid
from studio.director import film
from studio.studio import Studio
from studio.timeline.edit import verbs
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.types import Asset, GenerationRequest, Job

URI = "homereel://asset/"
PATIENCE_S = 60.0
Answer = Annotated[CallToolResult, dict[str, Any]]
Made = Literal["image", "video", "music", "sound", "speech"]


class Tools:
    def __init__(self, studio: Studio):
        self.studio = studio

    async def list_models(
        self,
        task: Annotated[Task | None, Field(description="Only models that make this")] = None,
        id: Annotated[str | None, Field(description="One model, with the JSON Schema of its options")] = None,
        ready_only: Annotated[bool, Field(description="Leave out those that cannot run here now")] = True,
    ) -> dict[str, Any]:
        """What can be made with: each model's id, what it makes, whether it can run here now, and its options."""
        if id:
            catalogue.find(id)
        found = await run_in_threadpool(self.studio.models, task)
        if id:
            return {"models": [model for model in found if model["id"] == id]}
        keys = ("id", "title", "task", "status", "why", "licence")
        return {
            "models": [
                {key: model[key] for key in keys} | {"options": list(model["options"]["properties"])}
                for model in found
                if not ready_only or model["status"] == "ready"
            ]
        }

    async def generate(
        self,
        context: Context,
        task: Annotated[Made, Field(description="What to make")],
        prompt: Annotated[str, Field(description="What is to be seen or heard; for speech, the words to be said")],
        model: Annotated[str | None, Field(description="A model's id; left out, the best one that is ready")] = None,
        options: Annotated[
            dict[str, Any] | None,
            Field(
                description="The model's other options: width, height, duration_s, seed, voice, start (an asset id) ..."
            ),
        ] = None,
        project: Annotated[str | None, Field(description="The project it is for")] = None,
    ) -> Answer:
        """Make a picture, a shot, music, a sound or speech. Answers when it is done, or after 60 s with the job as it
        is then: ask `get_job` for it later. The job's assets are the files."""
        chosen = catalogue.find(model) if model else await run_in_threadpool(catalogue.default, task)
        if chosen.task != task:
            raise Invalid(f"{chosen.id} makes {chosen.task}, not {task}.", "`list_models` says which makes what.")
        words = "text" if task == "speech" else "prompt"
        asked = GenerationRequest(model=chosen.id, options={**(options or {}), words: prompt}, project=project)
        job, _ = await run_in_threadpool(self.studio.submit, asked)
        return told(await self.awaited(job, context))

    async def get_job(self, id: Annotated[str, Field(description="A job's id")]) -> Answer:
        """A job as it is now: its status, progress, error, and the assets it made."""
        return told(self.studio.queue.get(id))

    async def cancel_job(self, id: Annotated[str, Field(description="A job's id")]) -> Answer:
        """Stop a job, waiting or running."""
        return told(self.studio.queue.cancel(id))

    async def search_library(
        self,
        query: Annotated[str | None, Field(description="Words of the name, the prompt or the tags")] = None,
        kind: Annotated[Kind | None, Field(description="Only files of this kind")] = None,
        tag: Annotated[str | None, Field(description="Only files with this tag")] = None,
        limit: Annotated[int, Field(ge=1, le=100)] = 20,
        before: Annotated[str | None, Field(description="`next` of the page before")] = None,
    ) -> Answer:
        """Find files of the library, the newest first: what was made here, and what was brought in."""
        page = await run_in_threadpool(
            lambda: self.studio.library.list(q=query, kind=kind, tag=tag, limit=limit, before=before)
        )
        items = [asset.model_dump(mode="json", exclude={"recipe"}) for asset in page.items]
        return said({"items": items, "next": page.next}, page.items)

    async def get_timeline(
        self,
        project: Annotated[str | None, Field(description="A project's id; left out, the projects are listed")] = None,
    ) -> dict[str, Any]:
        """A project's timeline with its version, the assets it misses; or the list of projects."""
        if project is None:
            found = await run_in_threadpool(self.studio.projects.list, limit=50)
            return {"projects": [one.model_dump(mode="json", exclude={"timeline"}) for one in found]}
        return self.shown(await run_in_threadpool(self.studio.projects.get, project))

    async def edit_timeline(
        self,
        project: Annotated[str | None, Field(description="A project's id; left out, a new project is made")] = None,
        edits: Annotated[
            list[dict[str, Any]] | None, Field(description='Edits in order, each {"verb": ..., and what it takes}')
        ] = None,
        timeline: Annotated[
            dict[str, Any] | None, Field(description="A whole timeline, as get_timeline shows one, before the edits")
        ] = None,
        title: Annotated[str | None, Field(description="The project's new title")] = None,
        version: Annotated[
            int | None, Field(description="The version that the edits build on: refused when someone saved since")
        ] = None,
    ) -> dict[str, Any]:
        """Cut a film: all of the edits are made, as one step that undo takes back, or none. Positions are whole frames;
        tracks and items are counted from 0."""
        return self.shown(await run_in_threadpool(self.edited, project, edits or [], timeline, title, version))

    async def export_film(
        self,
        context: Context,
        project: Annotated[str, Field(description="A project's id")],
        format: Annotated[str, Field(description="mp4 mov webm mkv gif wav otio srt vtt zip")] = "mp4",
        preset: Annotated[
            str | None, Field(description="draft, or where it is shown: youtube-1080p, shorts ...")
        ] = None,
    ) -> Answer:
        """Write a project's film to a file. Answers when it is done, or after 60 s with the job as it is then."""
        settings = {"preset": preset} if preset else {}
        job, _ = await run_in_threadpool(lambda: self.studio.export(project, format, settings=settings))
        return told(await self.awaited(job, context))

    async def make_film(
        self,
        context: Context,
        brief: Annotated[str, Field(description="What the film is about: a sentence, a page, or a script")],
        seconds: Annotated[float, Field(description="How long it is to be")] = 30,
        aspect: Annotated[str | None, Field(description="16:9, 9:16, 1:1, 4:5, 4:3 or 21:9")] = None,
        style: Annotated[str | None, Field(description="cinematic, watercolour, ink, paper, noir ...")] = None,
        voice: Annotated[str | None, Field(description="Who tells it: a voice of the speech models")] = None,
        models: Annotated[dict[str, str] | None, Field(description="A model's id for image, video, music ...")] = None,
    ) -> Answer:
        """Make a whole film of a brief: script, shots, voice, music, captions, cut and export. Answers when it is done,
        or after 60 s with the job as it is then; the job's result names the project and the film."""
        wish = film.wish(brief=brief, seconds=seconds, aspect=aspect, style=style, voice=voice, models=models)
        job, _ = await run_in_threadpool(film.start, self.studio, wish)
        return told(await self.awaited(job, context))

    # --- how ----------------------------------------------------------------------------------------------------------

    async def awaited(self, job: Job, context: Context) -> Job:
        """The job once it is over, or as it is when patience is; its progress is told meanwhile. Who goes away takes
        nothing with them: the job goes on."""
        until, seen = time.monotonic() + PATIENCE_S, -1.0
        while not job.over and (left := until - time.monotonic()) > 0:
            job = await self.studio.settled(job.id, timeout_s=min(0.5, left))
            if job.progress > seen:
                seen = job.progress
                await context.report_progress(seen, 1.0, job.note)
        return job

    def edited(
        self,
        project_id: str | None,
        edits: list[dict[str, Any]],
        given: dict[str, Any] | None,
        title: str | None,
        version: int | None,
    ) -> Project:
        projects = self.studio.projects
        with self.studio.db.transaction():  # a project made for edits that fail is none
            had = projects.get(project_id) if project_id else projects.create(title or "")
            after, label = cut(Timeline.parse(had.timeline if given is None else given), edits)
            check_against(after, self.studio.library.many(after.assets()))
            start = had.version if version is None else version
            return projects.save(had.id, after, if_version=start, title=title, label=label)

    def shown(self, project: Project) -> dict[str, Any]:
        missing = self.studio.missing(Timeline.parse(project.timeline))
        return project.model_dump(mode="json") | {"missing": missing}


def cut(timeline: Timeline, edits: list[dict[str, Any]]) -> tuple[Timeline, str]:
    """The timeline after all of the edits, and what undo calls them. Raises `Invalid`, naming the edit."""
    label = "Edit"
    for n, edit in enumerate(edits):
        try:
            timeline, label = verbs.apply(timeline, edit)
        except Invalid as fault:
            raise Invalid(f"edits[{n}]: {fault.message}", fault.advice) from None
    return timeline, label if len(edits) == 1 else "Edit"


def told(job: Job) -> CallToolResult:
    """A job, and its files as links."""
    return said(job.model_dump(mode="json"), job.assets)


def said(content: dict[str, Any], assets: Iterable[Asset]) -> CallToolResult:
    text = TextContent(type="text", text=json.dumps(content, ensure_ascii=False))
    return CallToolResult(content=[text, *map(link, assets)], structured_content=content)


def link(asset: Asset) -> ResourceLink:
    return ResourceLink(
        type="resource_link", uri=URI + asset.id, name=asset.name, mime_type=asset.mime, size=asset.bytes
    )


def about_edits() -> str:
    """Every verb with what it takes, for a model to choose from."""
    lines = [f"- {name}({', '.join(shape(name))})" for name in verbs.LABELS]
    return "The verbs:\n" + "\n".join(lines)


def shape(verb: str) -> list[str]:
    fields = verbs.takes(verb).model_fields.items()
    return [name if field.is_required() else f"{name}?" for name, field in fields]
