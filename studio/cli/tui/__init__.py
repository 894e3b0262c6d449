"""`studio tui`: the studio in a terminal. Textual is loaded when it opens, and not before."""

from __future__ import annotations

import logging
import sys

import typer

from pipelines.faults import Unavailable
from studio.cli.home import Home, at_home


class NoTerminal(Unavailable):
    """There is nothing to draw on."""


def tui(home: Home = None) -> None:
    """Open the studio in this terminal: prompt, queue, log, and pictures where the terminal can show them."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminal("This is no terminal.", "Run it in one, or use the other commands: `studio --help`.")
    logging.getLogger("textual_image").setLevel(logging.CRITICAL)  # a terminal that does not answer it is none of news
    import textual_image.widget  # noqa: F401  it asks the terminal what it can, before Textual takes the terminal over

    from studio.cli.tui.desk import Desk

    with at_home(home, working=True) as studio:
        Desk(studio).run()


def install(app: typer.Typer) -> None:
    app.command("tui")(tui)
