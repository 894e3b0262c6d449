"""`studio keys` and `studio password`: made, shown once, listed, revoked; and the studio is locked from then on."""

from __future__ import annotations

import io
import json

import pytest

from studio.cli import main
from studio.settings import Settings
from studio.studio import Studio


@pytest.fixture
def run(home, capsys, monkeypatch):
    """Run a command on the test's home: its exit code, what it printed, and what it complained of."""

    def run(*words, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main([*words, "--home", str(home)])
        return ended.value.code or 0, *capsys.readouterr()

    return run


def locks(home):
    return Studio(Settings.load(home)).locks


def test_a_key_is_made_listed_without_itself_and_revoked(home, run):
    code, out, _ = run("keys", "add", "Render farm", "--role", "make", "--expires", "7d")
    key = out.strip()
    assert code == 0
    assert locks(home).by_key(key).name == "Render farm"
    code, listed, _ = run("keys", "list")
    assert "Render farm" in listed
    assert key not in listed
    (found,) = json.loads(run("keys", "list", "--json")[1])
    assert found["role"] == "make"
    assert found["expires"]
    assert run("keys", "revoke", found["id"])[0] == 0
    assert locks(home).by_key(key) is None
    code, _, said = run("keys", "revoke", found["id"])
    assert code == 1
    assert said.startswith("studio: There is no such key.")


def test_a_key_can_be_printed_for_a_program(run):
    made = json.loads(run("keys", "add", "x", "--json")[1])
    assert made["key"].startswith("hr_")
    assert made["expires"] is None


@pytest.mark.parametrize("when", ["soon", "7", "2020-01-01", "99999999d"])
def test_an_end_that_cannot_be_meant_is_refused(run, when):
    code, _, said = run("keys", "add", "x", "--expires", when)
    assert code == 1
    assert said.startswith("studio: ")


def test_the_password_is_set_from_a_pipe_and_taken_away(home, run):
    assert run("password", typed="three words together\n")[0] == 0
    assert locks(home).on
    assert locks(home).enter_by_password("three words together")
    assert run("password", typed="short\n")[0] == 1
    assert run("password", "--remove")[0] == 0
    assert not locks(home).on
