"""What REST owes HTTP: HEAD beside every GET, 304, ranges, an honest Allow; and a trash that can be emptied."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

FILM = {"version": 1, "fps": "24/1", "width": 320, "height": 180}


@pytest.fixture(scope="module")
def client(server):
    with server.client() as client:
        yield client


def sent(client, colour, name="a.png"):
    out = io.BytesIO()
    Image.new("RGB", (71, 53), colour).save(out, "PNG")
    return client.post("/api/v1/assets", files={"file": (name, out.getvalue())}).json()


def film_of(asset):
    clip = {"type": "clip", "asset": asset["id"], "in": 0, "frames": 12}
    return {**FILM, "tracks": [{"kind": "video", "items": [clip]}]}


def test_every_get_has_its_head(client):
    asset = sent(client, "olive")
    project = client.post("/api/v1/projects", json={"timeline": film_of(asset)}).json()
    own = ("file", "thumbnail")
    paths = [f"/api/v1/assets/{asset['id']}/{name}" for name in own] + [f"/api/v1/projects/{project['id']}"]
    for path in [*paths, "/api/v1/models", "/api/v1/jobs", "/health", "/metrics", "/v1/models", "/api/v1/docs"]:
        head, whole = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"], path
    assert client.head("/api/v1/jobs/nobody").status_code == 404
    assert client.head("/api/v1/assets/zip").status_code == 405


def test_the_head_of_a_stream_ends_at_once(client):
    client.post("/api/v1/queue/pause")
    job = client.post("/api/v1/jobs", json={"model": "draft-image", "options": {"prompt": "x"}}).json()
    assert client.head(f"/api/v1/jobs/{job['id']}/events").headers["content-type"].startswith("text/event-stream")
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    client.post("/api/v1/queue/resume")


def test_a_film_is_sent_whole_whatever_one_has_since_its_takes_come_without_a_new_plan(client, server):
    job = client.post("/api/v1/films", json={"brief": "A fox in the snow", "seconds": 5, "until": "script"}).json()
    address = f"/api/v1/films/{server.done(job['id'])['result']['plan']}"
    film = client.get(address)
    again = client.get(address, headers={"if-none-match": film.headers["etag"]})
    assert (again.status_code, again.json()["id"]) == (200, film.json()["id"])


def test_what_one_has_already_is_not_sent_again(client):
    asset = sent(client, "navy")
    project = client.post("/api/v1/projects", json={"timeline": film_of(asset)}).json()
    for path in (f"{asset['url']}", f"/api/v1/projects/{project['id']}"):
        etag = client.get(path).headers["etag"]
        for said in (etag, f'"other", W/{etag}', "*"):
            same = client.get(path, headers={"if-none-match": said})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
        assert client.head(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_range_goes_on_only_in_the_same_file(client):
    asset = sent(client, "plum")
    part = client.get(asset["url"], headers={"range": "bytes=4-", "if-range": f'"{asset["id"]}"'})
    assert (part.status_code, len(part.content)) == (206, asset["bytes"] - 4)
    assert client.get(asset["url"], headers={"range": "bytes=4-", "if-range": '"other"'}).status_code == 200
    beyond = client.get(asset["url"], headers={"range": "bytes=999999-"})
    assert (beyond.status_code, beyond.json()["error"]["type"]) == (416, "range_not_satisfiable")


def test_a_method_that_is_not_taken_is_told_which_ones_are(client):
    for path, taken in (("/api/v1/assets/zip", "POST"), ("/api/v1/queue", "GET, HEAD"), ("/metrics", "GET, HEAD")):
        refused = client.put(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, taken)
        assert refused.json()["error"]["type"] == "method_not_allowed"


def test_the_trash_is_emptied_of_all_that_no_project_holds(client, server):
    held, loose = sent(client, "teal"), sent(client, "orchid")
    made = client.post(
        "/api/v1/jobs", json={"model": "draft-image", "options": {"prompt": "moss", "width": 256}}
    ).json()
    made = server.done(made["id"])["assets"][0]
    kept = client.post("/api/v1/projects", json={"timeline": film_of(held)}).json()
    gone = client.post("/api/v1/projects", json={"timeline": film_of(loose)})
    client.delete(f"/api/v1/projects/{gone.json()['id']}", headers={"If-Match": gone.headers["etag"]})
    client.post("/api/v1/assets/trash", json={"ids": [held["id"], loose["id"], made["id"]]})
    assert client.delete("/api/v1/trash?older_than_s=3600").json()["deleted"] == 0
    emptied = client.delete("/api/v1/trash").json()
    assert emptied["projects"] >= 1
    assert emptied["freed"] >= loose["bytes"] + made["bytes"]
    states = [client.get(asset["url"]).status_code for asset in (held, loose, made)]
    assert states == [410, 404, 404]
    assert client.get(f"/api/v1/projects/{gone.json()['id']}").status_code == 404
    assert client.get(f"/api/v1/projects/{kept['id']}").json()["missing"] == [held["id"]]
    assert client.post(f"/api/v1/assets/{held['id']}/restore").status_code == 200


def test_the_metrics_are_prometheus_and_agree_with_the_ledger(client):
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {family.name: family.samples for family in text_string_to_metric_families(answer.text)}
    counts = client.get("/api/v1/queue").json()["counts"]
    jobs = {sample.labels["status"]: sample.value for sample in found["homereel_jobs"]}
    assert jobs["done"] == counts.get("done", 0)
    assert sum(s.value for s in found["homereel_jobs_ended"] if s.labels.get("status") == "done") == jobs["done"]
    assert found["homereel_workers_alive"][0].value >= 1
    assert found["homereel_disk_free_bytes"][0].value > 1e6
    assert found["homereel_queue_paused"][0].value == 0
    assert "process_resident_memory_bytes" in found
