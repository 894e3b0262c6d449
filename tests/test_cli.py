"""The command line: the same jobs, the same ledger, plain words and honest exit codes."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from conftest import HOUSE, until
from studio import cli
from studio.types import GenerationRequest


@pytest.fixture
def studio_command(home):
    """Run `studio ...` in a process of its own, on this test's home."""

    def run(*arguments, **more):
        return subprocess.run(
            command(*arguments), capture_output=True, text=True, env={**os.environ, "STUDIO_HOME": str(home)}, **more
        )

    return run


def command(*arguments):
    code = "import sys; sys.argv[0] = 'studio'; from app import main; main()"
    return [sys.executable, "-c", code, *map(str, arguments)]


SMALL = ("-o", "width=320", "-o", "height=256", "-o", "seed=4")


def test_a_picture_is_made_and_put_where_it_was_asked_for(studio_command, tmp_path):
    out = tmp_path / "fox.png"
    done = studio_command("generate", "image", "a fox in the snow", *SMALL, "--out", out)
    assert (done.returncode, done.stdout.strip()) == (0, str(out)), done.stderr
    assert Image.open(out).size == (320, 256)


def test_json_is_the_job_and_jobs_lists_it(studio_command):
    job = json.loads(studio_command("generate", "image", "a fox", *SMALL, "--json").stdout)
    assert (job["status"], job["assets"][0]["kind"]) == ("done", "image")
    assert json.loads(studio_command("jobs", job["id"], "--json").stdout)["id"] == job["id"]
    assert job["id"] in studio_command("jobs").stdout


def test_a_file_on_the_command_line_goes_into_the_library(studio_command, tmp_path):
    out = tmp_path / "first.png"
    studio_command("generate", "image", "a red barn", *SMALL, "--out", out)
    job = json.loads(studio_command("generate", "image", "in ink", *SMALL, "-o", f"source={out}", "--json").stdout)
    assert job["status"] == "done"
    assert len(job["recipe"]["options"]["source"]) == 64


def test_what_enters_by_the_command_line_is_seen_by_a_running_studio(own_server, studio_command):
    own_server.start()
    job = json.loads(studio_command("generate", "image", "a fox", *SMALL, "--json").stdout)
    with own_server.client() as client:
        seen = client.get(f"/api/v1/jobs/{job['id']}").json()
    assert (seen["status"], seen["assets"][0]["id"]) == ("done", job["assets"][0]["id"])


def test_a_timeline_file_is_exported(studio_command, tmp_path):
    job = json.loads(studio_command("generate", "image", "a fox", *SMALL, "--json").stdout)
    clip = {"type": "clip", "asset": job["assets"][0]["id"], "in": 0, "frames": 12}
    timeline = {
        "version": 1,
        "fps": "24/1",
        "width": 320,
        "height": 180,
        "tracks": [{"kind": "video", "items": [clip]}],
    }
    (tmp_path / "cut.json").write_text(json.dumps(timeline))
    done = studio_command("export", tmp_path / "cut.json", "--out", tmp_path / "film.mp4")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "film.mp4").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("generate", "image", "x", "--model", "nobody"), 1, "draft-image"),
        (("generate", "image", "x", "-o", "width=1"), 1, "width"),
        (("generate", "image", "x", "--model", "draft-music"), 1, "makes music"),
        (("generate", "smell", "x"), 2, "image, video"),
        (("generate",), 2, "Missing"),
        (("cancel", "nobody"), 1, "no job"),
        (("export", "nobody", "--out", "x.mp4"), 1, "no such project"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(studio_command, arguments, code, words):
    refused = studio_command(*arguments)
    assert refused.returncode == code
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    assert code == 2 or len(refused.stderr.strip().splitlines()) == 1


def test_ctrl_c_cancels_the_job_and_exits_with_130(home):
    env = {**os.environ, "STUDIO_HOME": str(home)}
    making = subprocess.Popen(
        command("generate", "video", "a harbour", "-o", "duration_s=60"), env=env, stderr=subprocess.DEVNULL, cwd=HOUSE
    )

    def running():
        listed = subprocess.run(command("jobs", "--json"), env=env, capture_output=True, text=True, cwd=HOUSE)
        return [job for job in json.loads(listed.stdout or "[]") if job["status"] == "running"]

    (job,) = until(running)
    making.send_signal(signal.SIGINT)
    assert making.wait(20) == 130
    shown = subprocess.run(command("jobs", job["id"], "--json"), env=env, capture_output=True, text=True, cwd=HOUSE)
    assert json.loads(shown.stdout)["status"] == "cancelled"


def test_models_are_listed_with_their_state(studio_command):
    listed = json.loads(studio_command("models", "list", "--json").stdout)
    assert {m["id"]: m["status"] for m in listed}["draft-image"] == "ready"


def test_every_command_says_json_where_it_is_asked_to():
    rooms = [cli.app, *(group.typer_instance for group in cli.app.registered_groups)]
    deeds = [command.callback for room in rooms for command in room.registered_commands]
    silent = {deed.__name__ for deed in deeds if "as_json" not in inspect.signature(deed).parameters}
    assert silent <= {"serve", "tui"}


def test_what_is_done_to_the_queue_is_told_as_json(studio_command, studio):
    job, _ = studio.submit(GenerationRequest(model="draft-image", options={"prompt": "later"}))
    paused, cancelled = (
        json.loads(studio_command(*words, "--json").stdout) for words in (("pause",), ("cancel", job.id))
    )
    assert (paused, cancelled["id"], cancelled["status"]) == ({"paused": True}, job.id, "cancelled")


def test_the_shell_completes_tasks_and_models(home):
    def completed(words):
        asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1), "_STUDIO_COMPLETE": "complete_bash"}
        done = subprocess.run(command(), capture_output=True, text=True, cwd=HOUSE, env={**os.environ, **asked})
        return done.stdout.split()

    assert completed("studio generate im") == ["image"]
    assert completed("studio generate image x --model draft-im") == ["draft-image"]


def test_the_doctor_reports_as_words_and_as_json(studio_command):
    assert "ffmpeg" in studio_command("doctor").stdout
    assert {"name", "state", "found", "cure"} <= set(json.loads(studio_command("doctor", "--json").stdout)[0])


def test_a_port_in_use_names_the_next_free_one(own_server, tmp_path):
    own_server.start()
    again = subprocess.run(
        [sys.executable, "app.py", "--home", str(tmp_path / "other"), "--port", str(own_server.port)],
        capture_output=True, text=True, cwd=HOUSE,
    )  # fmt: skip
    assert again.returncode == 1
    assert f"Port {own_server.port} is in use" in again.stderr
    assert "--port" in again.stderr
