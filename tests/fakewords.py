"""A chat endpoint on this machine that speaks OpenAI's protocol, and can be told how to answer."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Fake:
    """What it says next: a text, a status with a reason, or one of the words `endless`, `silent`, `drip`, `broken`."""

    says: list[Any] = field(default_factory=list)
    takes: frozenset[str] = frozenset({"json_schema", "json_object", "max_tokens", "temperature"})
    stream: bool = True
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), desk(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def desk(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Desk(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            models = [{"id": "nomic-embed-text"}, {"id": "little-writer"}]
            self.reply(200, {"data": models} if self.path == "/v1/models" else {"error": "no such path"})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append(asked)
            if fake.key and self.headers.get("Authorization") != f"Bearer {fake.key}":
                return self.reply(401, {"error": {"message": f"wrong key {self.headers.get('Authorization')}"}})
            wants = {asked.get("response_format", {}).get("type", ""), *asked} & KNOWN
            if strange := sorted(wants - fake.takes):
                return self.reply(400, {"error": {"message": f"Unsupported parameter: '{strange[0]}'"}})
            says = fake.says.pop(0) if len(fake.says) > 1 else fake.says[0]
            says = says(asked) if callable(says) else says
            with suppress(OSError):
                if isinstance(says, tuple):
                    return self.reply(says[0], {"error": {"message": says[1]}})
                if not fake.stream:
                    return self.reply(200, {"choices": [{"message": {"content": says}}]})
                return self.streamed(says)
            return None

        def streamed(self, says: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if says == "silent":
                fake.over.wait(60)
            elif says in ("endless", "drip"):
                while not fake.over.wait(0.05 if says == "drip" else 0):
                    self.piece("and so on " if says == "drip" else "and so on and on " * 50)
            elif says == "broken":
                self.piece('{"title": ')
            else:
                for at in range(0, len(says), 40):
                    self.piece(says[at : at + 40])
                self.wfile.write(b"data: [DONE]\n\n")

        def piece(self, text: str) -> None:
            self.wfile.write(b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode() + b"\n\n")

        def reply(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Desk


KNOWN = {"json_schema", "json_object", "max_tokens", "temperature"}
