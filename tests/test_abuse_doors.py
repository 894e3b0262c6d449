"""The abuse catalogue at every door: what a client names is never a file of this machine or an address inside it, what
is another person's is as good as not there, and what is monstrous is refused in words."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from conftest import HOUSE, PASSWORD, SECRETS, until
from doors import FILES, SONG, WORDS, canary_listener
from studio.locks.lan import addresses
from test_api import PICTURE, png, refused, timeline


def client(server, role="make"):
    return httpx.Client(base_url=server.url, timeout=60, headers={"authorization": f"Bearer {server.keys[role]}"})


@pytest.fixture(scope="module")
def guest(locked):
    with client(locked) as guest:
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


# --- files and addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", FILES, ids=lambda door: door.name)
def test_no_door_opens_a_file_or_an_address_that_a_client_names(guest, traps, door):
    for value in traps[1]:
        answer = guest.post(door.path, json=door.body(value))
        assert answer.status_code < 500, (value, answer.status_code, answer.text[:300])
        assert answer.status_code not in (200, 202) or answer_is_harmless(guest, door, answer), (
            value,
            answer.text[:300],
        )
        assert SONG not in answer.text, value


def answer_is_harmless(guest, door, answer):
    """What a job, or a call that Gradio has taken, comes to: nothing, or something of the draft models' own."""
    if "event_id" in answer.json():
        told = guest.get(f"{door.path}/{answer.json()['event_id']}").text
        assert SONG not in told
        return "event: error" in told or '"source": null' in told
    for job in answer.json() if isinstance(answer.json(), list) else [answer.json()]:
        if "id" in job:
            guest.post(f"/api/v1/jobs/{job['id']}/cancel")
    return True


@pytest.mark.parametrize("door", FILES, ids=lambda door: door.name)
def test_a_file_of_somebody_elses_is_as_good_as_none(locked, guest, door, of_another):
    answers = [guest.post(door.path, json=door.body(id)) for id in (of_another["asset"], "0" * 64)]
    told = [(a.status_code, scrubbed(a.text, of_another["asset"], "0" * 64)) for a in answers]
    new = r'"(id|event_id|created|updated)":"[^"]+"'  # what is made of it is another one each time
    hers, nobodys = ((status, re.sub(new, "", text)) for status, text in told)
    assert hers == nobodys


GRADIO = ("file={}", "file/{}", "file=..{}", "file=%2e%2e%2f{}", "file=%252e%252e%252f{}")
WAYS = [f"/gradio_api/{way}" for way in GRADIO] + [
    "/file={}",
    "/file/{}",
    "/static/{}",
    "/assets/..%2f..{}",
    "/theme/{}",
]
WAYS += ["/ui/static/..%2f..{}", "/ui/static/..%252f{}", "/login/..%2f{}"]


@pytest.mark.parametrize("way", WAYS)
def test_no_path_is_served(locked, guest, traps, way):
    for path in (*traps[0][:3], locked.home / "studio.db", locked.home / "settings.toml", "/etc/hostname"):
        answer = guest.get(way.format(path))
        assert answer.status_code in (400, 403, 404), (path, answer.status_code)
        assert SONG not in answer.text


NAMES = ["../../x\n.png", "a\\..\\b.png", "\u202egnp;`$(x)`.exe", "-vf" + "x" * 400 + ".png"]


def test_an_uploads_name_is_something_to_read_and_never_a_place(locked, guest):
    outside = set(locked.home.parent.iterdir())
    for n, name in enumerate(NAMES):
        made = guest.post("/api/v1/assets", files={"file": (name, png(40 + n, 30))})
        assert made.status_code == 201, (name, made.text)
        asset = made.json()
        assert not re.search(r"[\x00-\x1f/\\\u202e]", asset["name"]), asset["name"]
        assert guest.get(asset["url"]).content == png(40 + n, 30)
        shown = guest.get(f"{asset['url']}?download=true").headers["content-disposition"]
        assert "\n" not in shown
        assert guest.get(f"/api/v1/assets/{asset['id']}/thumbnail").status_code == 200
    assert set(locked.home.parent.iterdir()) == outside


MASKED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<html><script>alert(1)</script>",
    "xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>',
    "pdf": b"%PDF-1.4\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>",
    "playlist": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n",
    "concat": b"ffconcat version 1.0\nfile /etc/hostname\n",
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "script": b"#!/bin/sh\ntouch /tmp/marker\n",
    "pickle": b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
}


