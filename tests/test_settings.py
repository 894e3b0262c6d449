"""Settings: who wins over whom, what cannot be meant, and that no secret is ever shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from conftest import HOUSE
from studio.settings import BadSetting, Settings, variable


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nobody has set anything yet."""
    for name in [n for n in os.environ if n.startswith("STUDIO_") or n in ("HF_TOKEN", "HF_HOME")]:
        monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path):
    return lambda text: (tmp_path / "settings.toml").write_text(text)


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path, write, monkeypatch):
    assert Settings.load(tmp_path).port == 7860
    write("port = 7001\nworkers = 3")
    assert Settings.load(tmp_path).port == 7001
    monkeypatch.setenv("STUDIO_PORT", "7002")
    assert Settings.load(tmp_path).port == 7002
    assert Settings.load(tmp_path, port="7003").port == 7003
    assert Settings.load(tmp_path, port=None).port == 7002, "a flag that was not given says nothing"
    assert Settings.load(tmp_path).workers == 3


def test_the_home_is_the_platforms_data_folder_unless_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Settings.load().home.name == "homereel"
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "mine"))
    assert Settings.load().home == tmp_path / "mine"
    assert Settings.load(tmp_path / "flag").home == tmp_path / "flag"
    assert not list(tmp_path.iterdir()), "reading settings writes nothing"


def test_an_empty_variable_is_one_that_is_not_set(tmp_path, monkeypatch):
    monkeypatch.setenv("STUDIO_PASSWORD", "")
    assert Settings.load(tmp_path).password is None


