"""What is monstrous is refused in words: words, numbers, floods, and very many files at once."""

from __future__ import annotations

import select
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from abuse import guest, watched
from conftest import until
from doors import WORDS
from test_api import png

NUMBERS = [-1e9, 10**30, "Infinity", "nan", "0x10", [], {}, "9" * 5000, 1e308]


@pytest.mark.parametrize("door", WORDS, ids=lambda door: door.name)
def test_monstrous_words_are_refused_or_only_words(guest, door):
    guest_cancels = []
    for value in (
        "x" * 2**20,
        "\x00",
        "%s%n{0}{{}}${7*7}<%= 7 %>",
        "'; drop table job; --",
        "‮" * 500,
        ["x"],
        7,
        {"a": 1},
    ):
        answer = door.ask(guest, value)
        assert answer.status_code < 500, (str(value)[:40], answer.text[:200])
        found = answer.json() if answer.headers["content-type"].startswith("application/json") else {}
        guest_cancels += [found["id"]] if answer.status_code == 202 else []
    for job in guest_cancels:
        guest.post(f"/api/v1/jobs/{job}/cancel")
    assert guest.get("/api/v1/jobs").status_code == 200, "the tables are still there"


@pytest.mark.parametrize("option", ["width", "height", "seed", "steps", "duration_s", "fps"])
def test_monstrous_numbers_are_refused(guest, option):
    model = "draft-video" if option in ("duration_s", "fps") else "draft-image"
    for value in NUMBERS:
        answer = guest.post("/api/v1/jobs", json={"model": model, "options": {"prompt": "x", option: value}})
        assert answer.status_code == 422, (value, answer.text[:200])
    for raw in ("NaN", "Infinity", "-Infinity", "1e400"):
        body = f'{{"model": "{model}", "options": {{"prompt": "x", "{option}": {raw}}}}}'
        answer = guest.post("/api/v1/jobs", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), raw


def test_a_guest_who_floods_the_line_is_told_when_to_go_on(locked):
    """A guest of this test's own: what it may ask is used up here."""
    key = {"authorization": f"Key {locked.passes.make('key', 'Flood', 'make')[1]}"}
    with httpx.Client(base_url=locked.url, timeout=60, headers=key) as flood:
        batch = [{"model": "draft-image", "options": {"prompt": "a fox"}}] * 501
        refused = flood.post("/api/v1/jobs/batch", json=batch)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["error"]["type"] == "too_many_waiting"
        assert flood.get("/api/v1/jobs").json()["items"] == [], "all or none"


def test_many_uploads_at_once_and_a_slow_one_leave_nothing_half_done(locked, guest):
    host = f"127.0.0.1:{locked.port}"
    head = f"POST /api/v1/assets HTTP/1.1\r\nHost: {host}\r\nAuthorization: Key {locked.keys['make']}\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", locked.port), 10) as slow:
        slow.sendall(head.encode() + b"5\r\n--b\r\n\r\n")

        def send(n):
            return guest.post("/api/v1/assets", files={"file": (f"{n}.png", png(100 + n, 50))}).status_code

        with ThreadPoolExecutor(4) as hands:
            assert set(hands.map(send, range(4))) == {201}
    until(lambda: not list((locked.home / "tmp").glob("upload-*")))


def test_whoever_sends_very_many_files_at_once_waits_for_the_first_ones(locked, guest):
    key = guest.headers["authorization"]
    head = f"POST /api/v1/assets HTTP/1.1\r\nHost: 127.0.0.1:{locked.port}\r\nAuthorization: {key}\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n--b\r\n\r\n"
    lines = [socket.create_connection(("127.0.0.1", locked.port), 10) for _ in range(17)]
    for line in lines:
        line.sendall(head.encode())

    def send():
        return guest.post("/api/v1/assets", files={"file": ("a.png", png(61, 62))})

    turned_away, _, _ = select.select(lines, [], [], 30)  # one of them, whichever was read last
    assert turned_away[0].recv(100).startswith(b"HTTP/1.1 429")
    refused = send()
    assert refused.status_code == 429
    assert refused.json()["error"]["type"] == "too_many_at_once"
    assert int(refused.headers["retry-after"]) > 0
    assert guest.get("/api/v1/jobs").status_code == 200, "what is no file goes on"
    for line in lines:
        line.close()
    until(lambda: send().status_code == 201)
