"""What is another person's is as good as not there, and everybody gets their turn."""

from __future__ import annotations

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from abuse import client, guest, of_another, scrubbed, watched
from conftest import until
from test_api import PICTURE

BODIES = {"edits": {"verb": "rename", "title": "x"}, "versions": {"name": "x"}, "takes": {"track": 0, "at": 0},
          "share": {"shared": True}, "projects/import": {"asset": "x"}}  # fmt: skip

NOBODYS = dict.fromkeys(("job", "project", "film", "request"), "0" * 16) | {"asset": "0" * 64, "version": "name-999"}


def operations(server):
    """Every operation of the API whose address names something, by method."""
    with client(server, "admin") as admin:
        api = admin.get("/api/v1/openapi.json").json()
    for path, methods in api["paths"].items():
        if re.search(r"\{(asset|job|project|version|film|request)_id\}", path):
            yield from ((method.upper(), path) for method in methods)


def test_whatever_is_asked_of_somebody_elses_is_answered_as_of_nothing(locked, guest, of_another):
    asked = 0
    for method, path in operations(locked):
        told = []
        for ids in (of_another, NOBODYS):
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
    calls = {"make": guest, "admin": client(locked, "admin")}

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
