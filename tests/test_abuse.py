"""Whatever a client sends, the answer is a refusal in words: never a 500, never a half-written file, never silence."""

from __future__ import annotations

import json
import re
import socket
import threading

import pytest

from conftest import until
from test_api import PICTURE, png, refused, timeline

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client(server):
    with server.client() as client:
        yield client


def log_of(server):
    return (server.home.parent / "server.log").read_text(errors="replace")


@pytest.fixture(scope="module", autouse=True)
def before(server):
    """How long the server's log was when this file began."""
    return len(log_of(server))


@pytest.fixture(scope="module")
def asset(client):
    return client.post("/api/v1/assets", files={"file": ("a.png", png())}).json()


@pytest.fixture
def project(client):
    made = client.post("/api/v1/projects", json={"title": "Harbour"})
    return f"/api/v1/projects/{made.json()['id']}"


def wish(**options):
    return json.dumps({"model": "draft-image", "options": {"prompt": "a fox", **options}})


def nested(depth):
    return '{"model": "draft-image", "options": {"prompt": "x", "source": ' + "[" * depth + "]" * depth + "}}"


HALF = wish(source="\ud800")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("jobs", nested(300), 400),
        ("jobs", nested(900), 400),
        ("jobs", HALF, 400),
        ("jobs", wish(self=1), 422),
        ("jobs", wish(prompt="nul\0"), 400),
        ("jobs", wish(seed=10**30), 422),
        ("jobs", '{"model": "draft-image", "options": {"prompt": "x", "seed": 1' + "0" * 5000 + "}}", 400),
        ("jobs", wish().encode("utf-16"), 400),
        ("jobs", b"\xff\xfe{}", 400),
        ("jobs/batch", "[]", 422),
        ("jobs/nobody/move", '{"before": "\\ud800"}', 400),
        ("projects", '{"title": "\\ud800"}', 400),
        ("projects", '{"timeline": {"version": 1, "fps": "1e999999999/1"}}', 422),
        ("projects", '{"timeline": {"version": 1, "width": 1e400}}', 422),
        ("projects", "x" * (9 << 20), 413),
        ("assets/trash", '{"ids": ["\\ud800"]}', 400),
        ("assets/restore", '{"ids": ["\\udfff"]}', 400),
        ("assets/zip", '{"ids": ["\\u0000"]}', 400),
        ("projects/nobody/export", "[]", 422),
    ],
)
def test_a_hostile_body_is_refused_in_words(client, path, body, status):
    refused(client.post(f"/api/v1/{path}", content=body, headers=JSON), status)


def test_whole_characters_and_their_escapes_are_welcome(client):
    said = "🦊 \\ud83e quoted, and a backslash \\"
    made = client.post("/api/v1/projects", content=json.dumps({"title": said}), headers=JSON)
    assert made.json()["title"] == said


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_a_body_of_another_type_is_told_which_one_to_send(client, kind):
    answer = client.post("/api/v1/jobs", content=wish(), headers={"content-type": kind})
    assert "application/json" in refused(answer, 415, "not_json")["advice"]


@pytest.mark.parametrize(
    "said", ["1e400", "[" * 5000, "*", '"1", "2"', "true", "1.9", "null", '"x"', "9" * 5000, '"٣"', "-1", ""]
)
def test_an_if_match_that_is_no_version_changes_nothing(client, project, said):
    head = {"If-Match": said.encode()}
    refused(client.put(project, json={"title": "Mine"}, headers=head), 422)
    assert client.get(project).json()["title"] == "Harbour"


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://127.0.0.1:x:y", "\x7f"])
def test_an_origin_that_is_no_address_is_a_foreign_one(client, origin):
    refused(client.get("/health", headers={"origin": origin}), 403, "foreign_origin")


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=99999-", 416),
        ("bytes=-0", 416),
        ("bytes=5-1", 400),
        ("bytes=a-b", 400),
        ("items=0-1", 400),
        ("bytes=-" + "9" * 5000, 400),
    ],
)
def test_a_range_that_is_not_there_is_refused_in_words(client, asset, wanted, status):
    answer = client.get(asset["url"], headers={"range": wanted})
    refused(answer, status)
    assert status != 416 or answer.headers["content-range"] == f"bytes */{asset['bytes']}"


