"""What is sent and not yet in the library is counted, kept off the last of the disk, and cleared away when unused."""

from __future__ import annotations

import asyncio
import os
import time
from collections import namedtuple

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from studio.api import waiting
from studio.api.entry import Entry
from studio.api.guard import Guard
from studio.api.waiting import HALF_S, KEPT_S, TAKEN, sweep
from studio.settings import Settings
from studio.studio import Studio

MB = 2**20


async def reader(scope, receive, send):
    """Takes whatever comes, as Gradio's route does."""
    try:
        answer = JSONResponse({"size": len(await Request(scope, receive).body())})
    except HTTPException as stopped:
        answer = JSONResponse({"detail": stopped.detail}, stopped.status_code)
    await answer(scope, receive, send)


@pytest.fixture
def door(home):
    """`door("Ada")(megabytes)`: a guest, who may have 10 MB, sends so much to Gradio's route."""
    studio = Studio(Settings.load(home, password="three words together", upload_gb=10 / 1024))
    studio.locks.settle()
    guard = Guard(reader, studio, Entry(studio.locks))

    def guest(name, role="make"):
        key = studio.locks.passes.make("key", name, role)[1]

        def send(megabytes, length=True, to=TAKEN[0]):
            async def sent():
                body = bytes(megabytes * MB) if length else chunks(megabytes)
                async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://127.0.0.1") as http:
                    return await http.post(to, content=body, headers={"authorization": f"Key {key}"})

            return asyncio.run(sent())

        return send

    yield guest
    studio.close()


async def chunks(megabytes):
    for _ in range(megabytes):
        yield bytes(MB)


@pytest.mark.parametrize("length", [True, False], ids=["told", "untold"])
def test_a_guest_can_send_no_more_than_their_part_whatever_they_say_beforehand(door, length):
    ada, bob = door("Ada"), door("Bob")
    assert ada(8).json() == {"size": 8 * MB}
    refused = ada(3, length)
    assert refused.status_code == 507
    assert "Your part of the library is full." in refused.text
    assert bob(8, length).status_code == 200, "everybody has a part"
    assert ada(3, to=TAKEN[1] + "x/1").status_code == 507, "nor in parts, by another route"
    assert door("Eve", "admin")(20, length).status_code == 200, "and the house has no bounds"


def test_what_was_cleared_away_is_not_counted_any_more(door, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    ada = door("Ada")
    assert [ada(9).status_code, ada(9).status_code] == [200, 507]
    clock[0] += KEPT_S + 1
    assert ada(9).status_code == 200


def test_nothing_fills_the_last_of_the_disk(door, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(waiting.shutil, "disk_usage", lambda _: usage(waiting.SPARE_BYTES + 2 * MB))
    ada = door("Ada", "admin")
    assert ada(1).status_code == 200
    refused = ada(3)
    assert refused.status_code == 507
    assert refused.json()["error"]["type"] == "disk_full"


def test_what_nobody_used_goes_and_what_still_comes_stays(tmp_path):
    def put(name, age_s):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        for one in (path, path.parent) if path.parent != tmp_path else (path,):
            os.utime(one, (time.time() - age_s,) * 2)
        return path

    old, fresh = put("a/old.png", KEPT_S + 60), put("b/fresh.png", KEPT_S - 60)
    broken, coming = put("tmpbroken", HALF_S + 60), put("tmpcoming", HALF_S - 60)
    sweep(tmp_path)
    assert [path.exists() for path in (old, fresh, broken, coming)] == [False, True, False, True]
    assert not old.parent.exists()
    sweep(tmp_path / "nowhere")
