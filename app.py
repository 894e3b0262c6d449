"""Opens the studio: `python app.py`, then the address it prints."""

from __future__ import annotations

import errno
import gc
import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio import cli
from studio.locks import places
from studio.locks.lan import NAME
from studio.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from studio.studio import Studio


def create(studio: Studio) -> ASGIApp:
    """The guard, behind it the API, and the Gradio window over the rest of the address space."""
    tame_gradio(studio.home)
    import gradio as gr
    from fastapi.staticfiles import StaticFiles

    from studio import api, ui
    from studio.api.entry import Entry
    from studio.api.fal.openly import Openly
    from studio.api.guard import Guard

    entry = Entry(studio.locks)
    house, window = api.create(studio, entry), ui.build(studio)
    rooms = Path(ui.__file__).parent
    house.mount("/ui/static", StaticFiles(directory=rooms / "static"))
    house.mount("/ui/timeline", StaticFiles(directory=rooms / "timeline_view"))
    gr.mount_gradio_app(
        house, window, path="/", allowed_paths=[], show_error=False, ssr_mode=False, mcp_server=False,
        enable_monitoring=False, pwa=False, run_history=False, footer_links=[], max_file_size="4gb",
        root_path=studio.settings.root_path or None, **ui.look(studio.settings.root_path),
    )  # fmt: skip
    window.has_launched = True  # or Gradio would hand any file of this machine to whoever asks
    return Openly(Guard(house, studio, entry, [NAME] if studio.settings.lan else []))


def tame_gradio(home: Path) -> None:
    """No telemetry, no settings from somebody's environment, and its scratch files where ours are."""
    for name in [name for name in os.environ if name.startswith("GRADIO_")]:
        del os.environ[name]
    os.environ |= {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "GRADIO_TEMP_DIR": str(home / "tmp" / "gradio"),
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "100000",
        "GRADIO_ANALYTICS_MAX_EVENTS": "100",
    }


@cli.app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on")] = None,
    port: Annotated[str | None, typer.Option(help="The port, or auto for the next free one")] = None,
    home: Annotated[Path | None, typer.Option(help="Where everything is kept")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Workers on the processor")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cuda, cuda:1, mps or cpu")] = None,
    lan: Annotated[bool, typer.Option("--lan", help="Let the local network in: by link, password or key")] = False,
    tls: Annotated[bool, typer.Option("--tls", help="Speak https, with a certificate of the studio's own")] = False,
) -> None:
    """Open the studio."""
    import uvicorn

    from studio.cli.doorplate import plate
    from studio.director.floor import Floor
    from studio.studio import Studio

    settings = Settings.load(
        home, host=host, port=port, workers=workers, device=device, lan=lan or None, tls=tls or None
    )
    door = listening(settings.listens_on, settings.port)
    standing = places.standing(settings, door.getsockname()[1])
    studio = Studio(settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    studio.open(standing.address)
    floor = Floor(studio).open()
    try:
        studio.addresses, made = standing.others(), studio.locks.settle()
        application = create(studio)
        secured = standing.secured(settings.home)
        print(plate(studio, standing.address, made), flush=True)
        config = uvicorn.Config(
            application, log_level="warning", server_header=False, timeout_graceful_shutdown=3, proxy_headers=False,
            ws="none", **secured,
        )  # fmt: skip
        server = uvicorn.Server(config)
        gc.collect()
        gc.freeze()  # what was built stays: to look through all of it again would hold everybody up for 150 ms
        # One Ctrl-C or ten, SIGTERM or both: the same orderly end, which takes three seconds at most.
        server.handle_exit = lambda *_: setattr(server, "should_exit", True)  # type: ignore[method-assign]
        server.run(sockets=[door])
    finally:
        standing.leave()
        floor.close()
        studio.close()


class PortInUse(cli.Fault):
    """Something else listens there."""


class CannotListen(cli.Fault):
    """This machine has no such address, or keeps that port for itself."""


def listening(host: str, port: int | str) -> socket.socket:
    """The port asked for, ours from now on, or with `auto` the first free one. Raises `PortInUse`, naming another."""
    first = 7860 if port == "auto" else int(port)
    tries = (taken(host, number) for number in range(first, min(first + 200, 65536)))
    door = next(filter(None, tries), None)
    free = door.getsockname()[1] if door else None
    if door is None or (port != "auto" and free != first):
        raise PortInUse(
            f"Port {first} is in use.", f"Take --port {free}, or --port auto." if free else "Name another --port."
        )
    return door


def taken(host: str, port: int) -> socket.socket | None:
    """A socket that listens there, or None where something else does. Raises `CannotListen`."""
    # Named as TCP, or asyncio would leave Nagle's algorithm on, and every answer would wait 40 ms for its second half.
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(2048)
        return door
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise CannotListen(f"{host} port {port} cannot be listened on: {error.strerror}.", "Name another.") from None


def main() -> None:
    """The `studio` command."""
    cli.main()


if __name__ == "__main__":
    cli.main(["serve", *sys.argv[1:]])
