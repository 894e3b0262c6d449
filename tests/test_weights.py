"""Weights come and go as jobs of the queue, through every door, and survive what kills the studio."""

from __future__ import annotations

import json
import threading

import httpx
import pytest

from conftest import Server, apart, free_port, until
from fakehub import Hub
from pipelines import catalogue
from studio.cli import main
from studio.settings import Settings
from studio.studio import Studio
from studio.work.worker import Worker
from test_download import BIG, PARTS, REPO, WANTED, WEIGHTS, tensors

TOKEN = "hf_a_secret_of_mine"
MINE = f"""
[tiny]
repo = "{REPO}"
title = "Tiny"
task = "image"
family = "pipelines.draft.image:DraftImage"
licence = "MIT"

[twin]
repo = "{REPO}"
family = "pipelines.draft.image:DraftImage"
files = ["vae/*.safetensors"]
"""


@pytest.fixture
def hub(tmp_path, monkeypatch):
    hub = Hub({REPO: dict(PARTS)})
    for name in ("HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN_PATH", "STUDIO_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", hub.url())
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    yield hub
    hub.close()


@pytest.fixture
def mine(home):
    """A home with models of one's own."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "models.toml").write_text(MINE)
    return home


@pytest.fixture
def fetcher(mine, studio):
    """Does the jobs that wait for the net, here and now."""
    worker = Worker(studio.home, "net", ("net",))

    def fetch(job):
        while worker.run_next():
            pass
        return studio.queue.get(job.id)

    return fetch


def files(studio: Studio, model: str) -> dict:
    return next(m for m in studio.models() if m["id"] == model)["files"]


# --- through the queue -----------------------------------------------------------------------------------------------


def test_a_download_is_a_job_whose_note_counts_the_bytes(hub, studio, fetcher, mine):
    job, had = studio.stock.download("tiny")
    assert (job.task, job.status, had) == ("download", "queued", False)
    done = fetcher(job)
    assert (done.status, done.result) == ("done", {"model": "tiny"})
    total = sum(len(PARTS[name]) for name in WANTED)
    assert files(studio, "tiny") == {"have": total, "total": total, "complete": True, "own_folder": False}


def test_asked_twice_it_is_one_job(hub, mine, studio):
    first, _ = studio.stock.download("tiny")
    assert studio.stock.download("tiny") == (first, True)


def test_a_gated_model_fails_with_the_way_in_and_the_token_is_told_to_nobody(hub, mine, studio, fetcher, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.gated[REPO] = "hf_another"
    failed = fetcher(studio.stock.download("tiny")[0])
    assert (failed.status, failed.error.type) == ("failed", "gated")
    assert "HF_TOKEN" in failed.error.advice
    assert TOKEN not in failed.model_dump_json()


def test_verify_tells_how_many_files_are_sound(hub, mine, studio, fetcher):
    fetcher(studio.stock.download("tiny")[0])
    assert fetcher(studio.stock.verify("tiny")[0]).result == {"model": "tiny", "files": len(WANTED)}


def test_what_is_at_work_is_not_removed(hub, mine, studio, fetcher):
    fetcher(studio.stock.download("tiny")[0])
    job, _ = studio.stock.verify("tiny")
    with pytest.raises(Exception, match="at work"):
        studio.stock.remove("tiny")
    fetcher(job)
    fetcher(studio.stock.download("twin")[0])
    assert studio.stock.remove("tiny") > len(WEIGHTS)
    assert files(studio, "twin")["complete"]
    assert studio.stock.disk()["used"] < 2 * len(PARTS["vae/model.safetensors"])


def test_offline_refuses_at_once(hub, mine):
    studio = Studio(Settings.load(mine, offline=True))
    with pytest.raises(Exception, match="offline"):
        studio.stock.download("tiny")
    assert hub.asked == []


# --- a studio that dies ----------------------------------------------------------------------------------------------


def test_killed_halfway_it_goes_on_where_it_was(hub, mine, own_server):

    hub.held[BIG] = threading.Event()
    own_server.start("--workers", "1")
    with own_server.client() as client:
        answer = client.post("/api/v1/models/tiny/download")
        assert answer.status_code == 202, answer.text
        job = answer.json()["id"]
        assert client.post("/api/v1/models/tiny/download").status_code == 200

        def halfway():
            return client.get("/api/v1/models/tiny").json()["files"]["have"] > len(WEIGHTS) // 4

        until(halfway, 60)
    own_server.kill()
    hub.held[BIG].set()
    own_server.start("--workers", "1")
    assert own_server.done(job)["status"] == "done"
    asked = hub.bytes_asked(BIG)
    assert asked[0] == "all"
    assert int(asked[-1].removeprefix("bytes=").rstrip("-")) > len(WEIGHTS) // 4


@pytest.fixture(scope="module")
def far():
    """A hub that keeps its model for those who have the token."""
    hub = Hub({REPO: dict(PARTS)}, gated={REPO: TOKEN})
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def web(far, tmp_path_factory):
    """A running studio that has the token."""
    home = tmp_path_factory.mktemp("web") / "home"
    home.mkdir()
    (home / "models.toml").write_text(MINE)
    around = {"HF_ENDPOINT": far.url(), "HF_HOME": str(home.parent / "hf"), "HF_TOKEN": TOKEN, "HF_HUB_CACHE": ""}
    server = Server(home, free_port())
    yield server.start("--workers", "1", **around, HF_HUB_OFFLINE="")
    server.stop()


def test_over_http_it_is_paused_resumed_verified_and_removed(far, web):
    far.held[BIG] = threading.Event()
    with web.client() as client:
        job = client.post("/api/v1/models/tiny/download").json()["id"]
        until(lambda: client.get("/api/v1/models/tiny").json()["files"]["have"] > len(WEIGHTS) // 4, 60)
        assert "of 3." in client.get(f"/api/v1/jobs/{job}").json()["note"]
        assert client.delete("/api/v1/models/tiny/files").status_code == 409
        client.post(f"/api/v1/jobs/{job}/cancel")
        far.held[BIG].set()
        again = client.post("/api/v1/models/tiny/download").json()
        assert (again["id"] != job, web.done(again["id"])["status"]) == (True, "done")
        seen = client.get("/api/v1/models/tiny").json()
        assert (seen["status"], seen["licence"], seen["own"]) == ("ready", "MIT", True)
        checked = client.post("/api/v1/models/tiny/verify").json()
        assert web.done(checked["id"])["result"]["files"] == len(WANTED)
        stock = client.get("/api/v1/weights").json()
        assert (stock["used"] > len(WEIGHTS), stock["free"] > 0, stock["faults"]) == (True, True, [])
        assert client.delete("/api/v1/models/tiny/files").json()["freed"] > len(WEIGHTS)
        said = client.get("/api/v1/jobs").text + client.get("/api/v1/models").text + client.get("/api/v1/weights").text
    logs = "".join(path.read_text() for path in [*(web.home / "logs").glob("*"), web.home.parent / "server.log"])
    assert TOKEN not in said + logs


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/models/nobody/download", 404),
        ("POST", "/models/draft-image/download", 409),
        ("POST", "/models/draft-image/verify", 409),
        ("DELETE", "/models/draft-image/files", 409),
        ("DELETE", "/models/draft-image", 422),
        ("DELETE", "/models/nobody", 404),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(web, method, path, status):
    answer = httpx.request(method, f"{web.url}/api/v1{path}", timeout=30)
    assert (answer.status_code, bool(answer.json()["error"]["message"])) == (status, True)


# --- on the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def command(home, capsys, monkeypatch):
    """`studio ...`, in this process; its workers are their own."""
    monkeypatch.setenv("STUDIO_HOME", str(home))
    monkeypatch.setenv("STUDIO_WORKERS", "1")

    def command(*arguments):
        with pytest.raises(SystemExit) as ended:
            apart(main, [str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        return said.out

    return command


def test_the_command_line_adds_downloads_verifies_and_removes(hub, command):
    hub.repos["maker/flux"] = dict(PARTS)
    family = ("--task", "image", "--family", "pipelines.draft.image:DraftImage")
    added = command("models", "add", "mine", "--repo", "maker/flux", *family, "--title", "My own")
    assert "mine makes image" in added
    assert command("models", "download", "mine") == "mine is ready.\n"
    listed = json.loads(command("models", "list", "--json"))
    assert {m["id"]: (m["title"], m["files"]["complete"]) for m in listed}["mine"] == ("My own", True)
    assert command("models", "verify", "mine") == "4 files are as they should be.\n"
    assert "3.2 MB are free again" in command("models", "remove", "mine")
    assert "mine" not in command("models", "list")


# --- HOME/models.toml ------------------------------------------------------------------------------------------------


def test_changes_of_the_file_are_seen_at_once(mine, studio):
    assert catalogue.find("tiny").title == "Tiny"
    (mine / "models.toml").write_text(MINE.replace('"Tiny"', '"Tiny but renamed"'))
    assert catalogue.find("tiny").title == "Tiny but renamed"
    (mine / "models.toml").unlink()
    assert [model.id for model in catalogue.models()] == [model.id for model in catalogue.MODELS]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tiny]\nrepo =\n", "line 2"),
        ("\n\n[tiny]\nfamily = 'pipelines.draft.image:DraftImage'\n", "line 3, [tiny]: repo"),
        ("[tiny]\nrepo = 'a/b'\nfamily = 'os:system'\n", "line 1, [tiny]: family"),
        ("[tiny]\nrepo = 'a/b'\nfamily = 'pipelines.nowhere:Nothing'\n", "There is no pipelines.nowhere:Nothing"),
        ("[tiny]\nrepo = 'a/b'\n", "has no family"),
        ("[draft-image]\nrepo = 'a/b'\nfamily = 'pipelines.draft.image:DraftImage'\n", "catalogue's own"),
        ("[tiny]\nrepo = 'a/b'\nfamily = 'pipelines.draft.image:DraftImage'\ncolour = 'red'\n", "colour"),
        ("[tiny]\nrepo = 'a/b'\nfamily = 'pipelines.draft.image:DraftImage'\ndefaults = {taste = 1}\n", "taste"),
        ("[tiny]\nrepo = 'a/b'\nfamily = 'pipelines.draft.image:DraftImage'\ndefaults = {width = 1}\n", "width"),
        ("tiny = 3\n", "line 1, [tiny]"),
        ("[tiny]\nrepo = 'a/b'\nbase = 'nobody'\n", "no model that takes LoRAs"),
    ],
)
def test_a_fault_in_it_says_where_and_the_rest_works(mine, studio, text, words):
    good = "[good]\nrepo = '/nowhere'\nfamily = 'pipelines.draft.image:DraftImage'\n"
    (mine / "models.toml").write_text(f"{text}\n{good}" if words != "line 2" else text)
    (fault,) = catalogue.owned.now().faults
    assert words in fault
    assert [m.id for m in catalogue.models()][: len(catalogue.MODELS)] == [m.id for m in catalogue.MODELS]
    assert words == "line 2" or catalogue.find("good").repo == "/nowhere"


def test_what_is_added_stands_in_the_file_and_can_be_forgotten(mine, studio, tmp_path):
    folder = tmp_path / "my own checkpoint"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(tensors(1, 100))
    before = (mine / "models.toml").read_text()
    said = {"task": "image", "family": "pipelines.draft.image:DraftImage", "title": 'A "quoted" one'}
    made = studio.stock.add("my.own", str(folder), **said)
    assert (made.title, made.repo, catalogue.find("my.own")) == ('A "quoted" one', str(folder), made)
    with pytest.raises(Exception, match="already"):
        studio.stock.add("my.own", str(folder), **said)
    studio.stock.forget("my.own")
    assert (mine / "models.toml").read_text() == before.rstrip() + "\n\n"
    assert folder.exists()


def test_a_client_is_not_told_where_a_folder_lies(mine, studio, tmp_path):
    studio.stock.add("own", str(tmp_path), task="image", family="pipelines.draft.image:DraftImage")
    assert str(tmp_path) not in json.dumps(studio.models())


def test_a_folder_is_recognised_and_what_could_run_code_in_it_is_pinned(mine, studio, tmp_path):
    folder = tmp_path / "my-voice"
    (folder / "voices").mkdir(parents=True)
    (folder / "config.json").write_text('{"istftnet": {}, "plbert": {}}')
    (folder / "mine.pth").write_bytes(b"weights")
    (folder / "voices" / "af_me.pt").write_bytes(b"voice")
    made = studio.stock.add("my-voice", str(folder))
    assert (made.task, made.pipeline, set(made.hashes)) == (
        "speech", "pipelines.kokoro:Kokoro", {"mine.pth", "voices/af_me.pt"},
    )  # fmt: skip
    assert catalogue.find("my-voice").schema()["properties"]["voice"]


def test_over_http_a_model_of_the_hub_is_added_and_a_folder_is_not(web, tmp_path):
    added = {"id": "found", "repo": "maker/tiny", "task": "image", "family": "pipelines.draft.image:DraftImage"}
    with web.client() as client:
        refused = [
            client.post("/api/v1/models", json={**added, "repo": str(tmp_path)}),
            client.post("/api/v1/models", json={**added, "repo": "../../etc"}),
            client.post("/api/v1/models", json={**added, "id": "NOT AN ID"}),
            client.post("/api/v1/models", json={**added, "family": "os:system"}),
            client.post("/api/v1/models", json={**added, "repo": "maker/nobody"}),
        ]
        assert [answer.status_code for answer in refused] == [422, 422, 422, 422, 404]
        assert client.post("/api/v1/models", json=added).status_code == 201
        assert client.post("/api/v1/models", json=added).status_code == 422
        assert client.delete("/api/v1/models/found").status_code == 204
        assert client.get("/api/v1/models/found").status_code == 404
