"""A workflow of ComfyUI's as a model, for pictures and films: what may be asked for is what its nodes take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import Field, create_model

from pipelines import base, server, workflow
from pipelines.base import Context, Media, Model, Pipeline, Status
from pipelines.comfyui_run import Run, WorkflowFailed, upload, url
from pipelines.faults import Fault, Unavailable


@lru_cache(maxsize=64)
def read(path: Path, changed_ns: int, nodes: tuple[tuple[str, str], ...]) -> tuple[Any, Any, type[base.Options]]:
    """The workflow, where options go in it, and the options that it takes, with its own values for defaults."""
    found = workflow.read(path)
    where = workflow.spots(found, dict(nodes))
    kinds: dict[str, Any] = {
        name: kind(name, workflow.value(found, places)) for name, places in where.items() if name != "seed"
    }
    order = sorted(kinds, key=lambda name: (*KINDS, name).index(name))
    return found, where, create_model("WorkflowOptions", __base__=base.Options, **{n: kinds[n] for n in order})


def kind(name: str, now: Any) -> Any:
    """An option's type and field; `now` is what the workflow has there."""
    if name in KINDS:
        return KINDS[name](now)
    title = name.replace("_", " ").capitalize()
    return type(now), Field(now, title=title, description="As the workflow takes it")


KINDS = {
    "prompt": lambda now: (
        str,
        Field(min_length=1, max_length=20_000, title="Prompt", description="What to make"),
    ),
    "negative_prompt": lambda now: (
        str,
        Field(now, max_length=20_000, title="Negative prompt", description="What to leave out"),
    ),
    "start": lambda now: (
        Annotated[Path | None, Media("image")],
        Field(None, title="Start", description="The picture it begins with; without one, the workflow's own"),
    ),
    "end": lambda now: (
        Annotated[Path | None, Media("image")],
        Field(None, title="End", description="The picture it ends with"),
    ),
    "mask": lambda now: (
        Annotated[Path | None, Media("image")],
        Field(None, title="Mask", description="White where it may change"),
    ),
    "width": lambda now: (int, Field(now, ge=16, le=8192, title="Width", description="In pixels")),
    "height": lambda now: (int, Field(now, ge=16, le=8192, title="Height", description="In pixels")),
    "steps": lambda now: (int, Field(now, ge=1, le=1000, title="Steps", description="More take longer")),
    "guidance": lambda now: (
        float,
        Field(now, ge=0, le=100, title="Guidance", description="How closely to keep to it"),
    ),
}


class Workflow(Pipeline):
    """A model that is a workflow: `repo` is its file. Yields what its output nodes save, in their order.

    Pictures and films as the server wrote them. Cancelled here, it is stopped there. Raises `Unavailable` when the
    server is gone, `WorkflowRefused` and `WorkflowFailed` with what it said, naming the node.
    """

    @classmethod
    def fitted(cls, model: Model) -> type[Pipeline]:
        try:
            options = opened(model)[2]
        except Fault:
            options = base.Options  # told by status
        return type(cls.__name__, (cls,), {"Options": options})

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        if find_spec("websockets") is None:
            return "needs_package", "websockets is not installed: ./setup.sh models brings it."
        try:
            opened(model)
        except Fault as fault:
            return "not_downloaded", f"{fault.message} {fault.advice}"
        if not url():
            return "needs_server", "STUDIO_COMFYUI_URL says no server: set it, such as http://127.0.0.1:8188."
        if not server.answers(url()):
            return "needs_server", f"No ComfyUI answers at {url()}: start it there, or set STUDIO_COMFYUI_URL."
        return "ready", ""

    def run(self, options: Any, context: Context) -> Iterator[Path]:
        import httpx

        found, where, _ = opened(self.model)
        with httpx.Client(base_url=url(), timeout=httpx.Timeout(60, connect=5)) as client:
            try:
                given = options.model_dump()
                for name in options.media().keys() & where.keys():
                    given[name] = given[name] and upload(client, given[name])
                run = Run(client, workflow.filled(found, where, given), context)
                yield from self.fetched(client, run.outcome(), context)
            except httpx.TransportError as error:
                raise Unavailable(
                    f"ComfyUI at {url()} is gone: {error}.", "Look whether it runs, then retry."
                ) from None

    def fetched(self, client: Any, history: dict[str, Any], context: Context) -> Iterator[Path]:
        files = list(workflow.outputs(history))
        if not files:
            raise WorkflowFailed("The workflow saved nothing.", "Give it an output node, such as Save Image.")
        for n, file in enumerate(files, 1):
            context.progress(0.97, f"fetching {n} of {len(files)}")
            name = PurePosixPath(file["filename"].replace("\\", "/")).name
            path = context.workdir / f"{n:02}-{name}"
            asked = {key: file.get(key, "") for key in ("filename", "subfolder", "type")}
            with client.stream("GET", "/view", params=asked) as answer, path.open("wb") as out:
                if answer.status_code != 200:
                    raise WorkflowFailed(f"ComfyUI does not give out {name}: {answer.status_code}.", "Retry.")
                for chunk in answer.iter_bytes(1 << 20):
                    out.write(chunk)
                    context.progress(0.97, f"fetching {n} of {len(files)}")
            yield path


def opened(model: Model) -> tuple[Any, Any, type[base.Options]]:
    """The model's workflow as it is on the disk now. Raises `NoWorkflow`."""
    path = Path(model.repo).expanduser()
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        raise workflow.NoWorkflow(f"There is no workflow at {path}.", "Put it back, or add it again.") from None
    return read(path, changed, tuple(model.nodes.items()))