def test_huggingfaces_own_names_keep_their_meaning(tmp_path, write, monkeypatch):
    write('hf_token = "from the file"\nhf_home = "/models"')
    assert Settings.load(tmp_path).hf_token.get_secret_value() == "from the file"
    monkeypatch.setenv("HF_TOKEN", "from outside")
    found = Settings.load(tmp_path)
    assert found.hf_token.get_secret_value() == "from outside"
    assert found.hf_home == Path("/models")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STUDIO_PORT", "abc"),
        ("STUDIO_PORT", "0"),
        ("STUDIO_PORT", "65536"),
        ("STUDIO_HOST", "studio.example"),
        ("STUDIO_NAMES", "http://studio.example"),
        ("STUDIO_PROXY", "nginx"),
        ("STUDIO_ROOT_PATH", "studio"),
        ("STUDIO_ORIGIN", "app.example"),
        ("STUDIO_ORIGIN", "*"),
        ("STUDIO_UPLOAD_GB", "0"),
        ("STUDIO_DEVICE", "gpu"),
        ("STUDIO_VRAM_GB", "nan"),
        ("STUDIO_VRAM_GB", "-1"),
        ("STUDIO_OFFLINE", "perhaps"),
        ("STUDIO_JOB_TIMEOUT_S", "0"),
        ("STUDIO_WORKERS", "1000"),
        ("STUDIO_LLM_URL", "ftp://x"),
        ("STUDIO_COMFYUI_URL", "http://me:secret@127.0.0.1:8188"),
    ],
)
def test_a_variable_that_cannot_be_meant_is_named(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as fault:
        Settings.load(tmp_path)
    assert name in fault.value.message
    assert fault.value.advice
    assert "secret" not in fault.value.message + fault.value.advice


def test_the_message_says_where_the_bad_one_stands(tmp_path, write):
    with pytest.raises(BadSetting, match=r"^--job-timeout-s cannot"):
        Settings.load(tmp_path, job_timeout_s=0)
    write("port = 99999")
    with pytest.raises(BadSetting, match=r"^port in .*settings.toml cannot"):
        Settings.load(tmp_path)
    with pytest.raises(BadSetting, match="nope is no setting"):
        Settings.load(tmp_path / "other", nope=1)


@pytest.mark.parametrize(
    ("text", "says"),
    [("port =", "cannot be read"), ("prot = 1", "sets prot"), ('home = "/x"', "sets home"), ("port = 'a\x00'", "read")],
)
def test_a_broken_file_is_a_fault_that_names_it(tmp_path, write, text, says):
    write(text)
    with pytest.raises(BadSetting, match=says) as fault:
        Settings.load(tmp_path)
    assert str(tmp_path / "settings.toml") in fault.value.message


def test_a_file_that_is_no_text_or_no_file_is_a_fault_too(tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSetting):
        Settings.load(tmp_path)
    (tmp_path / "other" / "settings.toml").mkdir(parents=True)
    with pytest.raises(BadSetting):
        Settings.load(tmp_path / "other")


@pytest.mark.parametrize("name", ["password", "llm_key", "hf_token"])
def test_no_secret_is_shown(tmp_path, write, name):
    write(f'{name} = "open sesame"')
    found = Settings.load(tmp_path)
    shown = f"{found!r} {found} {found.model_dump()} {found.model_dump_json()}"
    assert "sesame" not in shown
    assert found.environment()[variable(name)] == "open sesame", "only a process of our own gets it"


def test_what_a_process_of_ours_is_handed_makes_the_same_settings(tmp_path, write, monkeypatch):
    write('llm_url = "http://127.0.0.1:11434/"\nhf_token = "t"\npassword = "p"')
    found = Settings.load(tmp_path, offline=True, device="cpu", port="auto", vram_gb=7.5)
    for name, value in found.environment().items():
        monkeypatch.setenv(name, value)
    (tmp_path / "settings.toml").unlink()
    assert Settings.load() == found
    assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize(
    ("said", "listens", "open_to_others"),
    [
        ({}, "127.0.0.1", False),
        ({"host": "localhost"}, "localhost", False),
        ({"password": "open sesame"}, "127.0.0.1", False),
        ({"lan": True}, "0.0.0.0", True),
        ({"host": "0.0.0.0"}, "0.0.0.0", True),
        ({"lan": True, "host": "192.168.1.5"}, "192.168.1.5", True),
        ({"host": "::"}, "::", True),
        ({"proxy": "127.0.0.1"}, "127.0.0.1", True),
        ({"names": "studio.example"}, "127.0.0.1", True),
    ],
)
def test_whoever_can_be_reached_by_others_is_open_to_them(tmp_path, said, listens, open_to_others):
    found = Settings.load(tmp_path, **said)
    assert (found.listens_on, found.open_to_others) == (listens, open_to_others)


def test_every_promised_variable_is_a_setting():
    promised = """HOME HOST PORT PASSWORD DEVICE VRAM_GB OFFLINE JOB_TIMEOUT_S LLM_URL LLM_MODEL LLM_KEY RIVA_URL
        COMFYUI_URL SEEDVR_HOME RAY_ADDRESS"""
    assert {f"STUDIO_{name}" for name in promised.split()} | {"HF_TOKEN", "HF_HOME"} <= {
        variable(name) for name in Settings.model_fields
    }


def test_the_papers_list_every_setting():
    papers = (HOUSE / "docs" / "deploy.md").read_text()
    assert [v for v in map(variable, Settings.model_fields) if f"`{v}`" not in papers] == []


def test_every_variable_that_the_code_reads_stands_in_the_papers():
    papers = "".join(page.read_text() for page in (HOUSE / "docs").glob("*.md"))
    code = [
        HOUSE / "app.py",
        HOUSE / "setup.sh",
        *(HOUSE / "studio").rglob("*.py"),
        *(HOUSE / "pipelines").rglob("*.py"),
    ]
    read = set().union(*(re.findall(r"STUDIO_[A-Z][A-Z_]*[A-Z]", file.read_text()) for file in code))
    tests_own = {"STUDIO_FAILPOINT", "STUDIO_TEST_CHROMIUM"}
    assert [name for name in sorted(read - tests_own) if name not in papers] == []
