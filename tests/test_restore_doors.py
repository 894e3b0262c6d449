"""Restoring by every door: the same job, its report, its frames to compare, and a timeline's clips exchanged."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import expect

import footage
from conftest import apart, until
from footage import psnr, read, scene, write
from pipelines.faults import Stale
from studio import restoring
from studio.restoring import NothingToExchange

serial = itertools.count(1)


@pytest.fixture
def old(tmp_path) -> Path:
    """A small clip with noise in it; another one each time."""
    return write(tmp_path / "old.mp4", footage.noisy(scene(12, 128, 96, seed=next(serial) + 40), 10))


def sent(server, file: Path) -> str:
    with server.client() as http, file.open("rb") as data:
        return http.post("/api/v1/assets", files={"file": (file.name, data)}).json()["id"]


# --- HTTP -----------------------------------------------------------------------------------------------------------


def test_it_is_measured_restored_and_compared_over_http(server, old):
    id = sent(server, old)
    with server.client() as http:
        found = http.get(f"/api/v1/assets/{id}/condition").json()
        assert found["suggested"]["denoise"] > 0.1
        assert {line["state"] for line in found["findings"]} == {"ok", "warn"}
        assert http.get(f"/api/v1/assets/{id}/condition").json() == found
        job = http.post("/api/v1/jobs", json={"model": "draft-restore", "options": {"source": id, "size": "2x"}}).json()
        done = server.done(job["id"])
        made = done["assets"][0]
        assert (made["width"], made["height"], made["name"]) == (256, 192, "old-restored.mp4")
        assert made["recipe"]["options"]["source"] == id, "the link to the original"
        assert made["recipe"]["options"]["denoise"] == found["suggested"]["denoise"], (
            "what was measured is in the recipe"
        )
        assert done["result"]["used"]["denoise"] == found["suggested"]["denoise"]
        frames = [http.get(f"/api/v1/assets/{one}/frame", params={"t": 0.21, "width": 256}) for one in (id, made["id"])]
    shown = [np.asarray(Image.open(io.BytesIO(frame.content)).convert("L"), np.float32) for frame in frames]
    assert [frame.headers["content-type"] for frame in frames] == ["image/jpeg"] * 2
    assert shown[0].shape == shown[1].shape == (192, 256)
    assert psnr(*shown) > 26, "the same moment of both"


def test_a_refusal_names_the_fault(server, old, tmp_path):
    sound = tmp_path / "tone.wav"
    footage.subprocess.run(
        [footage.ffmpeg.binary(), *footage.ffmpeg.QUIET, "-f", "lavfi", "-i", "sine=d=1", str(sound)], check=True
    )
    id, tone = sent(server, old), sent(server, sound)
    with server.client() as http:
        for path in (f"/assets/{tone}/condition", f"/assets/{tone}/frame"):
            assert http.get(f"/api/v1{path}").status_code == 415
        assert http.get("/api/v1/assets/nobody/condition").status_code == 404
        assert http.get(f"/api/v1/assets/{id}/frame?t=nan").status_code == 422
        for options in ({}, {"source": tone}, {"source": id, "size": "9x"}, {"source": id, "sharpen": 3}):
            said = http.post("/api/v1/jobs", json={"model": "draft-restore", "options": options})
            assert said.status_code == 422, options
        late = http.post(
            "/api/v1/jobs", json={"model": "draft-restore", "options": {"source": id, "from_s": 60}}
        ).json()
    assert server.done(late["id"])["error"]["type"] == "invalid"


# --- Python, command line -------------------------------------------------------------------------------------------


def test_gradio_client_restores_an_upload(server, old):
    def restored():
        client = Client(server.url, verbose=False)
        return client.predict(handle_file(str(old)), "draft-restore", size="2x", fps=50, api_name="/restore_video")

    file, job = apart(restored)
    film, times = read(Path(file["video"] if isinstance(file, dict) else file))
    assert film.shape[1:] == (192, 256)
    assert float(times[1]) == pytest.approx(1 / 50)
    assert job["status"] == "done"


def test_the_command_line_restores_and_reports(server, old, tmp_path):
    def studio(*arguments):
        code = "import sys; sys.argv[0] = 'studio'; from app import main; main()"
        command = [sys.executable, "-c", code, "restore", str(old), *arguments, "--home", str(server.home)]
        return subprocess.run(command, capture_output=True, text=True)

    report = studio("--report", "--json")
    assert json.loads(report.stdout)["suggested"]["denoise"] > 0.1, report.stderr
    out = tmp_path / "new.mp4"
    done = studio("-o", "size=same", "--out", str(out))
    assert (done.returncode, done.stdout.strip()) == (0, str(out)), done.stderr
    assert len(read(out)[0]) == 12
    assert studio().returncode == 2
    assert "makes image" in studio("--model", "draft-image", "--out", str(out)).stderr


def test_the_command_line_knows_models_of_ones_own(old, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    lines = ["[mine]", 'repo = "/nowhere"', 'family = "pipelines.restore:Upscale"', 'task = "restore"']
    (home / "models.toml").write_text("\n".join(lines))
    code = "import sys; sys.argv[0] = 'studio'; from app import main; main()"
    command = [sys.executable, "-c", code, "restore", str(old), "--model", "mine", "--report", "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Noise" in done.stdout, done.stderr


# --- a timeline's clips ---------------------------------------------------------------------------------------------


def test_a_timelines_clips_are_exchanged_for_restored_ones_and_back(studio, work, old):
    source = studio.library.add(old)
    made = work("draft-restore", source=source.id, size="same").assets[0]
    trial = work("draft-restore", source=source.id, size="same", from_s=0.1, duration_s=0.2).assets[0]
    assert restoring.original_of(made) == source.id
    assert restoring.original_of(trial) is None, "a stretch stands for no clip"
    clips = [{"type": "clip", "asset": source.id, "in": n, "frames": 5} for n in (0, 3)]
    timeline = {"version": 1, "fps": "25/1", "width": 128, "height": 96, "tracks": [{"kind": "video", "items": clips}]}
    project = studio.projects.create("", timeline)

    def lying():
        return [(i["asset"], i["in"]) for i in studio.projects.get(project.id).timeline["tracks"][0]["items"]]

    with pytest.raises(NothingToExchange):
        restoring.exchange(studio, project.id, "originals", if_version=project.version)
    after = restoring.exchange(studio, project.id, "restored", if_version=project.version)
    assert lying() == [(made.id, 0), (made.id, 3)]
    with pytest.raises(Stale):
        restoring.exchange(studio, project.id, "originals", if_version=project.version)
    restoring.exchange(studio, project.id, "originals", if_version=after.version)
    assert lying() == [(source.id, 0), (source.id, 3)]
    studio.projects.undo(project.id)
    assert lying() == [(made.id, 0), (made.id, 3)], "one edit each"
    studio.projects.undo(project.id)
    assert lying() == [(source.id, 0), (source.id, 3)]


# --- the window -----------------------------------------------------------------------------------------------------


def test_in_the_window_a_clip_is_measured_tried_and_compared(server, page, tmp_path):
    clip = write(tmp_path / "holiday.mp4", footage.noisy(scene(75, 128, 96, seed=next(serial) + 40), 10))
    page.goto(f"{server.url}/?tab=restore")
    page.locator("#restore-source .add").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=True).click()
    chooser.value.set_files(str(clip))
    findings = page.locator("homereel-condition .findings li")
    expect(findings.filter(has_text="Noise")).to_have_attribute("data-state", "warn", timeout=60_000)
    page.get_by_role("button", name="Use what it suggests").click()
    expect(page.locator("#restore-denoise input[type=number]")).not_to_have_value("-1")
    page.locator("#restore-trial").click()
    frame = page.locator("homereel-restored .compare .frame")
    expect(frame).to_be_visible(timeout=90_000)
    seen = "(i) => i.complete && i.naturalWidth > 0"
    for side in ("before", "after"):
        until(lambda side=side: page.locator(f".compare img.{side}").evaluate(seen))
    page.locator(".compare .moment").fill("1")
    expect(page.locator('.compare img.after[src*="t=1."]')).to_be_attached(timeout=60_000)
    expect(page.locator(".compare .frame[aria-busy]")).to_have_count(0)
    with server.client() as http:
        job = http.get("/api/v1/jobs?task=restore&limit=1").json()["items"][0]
    assert job["recipe"]["options"]["duration_s"] == 2
    begins = job["recipe"]["options"]["from_s"]
    assert begins > 0
    shown = [page.locator(f".compare img.{side}").get_attribute("src") for side in ("before", "after")]
    moments = [float(src.rpartition("t=")[2]) for src in shown]
    assert moments[0] - moments[1] == pytest.approx(begins, abs=1e-3), "the same frame of both"
    expect(page.locator("homereel-restored .caption .said")).to_contain_text("the whole would take about")
    frame.get_by_role("slider").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert frame.evaluate("(f) => f.style.getPropertyValue('--at')") == "40%"


def test_nothing_to_restore_is_said_beside_the_button(server, page):
    page.goto(f"{server.url}/?tab=restore")
    page.locator("#restore-go").click()
    expect(page.locator("#restore-fault homereel-fault")).to_contain_text("nothing to restore")
