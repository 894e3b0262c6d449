"""The Model Context Protocol at /mcp, by the SDK's own client against a running studio."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json

import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError

from conftest import apart, until

PICTURE = {"task": "image", "prompt": "a lighthouse at dusk", "options": {"width": 320, "height": 256, "seed": 4}}
TOOLS = "list_models generate get_job cancel_job search_library get_timeline edit_timeline export_film make_film"


@pytest.fixture(params=["auto", "legacy"])
def ask(server, request):
    """Do something with a client, of the protocol's newest version or of those with a handshake."""

    def ask(talk, **more):
        async def main():
            async with Client(f"{server.url}/mcp", mode=request.param, **more) as client:
                return await talk(client)

        return apart(lambda: asyncio.run(main()))

    return ask


def called(ask, tool, **arguments):
    return ask(lambda client: client.call_tool(tool, arguments))


def test_every_tool_says_what_it_takes_and_does(ask):
    tools = ask(lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == set(TOOLS.split())
    assert all(tool.description and tool.input_schema["type"] == "object" for tool in tools)
    (cutting,) = (tool for tool in tools if tool.name == "edit_timeline")
    assert "split(track, at, frame)" in cutting.description


def test_a_picture_is_made_followed_and_read_as_a_resource(ask):
    async def talk(client):
        told = []

        async def progress(done, total, note):
            told.append(done)

        made = await client.call_tool("generate", PICTURE, progress_callback=progress)
        return made, told, await client.read_resource(made.content[1].uri)

    made, told, read = ask(talk)
    job, link, file = made.structured_content, made.content[1], read.contents[0]
    assert json.loads(made.content[0].text) == job
    assert (job["status"], link.mime_type, file.mime_type) == ("done", "image/png", "image/png")
    assert told == sorted(told)
    assert told[-1] == 1
    assert link.uri == f"homereel://asset/{hashlib.sha256(base64.b64decode(file.blob)).hexdigest()}"


def test_what_can_be_made_with_is_told_in_brief_and_one_model_in_full(ask):
    ready = called(ask, "list_models", task="speech").structured_content["models"]
    assert "draft-speech" in [model["id"] for model in ready]
    assert {model["status"] for model in ready} == {"ready"}
    (one,) = called(ask, "list_models", id="draft-image").structured_content["models"]
    assert one["options"]["properties"]["width"]["maximum"] == 2048


def test_a_film_is_cut_looked_at_and_exported(ask, server):
    picture = called(ask, "generate", **PICTURE).structured_content["assets"][0]["id"]
    found = called(ask, "search_library", query="lighthouse", kind="image", limit=100)
    assert picture in [asset["id"] for asset in found.structured_content["items"]]
    assert f"homereel://asset/{picture}" in [block.uri for block in found.content[1:]]
    row = {"kind": "video", "items": [{"type": "clip", "asset": picture, "in": 0, "frames": 24}]}
    film = {"version": 1, "fps": "24/1", "width": 320, "height": 256, "tracks": [row]}
    cut = {"verb": "split", "track": 0, "at": 0, "frame": 10}
    project = called(ask, "edit_timeline", title="The Light", timeline=film, edits=[cut]).structured_content
    shown = called(ask, "get_timeline", project=project["id"]).structured_content
    assert [item["frames"] for item in shown["timeline"]["tracks"][0]["items"]] == [10, 14]
    assert project["id"] in [one["id"] for one in called(ask, "get_timeline").structured_content["projects"]]
    job = called(ask, "export_film", project=project["id"]).structured_content
    assert (job["status"], job["assets"][0]["duration_s"]) == ("done", 1.0)


def test_edits_are_made_all_or_none_and_not_over_someone_elses(ask):
    def projects():
        return called(ask, "get_timeline").structured_content["projects"]

    before = projects()
    wrong = called(
        ask, "edit_timeline", title="None", edits=[{"verb": "add_track", "track": {"kind": "video"}}, {"verb": "fry"}]
    )
    assert wrong.is_error
    assert "edits[1]" in wrong.content[0].text
    assert projects() == before
    mine = called(ask, "edit_timeline", title="Mine").structured_content
    edit = {"verb": "set_film", "fields": {"title": "Theirs"}}
    called(ask, "edit_timeline", project=mine["id"], edits=[edit])
    late = called(ask, "edit_timeline", project=mine["id"], edits=[edit], version=mine["version"])
    assert late.is_error


def test_a_client_that_goes_away_takes_nothing_with_it(server):
    options = {"width": 320, "height": 256, "duration_s": 8, "seed": 77}
    long = {"task": "video", "prompt": "a long road", "options": options}

    async def main():
        async with Client(f"{server.url}/mcp") as client:
            asking = asyncio.create_task(client.call_tool("generate", long))
            await asyncio.to_thread(until, mine)
            asking.cancel()

    def mine():
        with server.client() as http:
            jobs = http.get("/api/v1/jobs?task=video&limit=50").json()["items"]
        return next((job for job in jobs if job["recipe"]["options"]["seed"] == 77), None)

    apart(lambda: asyncio.run(main()))
    assert server.done(mine()["id"])["status"] == "done"


def test_a_job_is_asked_after_and_cancelled(ask, server):
    with server.client() as http:
        http.post("/api/v1/queue/pause")
        wish = {"model": "draft-image", "options": {"prompt": "later"}}
        job = http.post("/api/v1/jobs", json=wish).json()["id"]
        try:
            assert called(ask, "get_job", id=job).structured_content["status"] == "queued"
            assert called(ask, "cancel_job", id=job).structured_content["status"] == "cancelled"
        finally:
            http.post("/api/v1/queue/resume")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("generate", {"task": "image", "prompt": "x", "model": "nobody"}, "draft-image"),
        ("generate", {"task": "image", "prompt": "x", "options": {"width": 7}}, "width"),
        ("generate", {"task": "image", "prompt": "x", "model": "draft-music"}, "makes music"),
        ("generate", {"task": "smell", "prompt": "x"}, "task"),
        ("generate", {"task": "image", "prompt": "x", "options": {"source": "/etc/passwd"}}, "no asset"),
        ("get_job", {"id": "none"}, "no job"),
        ("get_timeline", {"project": "none"}, "no such project"),
        ("export_film", {"project": "none"}, "no such project"),
        ("search_library", {"kind": "smell"}, "kind"),
    ],
)
def test_a_refusal_tells_the_model_what_to_do(ask, tool, arguments, words):
    told = called(ask, tool, **arguments)
    assert told.is_error
    assert words in told.content[0].text
    assert "Traceback" not in told.content[0].text


