"""`studio bench`: how fast the studio is on this machine, in ratios of one run."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from studio.cli.home import AsJson, Home, say
from studio.settings import Settings

app = typer.Typer(no_args_is_help=True, help="How fast it is here, beside its limits and its peers.")


@app.command()
def export(
    quick: Annotated[bool, typer.Option("--quick", help="Ten seconds of a small film, once")] = False,
    pairs: Annotated[int | None, typer.Option(min=1, max=20, help="How many rounds")] = None,
    peers: Annotated[bool, typer.Option(help="Measure ffmpeg, melt and MoviePy too")] = True,
    as_json: AsJson = False,
) -> None:
    """Our export of RT60 beside the encoder's own time, one ffmpeg pass, melt and MoviePy."""
    from studio.bench.export import run, table

    found = run(quick, pairs, peers, lambda line: print(line, file=sys.stderr))
    if as_json:
        say(found)
        return
    for what, measured, mark in table(found):
        print(f"{what:45} {measured:34} {mark}".rstrip())


@app.command()
def queue(as_json: AsJson = False) -> None:
    """What the queue adds to a draft picture."""
    from studio.bench.queue import run

    found = run()
    if as_json:
        say(found)
        return
    print(f"through the queue {found['through_s']:.3f} s, bare {found['bare_s']:.3f} s, more {found['more_s']:.3f} s")


@app.command()
def models(
    model: Annotated[str | None, typer.Option(metavar="ID", help="This one alone")] = None,
    pairs: Annotated[int, typer.Option(min=1, max=20, help="How many rounds beside the library's own call")] = 3,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """How long every model that is here takes to load and for a small job, and its memory."""
    from studio.bench.models import advice, run

    found = run(Settings.load(home), model, pairs, lambda line: print(line, file=sys.stderr))
    if not found["models"]:
        print(advice(), file=sys.stderr if as_json else sys.stdout)
    if as_json:
        say(found)
    elif found["models"]:
        draw(found)
    if any("error" in one for one in found["models"]):
        raise typer.Exit(1)


def draw(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from studio.bench.models import HEADS, table

    page = Table(*HEADS, caption=", ".join([found["machine"]["device"], *map(" ".join, found["versions"].items())]))
    for row in table(found):
        page.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 150).print(page)
