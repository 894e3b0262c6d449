"""Every door leads to one room: the same recipe is the same bytes at each, and every job is seen from all."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import subprocess

import pytest
from gradio_client import Client
from mcp.client.client import Client as McpClient

from conftest import HOUSE, apart
from test_cli import command

RECIPE = {"prompt": "a lighthouse at dusk", "width": 320, "height": 256, "seed": 11}


def by_rest(server):
    with server.client() as client:
        sent = client.post("/api/v1/jobs", json={"model": "draft-image", "options": RECIPE})
    return server.done(sent.json()["id"])


def by_gradio(server):
    window = Client(server.url, verbose=False, analytics_enabled=False)
    try:
        _, job = window.predict(**RECIPE, api_name="/generate_image")
    finally:
        window.close()
    return job


def by_command(server):
    options = [part for name in ("width", "height", "seed") for part in ("-o", f"{name}={RECIPE[name]}")]
    asked = command("generate", "image", RECIPE["prompt"], *options, "--json")
    done = subprocess.run(
        asked, capture_output=True, text=True, cwd=HOUSE, env={**os.environ, "STUDIO_HOME": str(server.home)}
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def jobs(server):
    """The same recipe through three doors."""
    return {way.__name__: way(server) for way in (by_rest, by_gradio, by_command)}


def test_the_same_recipe_makes_the_same_bytes_at_every_door(jobs):
    assert {job["status"] for job in jobs.values()} == {"done"}
    assert len({job["id"] for job in jobs.values()}) == 3
    assert len({job["assets"][0]["id"] for job in jobs.values()}) == 1
    assert len({json.dumps(job["recipe"], sort_keys=True) for job in jobs.values()}) == 1


@pytest.mark.parametrize("door", ["by_rest", "by_gradio", "by_command"])
def test_a_job_made_at_one_door_is_the_same_job_seen_from_the_others(server, jobs, door):
    made = jobs[door]
    with server.client() as client:
        rest = client.get(f"/api/v1/jobs/{made['id']}").json()
    env = {**os.environ, "STUDIO_HOME": str(server.home)}
    shown = subprocess.run(
        command("jobs", made["id"], "--json"), capture_output=True, text=True, cwd=HOUSE, env=env, check=True
    )
    window = Client(server.url, verbose=False, analytics_enabled=False)
    try:
        _, gradio = window.predict(made["id"], api_name="/job")
    finally:
        window.close()
    assert rest == json.loads(shown.stdout) == gradio == made


def test_the_doors_of_other_houses_lead_to_the_same_room(server, jobs):
    wish = {"prompt": RECIPE["prompt"], "size": "320x256", "seed": 11}
    with server.client() as client:
        made = client.post("/v1/images/generations", json=wish).json()["data"][0]["b64_json"]
    options = {name: value for name, value in RECIPE.items() if name != "prompt"}

    async def ask():
        async with McpClient(f"{server.url}/mcp") as studio:
            return await studio.call_tool("generate", {"task": "image", "prompt": RECIPE["prompt"], "options": options})

    asset = jobs["by_rest"]["assets"][0]["id"]
    assert hashlib.sha256(base64.b64decode(made)).hexdigest() == asset
    assert apart(lambda: asyncio.run(ask())).structured_content["assets"][0]["id"] == asset


def test_a_refusal_says_the_same_at_every_door(server):
    wrong = {**RECIPE, "width": 7}
    with server.client() as client:
        rest = client.post("/api/v1/jobs", json={"model": "draft-image", "options": wrong}).json()["error"]["message"]
    window = Client(server.url, verbose=False, analytics_enabled=False)
    try:
        with pytest.raises(Exception, match="width") as gradio:
            window.predict(**wrong, api_name="/generate_image")
    finally:
        window.close()
    env = {**os.environ, "STUDIO_HOME": str(server.home)}
    asked = command("generate", "image", wrong["prompt"], "-o", "width=7")
    told = subprocess.run(asked, capture_output=True, text=True, cwd=HOUSE, env=env)
    assert rest in str(gradio.value)
    assert rest in told.stderr
