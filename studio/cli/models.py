"""`studio models`: which there are, and their weights: download, verify, remove; and models of one's own."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from studio.cli.given import models_like
from studio.cli.home import AsJson, Home, at_home, follow, say

app = typer.Typer(no_args_is_help=True, help="What can be made with, and its weights.")

ModelId = Annotated[
    str,
    typer.Argument(metavar="ID", help="A model's id, as `studio models list` prints it", autocompletion=models_like),
]


@app.command("list")
def list_models(as_json: AsJson = False, home: Home = None) -> None:
    """List every model, and whether it can run here now."""
    from pipelines import catalogue
    from pipelines.weights import size

    with at_home(home) as studio:
        found = studio.models()
        for fault in catalogue.owned.now().faults:
            print(f"studio: {fault}", file=sys.stderr)
        if as_json:
            say(found)
            return
        for model in found:
            terms = model["licence"] + ("" if model["commercial"] else ", non-commercial")
            weight = size(model["files"]["have"] or model["size_gb"] * 1e9) if model["repo"] else ""
            print(f"{model['id']:24} {model['task']:7} {model['status']:14} {weight:>8}  {model['title']}  ({terms})")


@app.command()
def download(model: ModelId, as_json: AsJson = False, home: Home = None) -> None:
    """Fetch a model's weights, going on where an earlier download ended. Ctrl-C pauses it."""
    with at_home(home, working=True) as studio:
        job, _ = studio.stock.download(model)
        ended = follow(studio, job, as_json)
        if as_json:
            say(ended.model_dump(mode="json"))
        else:
            print(f"{model} is ready.")


@app.command()
def verify(model: ModelId, as_json: AsJson = False, home: Home = None) -> None:
    """Hold every file of a model against its hash; damaged ones are taken away, for a download to fetch anew."""
    with at_home(home, working=True) as studio:
        job, _ = studio.stock.verify(model)
        ended = follow(studio, job, as_json)
        say(ended.model_dump(mode="json")) if as_json else print(
            f"{ended.result['files']} files are as they should be."
        )


@app.command()
def remove(model: ModelId, as_json: AsJson = False, home: Home = None) -> None:
    """Take a model's downloaded files off the disk; one of your own leaves the list, too, and its folder stays."""
    from pipelines import catalogue, weights
    from pipelines.weights import size

    with at_home(home) as studio:
        entry = catalogue.find(model)
        mine = entry in catalogue.owned.now().models
        freed = None if mine and weights.is_local(entry) else studio.stock.remove(model)
        if mine:
            studio.stock.forget(model)
    if as_json:
        say({"freed": freed or 0, "forgotten": mine})
        return
    if freed is not None:
        print(f"{size(freed)} are free again.")
    if mine:
        print(f"{model} is no longer listed.")


@app.command()
def add(
    model: Annotated[str, typer.Argument(metavar="ID", help="What it is to be called: a-z 0-9 . _ -")],
    repo: Annotated[str, typer.Option(help="A folder or file of this machine, or a model of the hub: maker/name")],
    task: Annotated[str, typer.Option(help="What it makes, where its files do not say")] = "",
    family: Annotated[str, typer.Option(help="Which pipeline reads it, where its files do not say")] = "",
    title: Annotated[str, typer.Option(help="Its name in the window")] = "",
    base: Annotated[str, typer.Option(help="For a LoRA: the id of the model that it changes")] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Add a model of your own: a checkpoint folder, a LoRA, an upscaler, a ComfyUI workflow, or a model of the hub."""
    from studio.work.stock import describe

    with at_home(home) as studio:
        made = studio.stock.add(model, repo, task=task, family=family, title=title, base=base)
        status, why = made.status()
        if as_json:
            say(describe(made))
            return
        print(f"{made.id} makes {made.task} with {made.pipeline}: {status.replace('_', ' ')}. {why}".rstrip())
