"""A hub on this machine: it speaks the hub's protocol as far as models go, and can be told to misbehave.

Large files are answered with a redirect to another address, as the hub's own storage is; small ones at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

LARGE = 2000  # bytes from which a file is kept in large-file storage


def commit_for(repo: str) -> str:
    return hashlib.sha1(repo.encode()).hexdigest()


def oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Asked:
    """One request: to which of the two addresses, for what, and with which headers."""

    door: str
    path: str
    headers: dict[str, str]


@dataclass
class Hub:
    """What it has, what it does wrong, and what it was asked."""

    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    gated: dict[str, str] = field(default_factory=dict)
    """Repositories that want a token, and which."""
    cuts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """After how many bytes each of the next answers for a path breaks off."""
    sends: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """What the next answers for a path have in them instead of the file."""
    refusals: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Which statuses the next answers for a path have."""
    lies: dict[str, dict[str, object]] = field(default_factory=dict)
    """What the list says of a path that is not so: size, sha256, path."""
    ranges: bool = True
    held: dict[str, threading.Event] = field(default_factory=dict)
    """Paths whose answers stop halfway until the event is set."""
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.doors = {name: ThreadingHTTPServer(("127.0.0.1", 0), desk(self, name)) for name in ("hub", "cdn")}
        for server in self.doors.values():
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        for event in self.held.values():
            event.set()
        for server in self.doors.values():
            server.shutdown()
            server.server_close()

    def url(self, door: str = "hub") -> str:
        return f"http://127.0.0.1:{self.doors[door].server_port}"

    def bytes_asked(self, path: str) -> list[str]:
        """The ranges in which a file's bytes were asked for."""
        return [a.headers.get("range", "all") for a in self.asked if a.door == "cdn" and a.path.endswith(f"/{path}")]

    def tree(self, repo: str) -> list[dict[str, object]]:
        entries = []
        for path, data in self.repos[repo].items():
            lie = self.lies.get(path, {})
            size = lie.get("size", len(data))
            entry = {"type": "file", "path": lie.get("path", path), "oid": oid(data), "size": size}
            if len(data) >= LARGE:
                sha256 = lie.get("sha256", hashlib.sha256(data).hexdigest())
                entry["lfs"] = {"oid": sha256, "size": size, "pointerSize": 134}
            entries.append(entry)
        return entries


def desk(hub: Hub, door: str) -> type[BaseHTTPRequestHandler]:
    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append(Asked(door, path, {name.lower(): value for name, value in self.headers.items()}))
            with suppress(ConnectionError):
                self.hand_out(path) if door == "cdn" else self.receive(path)

        def receive(self, path: str) -> None:
            said = re.fullmatch(r"/api/models/(?P<repo>.+?)/(revision|tree)/(?P<rev>[^/]+)", path)
            file = re.fullmatch(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<rev>[^/]+)/(?P<file>.+)", path)
            found = said or file
            repo = found["repo"] if found else ""
            if repo not in hub.repos or (found and found["rev"] not in ("main", commit_for(repo))):
                code = "RevisionNotFound" if repo in hub.repos else "RepoNotFound"
                return self.answer(404, {"error": "not found"}, {"X-Error-Code": code})
            token = hub.gated.get(repo)
            if token and self.headers.get("Authorization") != f"Bearer {token}":
                status = 403 if self.headers.get("Authorization") else 401
                return self.answer(status, {"error": f"Access to {repo} is restricted."}, {"X-Error-Code": "GatedRepo"})
            if said and said[2] == "revision":
                return self.answer(200, {"id": repo, "sha": commit_for(repo), "siblings": []})
            if said:
                return self.answer(200, hub.tree(repo))
            data = hub.repos[repo].get(file["file"]) if file else None
            if data is None:
                return self.answer(404, {"error": "not found"}, {"X-Error-Code": "EntryNotFound"})
            about = {"X-Repo-Commit": commit_for(repo), "ETag": f'"{oid(data)}"'}
            if len(data) < LARGE:
                return self.hand_out(path, about)
            about |= {"X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{hashlib.sha256(data).hexdigest()}"'}
            return self.answer(302, {}, {"Location": f"{hub.url('cdn')}/store{path}?signature=for-once", **about})

        def hand_out(self, path: str, about: dict[str, str] | None = None) -> None:
            repo, name = re.findall(r"([^/]+/[^/]+)/resolve/[^/]+/(.+)$", path)[0]
            if hub.refusals[name]:
                return self.answer(hub.refusals[name].pop(0), {"error": "not now"})
            data = hub.sends[name].pop(0) if hub.sends[name] else hub.repos[repo][name]
            first, _, last = (self.headers.get("Range") or "bytes=0-")[6:].partition("-")
            start = int(first) if hub.ranges else 0
            data = data[: int(last) + 1] if last else data
            if start and start >= len(data):
                return self.answer(416, {}, {"Content-Range": f"bytes */{len(data)}"})
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            for key, value in {**(about or {}), "Content-Length": str(len(data) - start)}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "HEAD":
                return None
            end = start + hub.cuts[name].pop(0) if hub.cuts[name] else len(data)
            if name in hub.held and not hub.held[name].is_set():
                half = (start + len(data)) // 2
                self.wfile.write(data[start:half])
                self.wfile.flush()
                hub.held[name].wait(60)
                start = half
            self.wfile.write(data[start:end])
            self.close_connection = True
            return None

        def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            for key, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

    return Desk
