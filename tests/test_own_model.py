"""A checkpoint folder of one's own becomes a model with one command, and makes pictures over REST."""

from __future__ import annotations

import pytest

from studio.cli import main
from tiny import every

SMALL = {"prompt": "a lighthouse at dusk", "width": 256, "height": 256, "steps": 1}


@pytest.mark.timeout(600)
def test_a_checkpoint_folder_of_ones_own_makes_pictures(home, own_server, tmp_path, capsys):
    next(tiny for tiny in every() if tiny.name == "flux-dev").build(tmp_path / "my-flux")
    words = ["models", "add", "my-flux", "--repo", str(tmp_path / "my-flux"), "--title", "My own FLUX"]
    with pytest.raises(SystemExit, match="0"):
        main([*words, "--home", str(home)])
    assert "my-flux makes image with pipelines.image:Flux: ready." in capsys.readouterr().out

    own_server.start("--workers", "1")
    with own_server.client() as http:
        models = http.get("/api/v1/models", params={"task": "image"}).json()
        assert [m["status"] for m in models if m["id"] == "my-flux"] == ["ready"]
        job = http.post("/api/v1/jobs", json={"model": "my-flux", "options": {**SMALL, "seed": 7}}).json()
        done = own_server.done(job["id"], 300)  # torch and diffusers come in before the picture
        assert done["status"] == "done", done["error"]
        assert (done["assets"][0]["width"], done["assets"][0]["height"]) == (256, 256)