@pytest.mark.parametrize("uri", ["homereel://asset/none", "homereel://asset/..%2f..%2fstudio.db", "file:///etc/passwd"])
def test_only_the_librarys_files_are_resources(ask, uri):
    async def talk(client):
        try:
            return await client.read_resource(uri)
        except MCPError as refusal:
            return str(refusal)

    assert "no asset" in ask(talk)


def test_what_a_timeline_may_hold_is_a_resource(ask):
    listed = ask(lambda client: client.list_resources()).resources
    assert all(resource.mime_type for resource in listed)
    schema = ask(lambda client: client.read_resource("homereel://schema/timeline")).contents[0]
    assert json.loads(schema.text)["properties"]["tracks"]


@pytest.mark.parametrize(
    ("method", "body", "headers"),
    [
        ("POST", b"{", {"content-type": "application/json"}),
        ("POST", b"[" * 100_000, {"content-type": "application/json"}),
        ("POST", b"x", {"content-type": "text/plain"}),
        ("POST", b'{"jsonrpc": "2.0", "id": 1, "method": "fry"}', {"content-type": "application/json"}),
        ("PUT", b"", {}),
        ("POST", b"{}", {"origin": "https://evil.example", "content-type": "application/json"}),
        ("POST", b"{}", {"mcp-protocol-version": "1.0", "content-type": "application/json"}),
    ],
)
def test_what_is_no_message_is_refused(server, method, body, headers):
    accepted = {"accept": "application/json, text/event-stream"}
    with server.client() as http:
        answer = http.request(method, "/mcp", content=body, headers={**accepted, **headers})
    assert answer.status_code < 500
    assert answer.status_code >= 400 or "error" in answer.text
