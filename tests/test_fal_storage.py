"""Files on their way in, as fal's clients send them."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from faldoor import FOX, at_fault, client, jobs
from studio import api
from test_api import png


def begun(client, name="a.png"):
    return client.post("/fal/storage/upload/initiate?storage_type=fal-cdn-v3", json={"file_name": name}).json()


def test_a_file_may_be_sent_from_a_page_of_any_origin_to_the_address_given_out_for_it(client):
    place = begun(client, "../../blue\u202e sky.png")
    page = {"origin": "https://films.example", "access-control-request-method": "PUT"}
    asked = client.options(place["upload_url"], headers=page)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    assert "PUT" in asked.headers["access-control-allow-methods"]
    sent = client.put(
        place["upload_url"], content=png(), headers={"origin": page["origin"], "content-type": "image/png"}
    )
    assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (200, "*")
    assert "access-control-allow-credentials" not in sent.headers
    file = client.get(place["file_url"])
    assert file.content == png()
    assert "sandbox" in file.headers["content-security-policy"]
    assert "access-control-allow-origin" not in file.headers


@pytest.mark.parametrize("way", ["/fal/queue/fal-ai/flux/dev", "/fal/storage/upload/initiate", "/api/fal", "/fal-ai/x"])
def test_a_page_of_another_origin_can_do_nothing_else(client, way):
    before = jobs(client)
    answer = client.post(way, json=FOX, headers={"origin": "https://films.example"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert jobs(client) == before


def test_what_was_announced_and_never_came_is_refused_and_nobody_can_guess_an_address(client):
    place = begun(client)
    said = at_fault(client.post("/fal/run/fal-ai/flux/dev", json={**FOX, "image_url": place["file_url"]}), 404)
    assert "Upload it first" in said["message"]
    assert client.get(place["file_url"]).status_code == 404
    assert len(urlsplit(place["upload_url"]).path.rpartition("/")[2]) == 43
    for path in ("/fal/storage/put/" + "A" * 43, "/fal/storage/put/1", "/api/uploadthing/put/" + "A" * 43):
        assert client.put(path, content=png()).status_code in (400, 404)


def test_a_file_that_is_no_media_leaves_nothing(server, client):
    place = begun(client)
    at_fault(client.put(place["upload_url"], content=b"<script>"), 422)
    assert client.get(place["file_url"]).status_code == 404
    assert not list((server.home / "tmp").glob("upload-*"))


def test_parts_that_are_missing_are_asked_for(client):
    place = client.post("/fal/storage/upload/initiate-multipart", json={"file_name": "a.png"}).json()
    whole = png()
    first = client.put(f"{place['upload_url']}/1", content=whole[:50])
    assert first.json()["etag"] == first.headers["etag"]
    wanted = {"parts": [{"partNumber": 1, "etag": first.json()["etag"]}, {"partNumber": 2, "etag": "x"}]}
    at_fault(client.post(f"{place['upload_url']}/complete", json=wanted), 422)
    client.put(f"{place['upload_url']}/2", content=whole[50:])
    assert client.post(f"{place['upload_url']}/complete", json=wanted).status_code == 200
    assert client.get(place["file_url"]).content == whole
    at_fault(client.put(f"{place['upload_url']}/0", content=b"x"), 422)