def test_a_file_that_the_folder_has_lost_is_said_to_be_lost(server, client):
    lost = client.post("/api/v1/assets", files={"file": ("lost.png", png(33, 44))}).json()
    (path,) = (server.home / "library").glob(f"*/{lost['id']}.*")
    path.unlink()
    refused(client.get(lost["url"]), 410, "file_lost")
    refused(client.post("/api/v1/assets/zip", json={"ids": [lost["id"]]}), 410, "file_lost")
    assert client.get(f"/api/v1/assets/{lost['id']}/thumbnail").status_code == 200
    client.delete(f"/api/v1/assets/{lost['id']}")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND"])
def test_a_method_that_nobody_takes_is_refused_by_us_and_not_by_the_window(client, method):
    for path in ("/api/v1/jobs", "/api/v1/assets/x", "/health"):
        answer = client.request(method, path)
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
        assert set(answer.json()) == {"error"}
    assert client.request(method, "/api/v1/nothing").status_code == 404


# --- uploads ---------------------------------------------------------------------------------------------------------

END = b"--b--\r\n"


def part(disposition, body=b"1"):
    return b"--b\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + body + b"\r\n"


FILE = part(b'name="file"; filename="a.png"', png())
UPLOADS = {
    "two files": (FILE + FILE + END, 400),
    "another boundary": (FILE.replace(b"--b", b"--c") + END, 400),
    "bare line feeds": ((FILE + END).replace(b"\r\n", b"\n"), 400),
    "no end": (FILE, 400),
    "nothing": (b"", 400),
    "a header of five megabytes": (b"--b\r\nX: " + b"a" * 5_000_000 + b"\r\n\r\n" + END, 400),
    "a hundred thousand headers": (b"--b\r\n" + b"X: a\r\n" * 100_000 + b"\r\n" + END, 400),
    "an unended name": (part(b'name="file; filename="a') + END, 400),
    "no name": (part(b'name="file"', png()) + END, 201),
    "a NUL in the name": (part(b'name="file"; filename="a\0b.png"', png()) + END, 201),
    "bytes that are no text in the name": (part(b'name="file"; filename="\xed\xa0\x80.png"', png()) + END, 201),
    "ten thousand other parts": (b"".join(part(b'name="x%d"' % n) for n in range(10_000)) + FILE + END, 201),
}


@pytest.mark.parametrize("case", UPLOADS)
def test_an_odd_upload_is_taken_whole_or_refused_and_leaves_nothing(server, client, case):
    body, status = UPLOADS[case]
    head = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/api/v1/assets", content=body, headers=head)
    if status == 201:
        assert answer.status_code == 201, answer.text
    else:
        refused(answer, status)
    assert not list((server.home / "tmp").glob("upload-*"))


def test_a_boundary_without_end_is_refused(client):
    head = {"content-type": f'multipart/form-data; boundary="{"b" * 30_000}"'}
    refused(client.post("/api/v1/assets", content=FILE, headers=head), 400)


def test_a_client_that_leaves_while_sending_leaves_nothing(server, client):
    head = f"Host: 127.0.0.1:{server.port}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 999999"
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        line.sendall(f"POST /api/v1/assets HTTP/1.1\r\n{head}\r\n\r\n".encode() + FILE)
        until(lambda: list((server.home / "tmp").glob("upload-*")))
    until(lambda: not list((server.home / "tmp").glob("upload-*")))
    assert client.get("/health").status_code == 200


# --- many at once ----------------------------------------------------------------------------------------------------


def test_twenty_posts_at_once_with_one_key_are_one_job(server):
    answers = []

    def send():
        with server.client() as own:
            answers.append(own.post("/api/v1/jobs", json=PICTURE, headers={"Idempotency-Key": "twenty"}))

    hands = [threading.Thread(target=send) for _ in range(20)]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]


