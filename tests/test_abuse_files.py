"""What a client names is never a file of this machine or an address inside it, and what it sends is never run."""

from __future__ import annotations

import re

import pytest

from abuse import SONG, guest, of_another, scrubbed, traps, watched
from doors import FILES
from test_api import png, refused


@pytest.mark.parametrize("door", FILES, ids=lambda door: door.name)
def test_no_door_opens_a_file_or_an_address_that_a_client_names(guest, traps, door):
    for value in traps[1]:
        answer = door.ask(guest, value)
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
    answers = [door.ask(guest, id) for id in (of_another["asset"], "0" * 64)]
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