@pytest.mark.parametrize("kind", MASKED)
def test_what_is_no_media_is_not_taken_in_whatever_it_is_called(guest, kind):
    name = "a.mp4" if kind in ("playlist", "concat", "sdp") else "a.png"
    refused(guest.post("/api/v1/assets", files={"file": (name, MASKED[kind])}), 415)


def test_what_is_served_cannot_be_run(guest):
    polyglot = png() + b"<script>alert(1)</script>"
    made = guest.post("/api/v1/assets", files={"file": ("a.html", polyglot)})
    asset = made.json()
    for path in (asset["url"], f"/api/v1/files/{asset['id']}", f"/api/v1/assets/{asset['id']}/thumbnail"):
        answer = guest.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].startswith("image/")
    assert "sandbox" in guest.get(asset["url"]).headers["content-security-policy"]


# --- monsters --------------------------------------------------------------------------------------------------------

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
        answer = guest.post(door.path, json=door.body(value))
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


# --- other people ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def of_another(locked):
    """What somebody else has: a job that is done and its file, a job in line, a project, and what it all is called."""
    with client(locked, "admin") as owner:
        asset = owner.post("/api/v1/assets", files={"file": ("hers.png", png(77, 33))}).json()["id"]
        project = owner.post("/api/v1/projects", json={"title": "Hers", "timeline": timeline(asset)}).json()["id"]
        done = owner.post("/api/v1/jobs", json=PICTURE, headers={"Idempotency-Key": "hers"}).json()["id"]
        until(lambda: owner.get(f"/api/v1/jobs/{done}").json()["status"] == "done", 60)
        version = owner.post(f"/api/v1/projects/{project}/versions", json={"name": "First"}).json()["id"]
        yield {"asset": asset, "job": done, "project": project, "version": version}


def scrubbed(text, *ids):
    for id in ids:
        text = text.replace(id, "ID").replace(id[:80], "ID")
    return text


BODIES = {"edits": {"verb": "rename", "title": "x"}, "versions": {"name": "x"}, "takes": {"track": 0, "at": 0},
          "share": {"shared": True}, "projects/import": {"asset": "x"}}  # fmt: skip


def operations(server):
    """Every operation of the API whose address names something, by method."""
    with client(server, "admin") as admin:
        api = admin.get("/api/v1/openapi.json").json()
    for path, methods in api["paths"].items():
        if re.search(r"\{(asset|job|project|version)_id\}", path):
            yield from ((method.upper(), path) for method in methods)


def test_whatever_is_asked_of_somebody_elses_is_answered_as_of_nothing(locked, guest, of_another):
    asked = 0
    for method, path in operations(locked):
        told = []
        for ids in (of_another, {"asset": "0" * 64, "job": "0" * 16, "project": "0" * 16, "version": "name-999"}):
            where = re.sub(r"\{(\w+?)(_id)?\}", lambda said, ids=ids: ids.get(said[1], "0"), path)
            body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
            answer = guest.request(method, where, json=body, headers={"If-Match": '"1"'})
            told.append((answer.status_code, scrubbed(answer.text, *ids.values())))
        assert told[0] == told[1], (method, path)
        assert told[0][0] in (404, 422), (method, path, told[0])
        asked += 1
    assert asked > 25
    with client(locked, "admin") as owner:
        assert owner.get(f"/api/v1/projects/{of_another['project']}").json()["title"] == "Hers"
        assert owner.get(f"/api/v1/assets/{of_another['asset']}").status_code == 200


def test_nobody_comes_upon_it_by_looking(locked, guest, of_another):
    for path in ("jobs?limit=200", "assets?limit=200", "assets?q=hers", "projects?limit=200", "queue", "status",
                 "history", "prompts?task=image", "assets?trashed=true", "weights"):  # fmt: skip
        said = guest.get(f"/api/v1/{path}").text
        assert [name for name, id in of_another.items() if id in said] == [], path
        assert "Hers" not in said
    mine = guest.post("/api/v1/jobs", json=PICTURE, headers={"Idempotency-Key": "hers"})
    assert mine.status_code == 202, "a key that somebody else used is a new one"
    assert mine.json()["id"] != of_another["job"]
    guest.post(f"/api/v1/jobs/{mine.json()['id']}/cancel")