def test_a_replayed_export_is_the_same_job_whatever_became_of_the_project(client, asset):
    made = client.post("/api/v1/projects", json={"timeline": timeline(asset["id"])})
    where, head = f"/api/v1/projects/{made.json()['id']}", {"Idempotency-Key": made.json()["id"]}
    first = client.post(f"{where}/export", json={"format": "mp4"}, headers=head)
    changed = timeline(asset["id"], title="Changed since")
    assert client.put(where, json={"timeline": changed}, headers={"If-Match": made.headers["etag"]}).status_code == 200
    again = client.post(f"{where}/export", json={"format": "mp4"}, headers=head)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    refused(client.post(f"{where}/export", json={"format": "webm"}, headers=head), 422, "key_reused")


def test_followers_that_leave_are_forgotten_and_hold_nobody_up(server, client):
    client.post("/api/v1/queue/pause")
    job = client.post("/api/v1/jobs", json=PICTURE).json()
    ask = f"GET /api/v1/jobs/{job['id']}/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    lines = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(30)]
    for line in lines:
        line.sendall(ask)
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
    for line in lines:
        line.close()
    assert client.post(f"/api/v1/jobs/{job['id']}/cancel").json()["status"] == "cancelled"
    client.post("/api/v1/queue/resume")
    refused(client.get("/api/v1/jobs/nobody/events"), 404)


def test_the_largest_timeline_that_is_taken_does_not_hold_up_the_house(server, client):
    title = {"type": "title", "text": "x", "frames": 1}
    film = {"version": 1, "tracks": [{"kind": "video", "items": [title] * 20_000}]}
    made = threading.Thread(target=lambda: client.post("/api/v1/projects", json={"timeline": film}))
    answered = 0
    with server.client() as other:
        other.get("/health")
        made.start()
        while made.is_alive():
            assert other.get("/health").status_code == 200
            answered += made.is_alive()
    made.join()
    assert answered >= 3, "the house stood still while a timeline was read"


def test_no_request_left_a_trace_of_a_fault_in_the_log(server, before):
    """What was sent above went through the same server."""
    log = log_of(server)[before:]
    assert not re.findall(r"Traceback|Exception in ASGI", log), log[-3000:]


# --- the window's own routes -----------------------------------------------------------------------------------------

CALLS = (b"{}", b'{"data": []}', b'{"data": ["\\ud800"]}', b'{"data": [], "fn_index": 99999}', b"\xff", b"[" * 5000)


@pytest.mark.parametrize(
    "path", ["run/generate_image", "call/generate_image", "run/nobody", "call/v2/nobody", "cancel"]
)
def test_a_call_that_gradio_cannot_make_sense_of_is_the_callers_fault(client, path):
    for body in CALLS:
        answer = client.post(f"/gradio_api/{path}", content=body, headers=JSON)
        assert answer.status_code < 500, (body, answer.text[:200])
        assert "Traceback" not in answer.text


def test_a_form_field_where_gradio_wants_a_file_is_refused_in_words(client):
    refused(client.post("/gradio_api/upload", files={"files": (None, "text")}), 422)


# --- what the API says of itself -------------------------------------------------------------------------------------


def test_every_operation_documents_how_it_refuses(client):
    api = client.get("/api/v1/openapi.json").json()
    assert set(api["components"]["schemas"]["Refusal"]["properties"]) == {"error"}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert "HTTPValidationError" not in json.dumps(answers), (method, path)
            if path.startswith("/api/"):
                shape = answers["4XX"]["content"]["application/json"]["schema"]
                assert shape["$ref"].endswith("/Refusal"), (method, path)
    assert "text/event-stream" in json.dumps(api["paths"]["/api/v1/jobs/{job_id}/events"])
    assert {"200", "202"} <= set(api["paths"]["/api/v1/jobs"]["post"]["responses"])
    assert {"200", "503"} <= set(api["paths"]["/health"]["get"]["responses"])
    names = [operation["operationId"] for methods in api["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
