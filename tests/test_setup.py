"""setup.sh, with a real shell and a real virtual environment; only uv is a stand-in, so that nothing is fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
LISTS = ("requirements-light.txt", "requirements.txt", "requirements-test.txt", "overrides.txt")
UV = """#!/bin/sh
echo "$@" >>"$UV_LOG"
case $1 in
    --version) ;;
    venv) for last; do :; done; exec "$REAL_PYTHON" -m venv --without-pip "$last" ;;
    pip) exit "${UV_CODE:-0}" ;;
esac
"""


@dataclass
class Clone:
    """A fresh copy of what set-up reads, on a machine whose tools are in `tools`."""

    root: Path
    tools: Path

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (self.tools / "log").write_text("")
        surroundings = {
            **os.environ,
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "UV_LOG": str(self.tools / "log"),
            "REAL_PYTHON": sys.executable,
            "STUDIO_TEST_CHROMIUM": "named",
        }
        return subprocess.run(
            [self.root / "setup.sh", *arguments],
            env=surroundings | environment,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    def tool(self, name: str, script: str) -> None:
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    @property
    def installed(self) -> list[str]:
        """The lists the last call had uv install."""
        lines = (self.tools / "log").read_text().splitlines()
        return [Path(line.split(" -r ")[1].split(" --override")[0]).name for line in lines if line.startswith("pip")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "my studio", tmp_path / "tools")
    made.root.mkdir()
    made.tools.mkdir()
    for name in ("setup.sh", *LISTS):
        shutil.copy(HOUSE / name, made.root)
    (made.root / "app.py").write_text(
        "import sys\ndef main():\n    print('studio got', sys.argv)\nif __name__ == '__main__': main()\n"
    )
    made.tool("uv", UV)
    made.tool("ffmpeg", "#!/bin/sh\n")
    return made


def test_the_script_is_clean():
    subprocess.run(["bash", "-n", HOUSE / "setup.sh"], check=True)
    tool = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not tool:
        pytest.skip("no shellcheck here")
    found = subprocess.run([tool, HOUSE / "setup.sh", HOUSE / ".ci" / "run"], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_it_says_what_it_can_do(clone):
    for call in ((), ("help",), ("--help",)):
        said = clone(*call)
        assert said.returncode == 0
        assert all(verb in said.stdout for verb in ("run", "test", "models", "service"))


@pytest.mark.parametrize("call", [("nonsense",), ("models", "more"), ("service", "--what")])
def test_wrong_usage_is_2(clone, call):
    assert clone(*call).returncode == 2


def test_a_second_call_installs_nothing(clone):
    first = clone("models")
    assert first.returncode == 0, first.stderr
    assert clone.installed == ["requirements.txt"]
    assert clone("models").returncode == 0
    assert (clone.tools / "log").read_text() == ""
    assert not (clone.root / ".setup.lock").is_symlink()


def test_what_is_installed_serves_whoever_needs_less_and_grows_for_whoever_needs_more(clone):
    clone("models")
    run = clone("run", "--port", "8000")
    assert "studio got ['app.py', '--port', '8000']" in run.stdout
    assert clone.installed == []
    clone("test")
    assert clone.installed == ["requirements-test.txt"]


def test_changed_lists_are_installed_again_and_nothing_is_given_up(clone):
    clone("test")
    with (clone.root / "requirements-light.txt").open("a") as file:
        file.write("one-more\n")
    clone("run")
    assert clone.installed == ["requirements-test.txt"]


def test_a_failed_install_says_so_and_the_next_call_goes_on(clone):
    failed = clone("models", UV_CODE="2")
    assert failed.returncode == 1
    assert "could not be installed" in failed.stderr
    assert "run the same command again" in failed.stderr
    assert not (clone.root / ".setup.lock").is_symlink()
    environment = (clone.root / ".venv").stat().st_ino
    assert clone("models").returncode == 0
    assert clone.installed == ["requirements.txt"]
    assert (clone.root / ".venv").stat().st_ino == environment, "what was there stays"


def test_after_a_killed_install_the_environment_is_made_anew(clone):
    """A package may be half written, and look whole to the next install."""
    assert clone("models", UV_CODE="137").returncode == 1
    half_written = clone.root / ".venv" / "half written"
    half_written.touch()
    said = clone("models")
    assert said.returncode == 0
    assert "cut off" in said.stdout
    assert not half_written.exists()


def test_a_lock_left_by_a_dead_set_up_is_taken_over(clone):
    gone = subprocess.Popen(["true"])
    gone.wait()
    (clone.root / ".setup.lock").symlink_to(str(gone.pid))
    assert clone("models").returncode == 0


def test_too_little_disk_is_found_before_anything_is_installed(clone):
    clone.tool("df", "#!/bin/sh\necho 'Filesystem 1024-blocks Used Available'\necho '/dev/x 100 0 3145728 0% /'\n")
    short = clone("models")
    assert short.returncode == 1
    assert "10 GB of disk are needed" in short.stderr
    assert "3 GB are free" in short.stderr
    assert not (clone.root / ".venv").exists()


def test_no_python_is_said_in_words(clone):
    clone.tool("uv", UV.replace("venv)", "venv) exit 2;;\n    x)"))
    said = clone("models")
    assert said.returncode == 1
    assert "Python 3.11" in said.stderr
    assert "apt-get install" in said.stderr


def test_the_studio_command_works_from_any_folder(clone, tmp_path):
    clone("models")
    (tmp_path / "app.py").write_text("raise SystemExit('another app')")
    command = [clone.root / ".venv" / "bin" / "studio", "jobs", "a b"]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert said.stdout.strip() == "studio got ['studio', 'jobs', 'a b']", said.stderr


def test_the_service_survives_odd_folder_names(clone, tmp_path):
    odd = tmp_path / 'a "b" 100%'
    clone.root.rename(odd)
    clone.root = odd
    unit = clone("service", "--print").stdout
    folder = str(odd).replace("%", "%%")
    assert f"WorkingDirectory={folder}\n" in unit
    quoted = folder.replace('"', '\\"')
    assert f'ExecStart="{quoted}/.venv/bin/python" app.py\n' in unit
    assert "Restart=on-failure" in unit


def test_without_systemd_the_service_says_what_to_do_instead(clone):
    if Path("/run/systemd/system").is_dir():
        pytest.skip("this machine has it")
    for call in (("service",), ("service", "--remove")):
        said = clone(*call)
        assert said.returncode == 1
        assert "setup.sh run" in said.stderr


def test_ci_runs_what_everybody_runs():
    script = HOUSE / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "./setup.sh test" in script.read_text()
