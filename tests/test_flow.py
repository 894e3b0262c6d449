"""One film through every room: words become a picture, a shot, music and a voice, are cut together, and come out."""

from __future__ import annotations

import subprocess

import av
import pytest

from conftest import until
from pipelines.ffmpeg import binary

FPS = 24


@pytest.fixture(scope="module")
def client(server):
    with server.client() as client:
        yield client


def make(client, model, **options):
    return client.post("/api/v1/jobs", json={"model": model, "options": {"seed": 11, **options}}).json()["id"]


def clip(asset, frames, **more):
    return {"type": "clip", "asset": asset["id"], "in": 0, "frames": frames, **more}


def cut(takes):
    """Four shots with dissolves, a title, a voice with its captions, and music that makes way for it."""
    picture, shot, music, voice = (takes[name] for name in ("picture", "shot", "music", "voice"))
    dissolve = {"type": "transition", "name": "dissolve", "frames": 12}
    said = int(voice["duration_s"] * FPS)
    drift = {"from": [0, 0, 1, 1], "to": [0.1, 0.1, 0.8, 0.8]}
    shots = [clip(picture, 48, motion=drift), dissolve, clip(shot, 48), dissolve, clip(picture, 48), clip(shot, 48)]
    return {
        "version": 1, "title": "The Light", "fps": f"{FPS}/1", "width": 640, "height": 360, "loudness_lufs": -14,
        "tracks": [
            {"kind": "video", "items": shots},
            {"kind": "video", "items": [
                {"type": "gap", "frames": 12},
                {"type": "title", "text": "The Light", "style": "lower-third", "frames": 48, "fade_in": 6},
            ]},
            {"kind": "audio", "role": "narration", "items": [{"type": "gap", "frames": 12}, clip(voice, said)]},
            {"kind": "audio", "role": "music", "gain_db": -6, "duck": True, "items": [clip(music, 168, fade_out=24)]},
            {"kind": "captions", "style": "subtitle", "items": [
                {"type": "gap", "frames": 12}, {"type": "caption", "text": "A light on the water.", "frames": said},
            ]},
        ],
    }  # fmt: skip


def loudness(path):
    said = subprocess.run(
        [binary(), "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr.rsplit("Summary:", 1)[1]  # fmt: skip
    figures = dict(line.split(":") for line in said.splitlines() if line.count(":") == 1 and line.split(":")[1].strip())
    return float(figures["    I"].split()[0]), float(figures["    Peak"].split()[0])


def test_words_become_a_film(server, client, tmp_path):
    size = {"width": 640, "height": 360}
    jobs = {
        "picture": make(client, "draft-image", prompt="a lighthouse by the sea at dusk", **size),
        "music": make(client, "draft-music", prompt="calm piano", duration_s=7),
        "voice": make(client, "draft-speech", text="A light on the water."),
    }
    takes = {name: server.done(id)["assets"][0] for name, id in jobs.items()}
    start = takes["picture"]["id"]
    shot = server.done(make(client, "draft-video", prompt="slow dolly in", start=start, duration_s=2, fps=FPS, **size))
    takes["shot"] = shot["assets"][0]

    project = client.post("/api/v1/projects", json={"title": "The Light", "timeline": cut(takes)})
    assert project.status_code == 201, project.text
    job = client.post(f"/api/v1/projects/{project.json()['id']}/export", json={"format": "mp4"}).json()
    done = server.done(job["id"])
    assert done["status"] == "done", done["error"]

    film = tmp_path / "film.mp4"
    film.write_bytes(client.get(done["assets"][0]["url"]).content)
    with av.open(str(film)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 168
    assert done["assets"][0]["duration_s"] == pytest.approx(7, abs=1 / FPS)
    subprocess.run([binary(), "-v", "error", "-xerror", "-i", str(film), "-f", "null", "-"], check=True)
    integrated, peak = loudness(film)
    assert integrated == pytest.approx(-14, abs=0.5)
    assert peak <= -1


def test_what_a_closed_page_asked_for_is_still_made(server):
    with server.client() as client:
        id = make(client, "draft-video", prompt="rain on a street", duration_s=2, width=320, height=256)
    with server.client() as another:
        until(lambda: another.get(f"/api/v1/jobs/{id}").json()["status"] == "done", 60)
