"""No secret leaves the house, and no environment that means it ill changes what it does."""

from __future__ import annotations

import json

from abuse import client, guest, watched
from conftest import PASSWORD, SECRETS


def test_no_secret_is_in_any_answer_or_log(locked):
    with client(locked, "admin") as admin:
        paths = [path for path in admin.get("/api/v1/openapi.json").json()["paths"] if "{" not in path]
        said = "".join(
            admin.get(path).text for path in [*paths, "/", "/config", "/gradio_api/info"] if "doctor" not in path
        )
    logs = [locked.home.parent / "server.log", *(locked.home / "logs").glob("*")]
    said += "".join(log.read_text(errors="replace") for log in logs)
    assert len(said) > 50_000
    for secret in (*SECRETS.values(), *locked.keys.values(), PASSWORD):
        assert secret not in said


def test_an_environment_that_means_gradio_ill_changes_nothing(guest):
    """The studio was started with GRADIO_SHARE, GRADIO_ALLOWED_PATHS, GRADIO_MCP_SERVER and more."""
    config = guest.get("/config").json()
    assert not config.get("is_space")
    assert "gradio.live" not in json.dumps(config)
    assert "/evil" not in config["root"]
    for path in ("/gradio_api/file=/etc/hostname", "/gradio_api/mcp/", "/gradio_api/mcp/sse", "/gradio_api/vibe-code/"):
        assert guest.get(path).status_code in (403, 404), path
