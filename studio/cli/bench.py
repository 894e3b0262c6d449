"""`studio bench`: how fast the studio is on this machine, in ratios of one run."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from studio.cli.home import AsJson, say

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
