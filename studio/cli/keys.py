"""`studio keys`: what opens a locked studio to programs; `studio password`: what opens it to people."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer

from pipelines.faults import Invalid
from studio.cli.home import AsJson, Home, at_home, say

app = typer.Typer(no_args_is_help=True, help="What opens the studio to programs.")
UNITS = {"h": 1, "d": 24, "w": 7 * 24}


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose it is, or what it is for")],
    role: Annotated[
        Literal["view", "make", "admin"], typer.Option(help="view looks, make makes, admin does everything")
    ] = "make",
    expires: Annotated[str, typer.Option(help="When it ends: 12h, 7d, 4w, or 2027-01-31; never, when left out")] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a key. It is shown now, and never again."""
    with at_home(home) as studio:
        made, key = studio.locks.passes.make("key", name, role, expires=end_of(expires))
        if as_json:
            say(made.model_dump(mode="json") | {"key": key})
        else:
            print(key)
            print(f"Sent as Authorization: Bearer KEY. To revoke it: studio keys revoke {made.id}", file=sys.stderr)


@app.command("list")
def list_keys(as_json: AsJson = False, home: Home = None) -> None:
    """List the keys: whose, what each may do, when it was last used, and until when."""
    with at_home(home) as studio:
        keys = studio.locks.passes.list("key")
        if as_json:
            say([key.model_dump(mode="json") for key in keys])
            return
        for key in keys:
            used = f"used {key.used:%Y-%m-%d %H:%M}" if key.used else "never used"
            until = f"until {key.expires:%Y-%m-%d %H:%M} UTC" if key.expires else "for good"
            print(f"{key.id}  {key.role:5}  …{key.hint}  {used:22}  {until:26}  {key.name}")


@app.command()
def revoke(
    which: Annotated[str, typer.Argument(metavar="ID", help="As `studio keys list` prints it")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Have a key open nothing any more."""
    with at_home(home) as studio:
        studio.locks.passes.revoke("key", which)
        told("It opens nothing any more.", as_json, revoked=which)


def end_of(words: str) -> datetime | None:
    """When a key ends. Raises `Invalid`."""
    if not words:
        return None
    if said := re.fullmatch(r"(\d{1,5})([hdw])", words):
        return datetime.now(UTC) + timedelta(hours=int(said[1]) * UNITS[said[2]])
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise Invalid(f"{words} is no time.", "Say 12h, 7d, 4w, or a day such as 2027-01-31.") from None
    return found if found.tzinfo else found.astimezone()


def password(
    remove: Annotated[bool, typer.Option("--remove", help="Have none: open, while it listens to this machine")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Set the password that opens the studio; it is asked for, or read from a pipe. Whoever came in by it is out."""
    with at_home(home) as studio:
        if remove:
            studio.locks.remove_password()
            told("It has no password any more.", as_json, password=False)
            return
        if sys.stdin.isatty():
            word = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
        else:
            word = sys.stdin.readline().rstrip("\r\n")
        studio.locks.change_password(word)
        told("The password is set, and the studio is locked.", as_json, password=True)


def told(words: str, as_json: bool, **facts: object) -> None:
    if as_json:
        say(facts)
    else:
        print(words)
