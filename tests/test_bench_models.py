"""`studio bench models` measures what is here, each in a process of its own, and says what to do where nothing is."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.faults import Invalid
from studio.bench import models
from studio.cli import main
from studio.settings import Settings
from tiny import every

SMALL = {"width": 256, "height": 256, "steps": 1}


@pytest.fixture(autouse=True)
def no_hub(tmp_path, monkeypatch):
    """A cache of its own: what this machine has downloaded is not measured."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def asked(capsys, *arguments: object) -> tuple[int, str]:
    """`studio bench models ...`: its exit code, and what it printed."""
    with pytest.raises(SystemExit) as ended:
        main(["bench", "models", *map(str, arguments)])
    return int(ended.value.code or 0), capsys.readouterr().out


def test_where_nothing_is_downloaded_the_bench_says_how_to_get_a_model(home, capsys):
    code, said = asked(capsys, "--home", home)
    assert code == 0
    assert re.search(r"`studio models download [\w.-]+` brings the smallest", said)


def test_a_model_without_weights_is_not_measured(home):
    with pytest.raises(Invalid, match="no weights"):
        models.run(Settings.load(home), "draft-image")


@pytest.mark.timeout(600)
def test_a_model_of_ones_own_is_measured_beside_the_librarys_plain_call(home, tmp_path, capsys):
    folder = tmp_path / "my-flux"
    next(tiny for tiny in every() if tiny.name == "flux-dev").build(folder)
    home.mkdir()
    entry = {"repo": str(folder), "family": "pipelines.image:Flux", "task": "image"}
    lines = ["[my-flux]", *(f"{name} = {json.dumps(value)}" for name, value in entry.items()), "[my-flux.defaults]"]
    lines += [f"{name} = {value}" for name, value in SMALL.items()]
    (home / "models.toml").write_text("\n".join(lines))
    capsys.readouterr()

    code, said = asked(capsys, "--pairs", 1, "--json", "--home", home)
    found = json.loads(said)
    assert code == 0, found
    (row,) = found["models"]
    assert (row["id"], row["family"]) == ("my-flux", "pipelines.image:Flux")
    assert row["device"].partition(":")[0] in ("cpu", "cuda", "mps")
    assert all(row[name] > 0 for name in ("load_s", "first_s", "second_s", "memory_gb", "plain_s", "ratio"))
    assert "0.7" in row["mark"], "the mark of its family stands beside it"
    assert "torch" in found["versions"]
    assert len(models.table(found)[0]) == len(models.HEADS)
