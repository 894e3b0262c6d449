"""Another machine, as far as the studio can tell: an HTTP server of the test, which remembers who asked for what."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from studio.settings import Settings
from studio.studio import Studio


class Hit(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """`drips`: seconds between one byte and the next, without end."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    drips: float = 0


@dataclass
class Listener:
    """`answers` says what is at a path; a list is used up, its last one stays."""

    port: int = 0
    hits: list[Hit] = field(default_factory=list)
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def answer(self, path: str) -> Answer:
        said = self.answers.get(path.partition("?")[0], Answer(404))
        if isinstance(said, list):
            return said.pop(0) if len(said) > 1 else said[0]
        return said


@contextmanager
def listening() -> Iterator[Listener]:
    heard = Listener()

    class Ear(BaseHTTPRequestHandler):
        def hear(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            heard.hits.append(Hit(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            said = heard.answer(self.path)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if not said.drips:
                self.send_header("content-length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)
            while said.drips and not heard.closing.wait(said.drips):
                self.wfile.write(b".")

        do_GET = do_POST = do_HEAD = do_PUT = hear

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # who asked has left
                time.sleep(0)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.daemon_threads = True
    heard.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield heard
    finally:
        heard.closing.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def ear() -> Iterator[Listener]:
    with listening() as heard:
        heard.answers["/hook"] = Answer(204)
        yield heard


@pytest.fixture
def studio(home: Path, ear: Listener) -> Iterator[Studio]:
    """One that may speak to the listener; its workers have not come."""
    opened = Studio(Settings.load(home, lan_hosts=ear.host))
    yield opened
    opened.close()