def test_gradio_works_for_whoever_asked_and_hands_nobody_elses_file_out(locked, guest, of_another):
    calls = {role: client(locked, role) for role in ("make", "admin")}

    def call(role, name, *data):
        begun = calls[role].post(f"/gradio_api/call/{name}", json={"data": list(data)})
        return calls[role].get(f"/gradio_api/call/{name}/{begun.json()['event_id']}", timeout=60).text

    hers = call("admin", "job", of_another["job"])
    assert "event: complete" in hers
    path = json.loads(re.search(r"^data: (\[.*)$", hers, re.M)[1])[0]["path"]
    assert calls["admin"].get(f"/gradio_api/file={path}").status_code == 200
    assert "event: error" in call("make", "job", of_another["job"])
    made = call("make", "generate_image", "a fox in the snow", "draft-image", None, 320, 256, 5, *[None] * 7)
    job = json.loads(re.search(r"^data: (\[.*)$", made, re.M)[1])[1]
    assert guest.get(f"/api/v1/jobs/{job['id']}").status_code == 200, "it is the guest's who called"
    other = {"authorization": f"Key {locked.passes.make('key', 'Bob', 'make')[1]}"}
    assert httpx.get(f"{locked.url}/api/v1/jobs/{job['id']}", headers=other).status_code == 404
    for caller in calls.values():
        caller.close()


def test_fifty_people_at_once_are_all_served_and_take_turns(locked):
    keys = [locked.passes.make("key", f"Guest {n}", "make")[1] for n in range(50)]
    with client(locked, "admin") as admin:
        admin.post("/api/v1/queue/pause")
        slowest = []

        def visit(key):
            with httpx.Client(base_url=locked.url, timeout=60, headers={"authorization": f"Key {key}"}) as guest:
                codes = [guest.get("/api/v1/sharing").status_code]
                jobs = [guest.post("/api/v1/jobs", json=PICTURE) for _ in range(2)]
                codes += [job.status_code for job in jobs]
                seen = {job["id"] for job in guest.get("/api/v1/jobs").json()["items"]}
                return codes, {job.json()["id"] for job in jobs}, seen

        def watch():
            while not done.is_set():
                start = time.monotonic()
                assert httpx.get(f"{locked.url}/health", timeout=30).status_code == 200
                slowest.append(time.monotonic() - start)
                done.wait(0.2)

        done = threading.Event()
        watcher = threading.Thread(target=watch)
        watcher.start()
        with ThreadPoolExecutor(50) as crowd:
            visits = list(crowd.map(visit, keys))
        done.set()
        watcher.join()
        assert slowest, "the house answered meanwhile"
        whose = {id: n for n, (_, made, _) in enumerate(visits) for id in made}
        for codes, made, seen in visits:
            assert codes == [200, 202, 202]
            assert seen == made, "everybody sees their own two"
        line = [job["id"] for job in admin.get("/api/v1/queue").json()["items"] if job["id"] in whose]
        assert len({whose[id] for id in line[:50]}) == 50, "one of each, before anybody's second"
        for id in line:
            admin.post(f"/api/v1/jobs/{id}/cancel")
        admin.post("/api/v1/queue/resume")


# --- secrets and the environment -------------------------------------------------------------------------------------


def test_no_secret_is_in_any_answer_or_log(locked):
    with client(locked, "admin") as admin:
        paths = [path for path in admin.get("/api/v1/openapi.json").json()["paths"] if "{" not in path]
        said = "".join(
            admin.get(path).text for path in [*paths, "/", "/config", "/gradio_api/info"] if "doctor" not in path
        )
    logs = [locked.home.parent / "server.log", *(locked.home / "logs").glob("*")]
    said += "".join(log.read_text(errors="replace") for log in logs)
    assert len(said) > 50_000
    for secret in (*SECRETS.values(), *locked.keys.values(), PASSWORD):
        assert secret not in said


def test_an_environment_that_means_gradio_ill_changes_nothing(guest):
    """The studio was started with GRADIO_SHARE, GRADIO_ALLOWED_PATHS, GRADIO_MCP_SERVER and more."""
    config = guest.get("/config").json()
    assert not config.get("is_space")
    assert "gradio.live" not in json.dumps(config)
    assert "/evil" not in config["root"]
    for path in ("/gradio_api/file=/etc/hostname", "/gradio_api/mcp/", "/gradio_api/mcp/sse", "/gradio_api/vibe-code/"):
        assert guest.get(path).status_code in (403, 404), path
