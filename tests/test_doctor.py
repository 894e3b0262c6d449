"""The doctor: what it finds on this machine, what it says of a broken one, and that it leaves no trace."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import ffmpeg
from studio import doctor
from studio.doctor import machine, media, models
from studio.settings import Settings

HOUSE = Path(__file__).parent.parent


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings.load(home, port="auto")


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A PATH with one folder of this test's own; ffmpeg is looked for anew."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    ffmpeg.binary.cache_clear()
    yield folder
    ffmpeg.binary.cache_clear()


def test_a_machine_that_is_set_up_has_nothing_bad(settings, home):
    checks = doctor.examine(settings)
    assert [c for c in checks if c.state == "bad"] == []
    assert len({c.name for c in checks}) >= len(doctor.LOOKS)
    assert all(c.found for c in checks)
    assert all(c.cure for c in checks if c.state != "ok")
    assert not home.exists(), "looking makes nothing"


def test_without_a_system_ffmpeg_the_wheels_serves_and_writes_every_format(settings, path):
    check = media.film(settings)
    assert check.state == "ok"
    assert "imageio_ffmpeg" in check.found


@pytest.mark.parametrize(
    ("script", "state", "words"),
    [
        ("echo ' V..... libx264  H.264'; echo ' A..... aac  AAC'", "warn", "WebM"),
        ("echo ' A..... aac  AAC'", "bad", "libx264"),
    ],
)
def test_an_ffmpeg_with_encoders_missing_is_told_by_what_it_cannot_write(settings, path, script, state, words):
    (path / "ffmpeg").write_text(f"#!/bin/sh\n{script}\n")
    (path / "ffmpeg").chmod(0o755)
    check = media.film(settings)
    assert check.state == state
    assert words in check.found
    assert check.cure


def test_an_ffmpeg_that_does_not_start_is_bad(settings, path):
    (path / "ffmpeg").write_text("no program at all")
    (path / "ffmpeg").chmod(0o755)
    assert media.film(settings).state == "bad"


def test_a_home_that_cannot_be_written_is_bad(tmp_path):
    (tmp_path / "file").touch()
    assert machine.home(Settings.load(tmp_path / "file" / "home")).state == "ok", "the folder above it serves"
    check = machine.home(Settings.load("/proc/homereel"))
    assert check.state == "bad"
    assert "STUDIO_HOME" in check.cure


def test_a_port_somebody_has_is_told(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        check = machine.port(Settings.load(home, port=taken.getsockname()[1]))
    assert check.state == "warn"
    assert "--port auto" in check.cure


def test_a_misspelt_variable_is_told(settings, monkeypatch):
    monkeypatch.setenv("STUDIO_PROT", "8000")
    check = machine.unknown_settings(settings)
    assert check.state == "warn"
    assert "STUDIO_PROT" in check.found


def test_a_device_that_is_not_here_is_told(home):
    check = models.accelerator(Settings.load(home, device="cuda:9"))
    assert check.state == "warn"
    assert "STUDIO_DEVICE" in check.cure


def test_studio_doctor_prints_the_same_for_people_and_programs(home):
    command = [sys.executable, "-c", "from app import main; main()", "doctor", "--home", str(home)]
    environment = {**os.environ, "STUDIO_PORT": "auto"}
    told = subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    listed = json.loads(subprocess.check_output([*command, "--json"], cwd=HOUSE, env=environment))
    assert {"name", "state", "found", "cure"} == set(listed[0])
    for check in listed:
        assert check["name"] in told.stdout


def test_the_doctor_asks_after_the_gpu_without_torch(home):
    script = (
        "import sys; from studio import doctor; doctor.examine(doctor.Settings.load(sys.argv[1]));"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, home], cwd=HOUSE, check=True)
