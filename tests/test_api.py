"""The REST door: what goes in comes out, and every refusal names the fault and the cure."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from conftest import until

PICTURE = {
    "model": "draft-image",
    "options": {"prompt": "a lighthouse at dusk", "width": 320, "height": 256, "seed": 4},
}


@pytest.fixture(scope="module")
def client(server):
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def picture(server, client):
    """A picture made through the door."""
    job = client.post("/api/v1/jobs", json=PICTURE)
    assert job.status_code == 202
    done = server.done(job.json()["id"])
    assert done["status"] == "done", done
    return done["assets"][0]


def png(width=64, height=48, colour="#4a7f13"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def refused(answer, status, type=None):
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"type", "message", "advice"}
    assert type is None or error["type"] == type
    assert "Traceback" not in answer.text
    return error


def test_health_is_ok(client):
    health = client.get("/health").json()
    assert health["status"] == "ok"
    assert health["models"]["ready"] >= 5
    assert {"version", "uptime_s", "devices", "queue", "disk"} <= set(health)


def test_every_model_comes_with_its_licence_and_the_schema_of_its_options(client):
    models = {m["id"]: m for m in client.get("/api/v1/models").json()}
    assert {"draft-image", "draft-video", "draft-music", "draft-sound", "draft-speech"} <= set(models)
    assert all(m["licence"] and m["options"]["properties"] for m in models.values())


def test_a_made_picture_can_be_fetched_seen_small_and_in_part(client, picture):
    whole = client.get(picture["url"])
    assert Image.open(io.BytesIO(whole.content)).size == (320, 256)
    assert whole.headers["content-type"] == "image/png"
    part = client.get(picture["url"], headers={"range": "bytes=8-15"})
    assert (part.status_code, part.content) == (206, whole.content[8:16])
    assert client.head(picture["url"]).headers["content-length"] == str(picture["bytes"])
    assert client.get(f"/api/v1/assets/{picture['id']}/thumbnail").headers["content-type"] == "image/webp"
    assert client.get(f"/api/v1/files/{picture['id']}").content == whole.content


def test_the_same_recipe_makes_the_same_bytes(server, client, picture):
    again = server.done(client.post("/api/v1/jobs", json=PICTURE).json()["id"])
    assert again["assets"][0]["id"] == picture["id"]


def test_a_file_sent_back_brings_its_settings(client, picture):
    sent = client.post("/api/v1/assets", files={"file": ("mine.png", client.get(picture["url"]).content)})
    assert sent.status_code == 201
    assert sent.json()["recipe"]["options"]["prompt"] == "a lighthouse at dusk"


def test_a_replayed_request_is_the_same_job(client):
    head = {"Idempotency-Key": "key-1"}
    first = client.post("/api/v1/jobs", json=PICTURE, headers=head)
    again = client.post("/api/v1/jobs", json=PICTURE, headers=head)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = {**PICTURE, "options": {"prompt": "a hen"}}
    refused(client.post("/api/v1/jobs", json=other, headers=head), 422, "key_reused")


def test_events_end_with_the_last_state(client):
    job = client.post("/api/v1/jobs", json=PICTURE).json()
    with client.stream("GET", f"/api/v1/jobs/{job['id']}/events") as stream:
        said = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert said[-1]["status"] == "done"
    assert all(job["id"] == now["id"] for now in said)


def test_cancel_retry_move_pause(client):
    client.post("/api/v1/queue/pause")
    ids = [client.post("/api/v1/jobs", json=PICTURE).json()["id"] for _ in range(3)]
    assert client.post(f"/api/v1/jobs/{ids[2]}/move", json={"before": ids[0]}).json()["position"] == 0
    assert client.post(f"/api/v1/jobs/{ids[1]}/cancel").json()["status"] == "cancelled"
    refused(client.post(f"/api/v1/jobs/{ids[1]}/cancel"), 409, "job_is_over")
    again = client.post(f"/api/v1/jobs/{ids[1]}/retry")
    assert (again.status_code, again.json()["retry_of"]) == (202, ids[1])
    client.post("/api/v1/queue/resume")
    until(lambda: client.get(f"/api/v1/jobs/{again.json()['id']}").json()["status"] == "done")


def test_assets_are_found_tagged_starred_trashed_and_restored(client):
    sent = client.post("/api/v1/assets", files={"file": ("zebra crossing.png", png(63, 47))}).json()
    assert client.patch(f"/api/v1/assets/{sent['id']}", json={"tags": ["street"], "starred": True}).json()["starred"]
    found = client.get("/api/v1/assets", params={"q": "zebra", "tag": "street"}).json()["items"]
    assert [asset["id"] for asset in found] == [sent["id"]]
    assert client.delete(f"/api/v1/assets/{sent['id']}").status_code == 200
    refused(client.get(f"/api/v1/assets/{sent['id']}/file"), 410)
    assert client.post(f"/api/v1/assets/{sent['id']}/restore").json()["id"] == sent["id"]
    zipped = client.post("/api/v1/assets/zip", json={"ids": [sent["id"]]})
    assert zipped.content[:2] == b"PK"


@pytest.mark.parametrize(
    ("name", "body"),
    [("note.png", b"not a picture"), ("empty.wav", b""), ("half.png", png(400, 400)[:200]), ("run.html", b"<script>")],
)
def test_what_is_no_media_is_refused_and_leaves_nothing(server, client, name, body):
    refused(client.post("/api/v1/assets", files={"file": (name, body)}), 415)
    assert not list((server.home / "tmp").glob("upload-*"))


def test_an_upload_without_its_field_says_what_to_send(client):
    assert "`file`" in refused(client.post("/api/v1/assets", files={"fil": ("a.png", png())}), 400)["advice"]
    refused(client.post("/api/v1/assets", content=b"x", headers={"content-type": "text/plain"}), 400)
    cut = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + png()
    refused(
        client.post("/api/v1/assets", content=cut, headers={"content-type": "multipart/form-data; boundary=b"}), 400
    )


CLIP = {"type": "clip", "in": 0, "frames": 12}


def timeline(asset_id, **more):
    track = {"kind": "video", "items": [{**CLIP, "asset": asset_id}]}
    return {"version": 1, "title": "Short", "fps": "24/1", "width": 320, "height": 180, "tracks": [track], **more}


def test_a_project_is_saved_only_over_the_version_one_has(client, picture):
    made = client.post("/api/v1/projects", json={"timeline": timeline(picture["id"])})
    assert made.status_code == 201
    where, tag = f"/api/v1/projects/{made.json()['id']}", made.headers["etag"]
    change = {"title": "Harbour"}
    refused(client.put(where, json=change), 428)
    saved = client.put(where, json=change, headers={"If-Match": tag})
    assert saved.json()["title"] == "Harbour"
    refused(client.put(where, json={"title": "Mine"}, headers={"If-Match": tag}), 412)
    assert client.get(where).headers["etag"] == saved.headers["etag"] != tag


def test_a_project_names_what_it_misses_and_is_not_exported_without_it(client):
    made = client.post("/api/v1/projects", json={"timeline": timeline("0" * 64)}).json()
    assert made["missing"] == ["0" * 64]
    refused(client.post(f"/api/v1/projects/{made['id']}/export", json={"format": "mp4"}), 409, "media_missing")


def test_a_faulty_timeline_is_refused_with_the_path_of_the_fault(client, picture):
    wrong = timeline(picture["id"])
    wrong["tracks"][0]["items"][0]["frames"] = 0
    answer = client.post("/api/v1/projects", json={"timeline": wrong})
    assert "tracks[0].items[0].frames" in refused(answer, 422)["message"]


def test_edits_are_undone_and_done_again(client, picture):
    made = client.post("/api/v1/projects", json={"timeline": timeline(picture["id"])})
    where, tag = f"/api/v1/projects/{made.json()['id']}", made.headers["etag"]
    wish = {"verb": "split", "track": 0, "at": 0, "frame": 5}
    split = client.post(f"{where}/edits", json=wish, headers={"If-Match": tag})
    assert split.status_code == 200, split.text
    assert [i["frames"] for i in split.json()["timeline"]["tracks"][0]["items"]] == [5, 7]
    undone = client.post(f"{where}/undo", headers={"If-Match": split.headers["etag"]})
    assert undone.json()["timeline"] == made.json()["timeline"]
    redone = client.post(f"{where}/redo", headers={"If-Match": undone.headers["etag"]})
    assert redone.json()["timeline"] == split.json()["timeline"]
    refused(client.post(f"{where}/edits", json={"verb": "fry"}, headers={"If-Match": redone.headers["etag"]}), 422)


def test_a_film_is_exported_and_a_frame_of_it_shown(server, client, picture):
    made = client.post("/api/v1/projects", json={"timeline": timeline(picture["id"])}).json()
    frame = client.get(f"/api/v1/projects/{made['id']}/frames/3?width=160")
    assert Image.open(io.BytesIO(frame.content)).size == (160, 90)
    job = client.post(f"/api/v1/projects/{made['id']}/export", json={"format": "mp4"})
    assert job.status_code == 202
    done = server.done(job.json()["id"])
    assert done["status"] == "done", done
    film = done["assets"][0]
    assert (film["kind"], film["width"], film["height"], film["duration_s"]) == ("video", 320, 180, 0.5)
    assert done["result"]["film"] == film["id"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/jobs/nobody", None, 404),
        ("GET", "/api/v1/nothing/here", None, 404),
        ("PATCH", "/api/v1/jobs", None, 405),
        ("GET", "/api/v1/assets/../../etc/passwd", None, 404),
        ("GET", "/api/v1/assets/..%2f..%2fstudio.db/file", None, 404),
        ("GET", "/api/v1/jobs?limit=100000", None, 422),
        ("GET", "/api/v1/jobs?before=nobody", None, 404),
        ("POST", "/api/v1/jobs", {"model": "nobody", "options": {}}, 404),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {}}, 422),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {"prompt": "x", "zoom": 1}}, 422),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {"prompt": "x", "width": 1e9}}, 422),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {"prompt": "x" * 1_000_000}}, 422),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {"prompt": "x", "source": "../../etc"}}, 404),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {"prompt": "x"}, "extra": 1}, 422),
        ("POST", "/api/v1/jobs", {"model": "draft-image", "options": {"prompt": "x"}, "priority": 99}, 422),
        ("POST", "/api/v1/projects/none/export", {}, 404),
        ("GET", "/api/v1/schemas/none", None, 404),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(client, method, path, body, status):
    refused(client.request(method, path, json=body), status)


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"model": NaN}', b"[" * 100_000, b"\xff\xfe", b'{"model": "draft-image", "options": {"prompt": 1e999}}'],
)
def test_a_body_that_cannot_be_read_is_refused(client, body):
    answer = client.post("/api/v1/jobs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    refused(answer, answer.status_code)


def test_the_documentation_names_every_route_and_fetches_nothing(client):
    page, api = client.get("/api/v1/docs").text, client.get("/api/v1/openapi.json").json()
    assert all(path in page for path in api["paths"])
    assert "src=" not in page
    assert "http://" not in page.replace("http://127.0.0.1", "")
    for name in ("generation-request", "job", "asset", "timeline"):
        assert client.get(f"/api/v1/schemas/{name}").json()["properties"]
