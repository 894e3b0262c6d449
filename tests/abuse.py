"""What the abuse suites share: a guest, what is watched meanwhile, traps to be named, and what somebody else has."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from conftest import HOUSE, until
from studio.locks.lan import addresses
from test_api import PICTURE, png, timeline

SONG = "the-canary-sings"


def client(server, role):
    return httpx.Client(base_url=server.url, timeout=60, headers={"authorization": f"Bearer {server.keys[role]}"})


@pytest.fixture
def guest(locked):
    """Somebody who is new here, with a project of theirs: what one may ask in a minute is soon used up."""
    key = {"authorization": f"Bearer {locked.passes.make('key', 'A guest', 'make')[1]}"}
    with httpx.Client(base_url=locked.url, timeout=60, headers=key) as guest:
        guest.project = guest.post("/api/v1/projects", json={"title": "A guest's"}).json()["id"]
        yield guest


@pytest.fixture(scope="module", autouse=True)
def watched(locked):
    """Whatever is sent below: no fault in the log, no canary taken in, and the house answers."""
    log = locked.home.parent / "server.log"
    before = len(log.read_text(errors="replace"))
    yield
    assert httpx.get(f"{locked.url}/health", timeout=10).json() == {"status": "ok"}
    said = log.read_text(errors="replace")[before:]
    assert "Exception in ASGI" not in said
    told = said.split("Traceback (most recent call last):")  # Gradio logs what it refuses itself
    assert [one for one in told if re.search(r"/studio/(?!ui/who)", one)] == []
    kept = [path for room in ("library", "tmp", "cache") for path in (locked.home / room).rglob("*") if path.is_file()]
    assert [path for path in kept if SONG.encode() in path.read_bytes()] == []


@pytest.fixture(scope="module")
def traps(tmp_path_factory):
    """What a client may try to have opened: files that sing, files that never end, addresses that tell."""
    folder = tmp_path_factory.mktemp("canaries")
    canary, secret = folder / "canary.txt", folder / "canary.png"
    canary.write_text(SONG)
    secret.write_bytes(png() + SONG.encode())
    os.mkfifo(folder / "pipe.png")
    with (folder / "sparse.png").open("wb") as file:
        file.truncate(50 * 2**30)
    playlist = folder / "film.mp4"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{canary}\n#EXT-X-ENDLIST\n")
    paths = [canary, secret, folder / "pipe.png", folder / "sparse.png", playlist, folder, "/dev/zero", "/dev/stdin"]
    paths += ["/proc/self/environ", HOUSE / "README.md", "README.md", "../README.md", "~/.ssh/id_rsa", "-vf.png"]
    with canary_listener() as (port, asked):
        hosts = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f000001", "127.1", *addresses()]
        urls = [f"http://{host}:{port}/a.png" for host in hosts] + [f"http://me@127.0.0.1:{port}/"]
        urls += [f"file://{canary}", f"ftp://127.0.0.1:{port}/a", f"concat:{canary}", "http://169.254.169.254/latest/"]
        urls += ["data:image/png;base64," + "A" * 100_000, "javascript:alert(1)"]
        names = [str(path) for path in paths] + urls
        dressed = [
            {"path": name, "url": name, "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}} for name in names
        ]
        yield names, [*names, *dressed, ["x"], {"image": dressed[0]}, 7, True, None, {}, "", "\u202e", "x" * 10_000]
        assert asked == [], "somebody's address was opened"


@pytest.fixture(scope="module")
def of_another(locked):
    """What somebody else has: a job that is done and its file, a job in line, a project, and what it all is called."""
    with client(locked, "admin") as owner:
        asset = owner.post("/api/v1/assets", files={"file": ("hers.png", png(77, 33))}).json()["id"]
        project = owner.post("/api/v1/projects", json={"title": "Hers", "timeline": timeline(asset)}).json()["id"]
        done = owner.post("/api/v1/jobs", json=PICTURE, headers={"Idempotency-Key": "hers"}).json()["id"]
        until(lambda: owner.get(f"/api/v1/jobs/{done}").json()["status"] == "done", 60)
        film = owner.post("/api/v1/films", json={"brief": "Hers", "until": "script"}).json()["id"]
        asked = owner.post("/api/v1/assistant", json={"project": project, "text": "rename it to Hers"}).json()["id"]
        version = owner.post(f"/api/v1/projects/{project}/versions", json={"name": "First"}).json()["id"]
        film = until(lambda: owner.get(f"/api/v1/jobs/{film}").json().get("result"), 60)["plan"]
        yield {"asset": asset, "job": done, "project": project, "version": version, "film": film, "request": asked}


def scrubbed(text, *ids):
    for id in sorted(ids, key=len, reverse=True):
        text = text.replace(id, "ID").replace(id[:80], "ID")
    return text


@contextmanager
def canary_listener() -> Iterator[tuple[int, list[str]]]:
    """A server of this machine that nothing has any business with: its port, and what was asked of it."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SONG.encode())

        do_HEAD = do_POST = do_PUT = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("0.0.0.0", 0), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield listener.server_address[1], asked
    finally:
        listener.shutdown()
        listener.server_close()
