"""The API is as its description says: schemathesis asks what the description allows, and what it does not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import HOUSE

SLOW = "doctor|models/.*/(download|verify)|projects/sample"  # seconds each, and tested where they are at home


@pytest.fixture(scope="module")
def api(server):
    with server.client() as client:
        return client.get("/api/v1/openapi.json").json()


def test_nothing_the_description_allows_or_forbids_makes_it_a_lie(server, tmp_path):
    program = Path(sys.executable).with_name("schemathesis")
    limits = ["--phases", "fuzzing", "--max-examples", "3", "--generation-deterministic", "--exclude-path-regex", SLOW]
    asked = subprocess.run(
        [program, "--config-file", HOUSE / "tests" / "schemathesis.toml", "run", *limits, "--warnings", "off",
         "--request-timeout", "60", "--no-color", f"{server.url}/api/v1/openapi.json"],
        capture_output=True, text=True, timeout=170, cwd=tmp_path,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stdout[-6000:] + asked.stderr[-2000:]
    assert int(re.search(r"(\d+) generated", asked.stdout)[1]) > 100


def test_every_call_has_a_name_and_a_schema_of_what_comes_back(api):
    calls = [call for methods in api["paths"].values() for call in methods.values()]
    names = [call["operationId"] for call in calls]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names), names
    for call in calls:
        good = [answer for status, answer in call["responses"].items() if status.startswith("2")]
        assert good, call["operationId"]
        for answer in good:
            shapes = [part.get("schema") for part in answer.get("content", {}).values()]
            assert all(shapes) or "204" in call["responses"], call["operationId"]


def test_no_parameter_is_null_and_no_project_is_changed_without_its_version(api):
    for methods in api["paths"].values():
        for call in methods.values():
            for parameter in call.get("parameters", []):
                assert {"type": "null"} not in parameter["schema"].get("anyOf", []), call["operationId"]
                assert parameter["required"] or parameter["name"] != "If-Match"
