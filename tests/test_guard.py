"""A page from elsewhere gets nothing from the studio, and nobody gets a file that is not the library's."""

from __future__ import annotations

import json
import socket

import pytest


@pytest.fixture(scope="module")
def client(server):
    with server.client() as client:
        yield client


@pytest.fixture
def canary(tmp_path):
    """A secret on this machine, outside the library."""
    path = tmp_path / "canary.txt"
    path.write_text("the-canary-sings")
    return path


@pytest.mark.parametrize("host", ["rebind.evil", "localhost.evil:7860", "user@127.0.0.1", "", "127.0.0.1, evil"])
def test_a_foreign_host_is_turned_away(client, host):
    answer = client.get("/health", headers={"host": host})
    assert answer.status_code in (400, 421)
    assert "homereel" not in answer.text.lower()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/api/v1/jobs", "/gradio_api/upload", "/gradio_api/queue/join"])
def test_another_sites_page_can_change_nothing(server, client, origin, path):
    before = client.get("/api/v1/status").json()["queue"]
    body = {"files": ("a.txt", b"hello")} if "upload" in path else {"file": ("a.png", b"x")}
    answer = client.post(path, files=body, headers={"origin": origin})
    assert answer.status_code == 403
    assert client.get("/api/v1/status").json()["queue"] == before


def test_a_cross_site_form_is_turned_away(client):
    answer = client.post("/api/v1/queue/pause", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert client.get("/api/v1/status").json()["queue"]["paused"] is False


def test_no_other_origin_may_read_an_answer(client):
    for path in ("/", "/api/v1/models", "/config"):
        answer = client.get(path, headers={"host": f"localhost:{client.base_url.port}"})
        assert not [name for name in answer.headers if name.startswith("access-control-")], path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def slots(config):
    """Every way into Gradio's functions: id, name, and how many inputs it takes."""
    return [(d["id"], d.get("api_name"), len(d["inputs"])) for d in config["dependencies"]]


def test_no_gradio_function_hands_out_a_file_of_this_machine(server, client, canary):
    config = client.get("/config").json()
    scratch = server.home / "tmp" / "gradio"
    assert slots(config)
    for shape in (
        {"path": str(canary), "meta": {"_type": "gradio.FileData"}},
        {"path": str(canary), "url": f"file://{canary}", "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}},
    ):
        for fn, name, inputs in slots(config):
            for value in (shape, [shape], {"image": shape}):
                data = {"data": [value] * max(1, inputs), "fn_index": fn, "session_hash": "s"}
                seen = client.post("/gradio_api/queue/join", json=data).text
                if isinstance(name, str):
                    seen += client.post(f"/gradio_api/run/{name}", json=data).text
                    seen += client.post(f"/gradio_api/call/{name}", json=data).text
                assert "the-canary-sings" not in seen
    copies = [p for p in scratch.rglob("*") if p.is_file() and b"the-canary-sings" in p.read_bytes()]
    assert not copies


@pytest.mark.parametrize("way", ["/gradio_api/file={}", "/file={}", "/gradio_api/file/{}", "/gradio_api/file=..{}"])
def test_gradio_serves_no_file_by_its_path(server, client, canary, way):
    for path in (canary, server.home / "studio.db", "/proc/self/environ"):
        answer = client.get(way.format(path))
        assert answer.status_code in (403, 404), answer.text[:200]


@pytest.mark.parametrize(
    "path",
    [
        "/monitoring/summary",
        "/pwa_icon/12000",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-edit",
        "/gradio_api/deep_link",
        "/gradio_api/run-history",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=https://example.com/",
    ],
)
def test_gradios_unused_routes_are_gone(client, path):
    assert client.get(path).status_code == 404


def test_forwarded_headers_change_nothing(client):
    seen = client.get("/", headers={"x-forwarded-host": "evil.example", "x-gradio-server": "evil.example"}).text
    assert "evil.example" not in seen
    assert "evil.example" not in client.get("/").text


def test_a_body_too_long_is_refused_before_it_is_read(server):
    head = f"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {10**12}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        line.sendall(head.encode())
        assert line.recv(64).startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_is_stopped_when_it_is_too_long(client):
    def endless():
        for _ in range(40):
            yield b"x" * 2**20

    answer = client.post("/api/v1/jobs", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code in (400, 413)


def test_no_answer_carries_an_environment_or_a_path(server, client):
    page = client.get("/").text + json.dumps(client.get("/config").json()) + client.get("/api/v1/jobs").text
    assert str(server.home) not in page
