"""Weights come from a hub whole or not at all, whatever the line does, and only what may be loaded."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path

import pytest

from fakehub import Hub, commit_for
from pipelines import hub as line
from pipelines import snapshots, weights
from pipelines.base import Model
from pipelines.download import download
from pipelines.faults import Cancelled, Conflict, DiskFull, Unavailable, Unsupported

REPO = "maker/tiny"


def tensors(seed: int, size: int) -> bytes:
    """A .safetensors file of that many bytes of weights."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + hashlib.shake_128(bytes([seed])).digest(size)


WEIGHTS = tensors(1, 3 * 2**20)
PARTS = {
    "model_index.json": b'{"_class_name": "FluxPipeline"}',
    "transformer/config.json": b"{}",
    "transformer/model.safetensors": WEIGHTS,
    "transformer/model.fp16.safetensors": tensors(2, 4000),
    "vae/model.safetensors": tensors(3, 5000),
    "vae/model.bin": b"code" * 1000,
    "whole.safetensors": tensors(4, 6000),
    "README.md": b"# Tiny",
}
WANTED = ["model_index.json", "transformer/config.json", "transformer/model.safetensors", "vae/model.safetensors"]
BIG = "transformer/model.safetensors"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    hub = Hub({REPO: dict(PARTS)})
    monkeypatch.setenv("HF_ENDPOINT", hub.url())
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    for name in ("HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(line, "PAUSES", (0.01, 0.01, 0.01))
    yield hub
    hub.close()


def entry(**facts) -> Model:
    return Model(**{"id": "tiny", "title": "Tiny", "task": "image", "pipeline": "nowhere:None", "repo": REPO} | facts)


def quiet(done: int, total: int, words: str) -> None:
    pass


def files_of(model: Model) -> list[str]:
    folder = snapshots.folder(model)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# --- what comes ------------------------------------------------------------------------------------------------------


def test_it_fetches_the_parts_of_a_model_and_no_twin_copy_or_code(hub):
    told = []
    download(entry(), lambda *now: told.append(now))
    assert files_of(entry()) == WANTED
    assert (weights.folder(entry()) / BIG).read_bytes() == WEIGHTS
    assert weights.status(entry()) == ("ready", "")
    total = sum(len(PARTS[name]) for name in WANTED)
    assert told[-1] == (total, total, "")
    assert [done for done, *_ in told] == sorted(done for done, *_ in told)


def test_before_that_it_says_what_is_missing_and_how_to_get_it(hub):
    assert weights.status(entry(size_gb=12))[0] == "not_downloaded"
    assert "12.0 GB" in weights.status(entry(size_gb=12))[1]
    with pytest.raises(Unavailable) as refused:
        weights.folder(entry())
    assert refused.value.advice == "studio models download tiny"
    assert hub.asked == []


def test_the_hubs_own_client_finds_it_offline_and_what_that_fetched_is_here(hub):
    from huggingface_hub import snapshot_download, try_to_load_from_cache

    download(entry(), quiet)
    cache = snapshots.cache()
    assert Path(try_to_load_from_cache(REPO, BIG, cache_dir=cache)).read_bytes() == WEIGHTS
    hub.repos["other/tiny"] = {name: PARTS[name] for name in WANTED}
    snapshot_download("other/tiny", cache_dir=cache, endpoint=hub.url(), revision=commit_for("other/tiny"))
    assert weights.status(entry(repo="other/tiny", revision=commit_for("other/tiny"))) == ("ready", "")


def test_patterns_say_which_files_are_wanted(hub):
    model = entry(files=("*.safetensors", "!*fp16*", "!vae/*", "!whole*"))
    download(model, quiet)
    assert files_of(model) == [BIG]
    assert weights.status(entry())[0] == "not_downloaded"


def test_what_is_here_is_not_fetched_again(hub):
    download(entry(), quiet)
    hub.asked.clear()
    download(entry(), quiet)
    assert [asked.path for asked in hub.asked if "resolve" in asked.path] == []


# --- the line breaks -------------------------------------------------------------------------------------------------


def test_a_line_cut_again_and_again_goes_on_where_it_broke(hub):
    hub.cuts[BIG] = [100_000, 1, 2**20, 0, 0]
    download(entry(), quiet)
    assert hub.bytes_asked(BIG)[:3] == ["all", "bytes=100000-", "bytes=100001-"]
    assert (weights.folder(entry()) / BIG).read_bytes() == WEIGHTS


def test_a_line_that_stays_broken_fails_and_the_next_download_goes_on(hub):
    hub.cuts[BIG] = [2**20, 0, 0, 0, 0]
    with pytest.raises(line.HubSilent, match="line to the hub broke"):
        download(entry(), quiet)
    state = weights.state(entry())
    assert not state.complete
    assert 2**20 <= state.have < state.total
    assert "1.0 MB of it is here" in weights.status(entry())[1]
    hub.cuts.clear()
    hub.asked.clear()
    download(entry(), quiet)
    assert hub.bytes_asked(BIG) == [f"bytes={2**20}-"]


def test_a_pause_keeps_what_has_come(hub):
    def until_half(done: int, total: int, words: str) -> None:
        if done > 2**20:
            raise Cancelled

    with pytest.raises(Cancelled):
        download(entry(), until_half)
    assert weights.state(entry()).have > 2**20
    download(entry(), quiet)
    assert hub.bytes_asked(BIG)[1].startswith("bytes=")


def test_a_hub_that_is_busy_is_asked_again(hub):
    hub.refusals[BIG] = [503, 429]
    download(entry(), quiet)
    assert weights.status(entry())[0] == "ready"


def test_a_hub_without_ranges_starts_the_file_anew(hub):
    hub.ranges, hub.cuts[BIG] = False, [2**20]
    download(entry(), quiet)
    assert (weights.folder(entry()) / BIG).read_bytes() == WEIGHTS


def test_no_hub_at_all_is_said_in_words(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(line.HubSilent, match="cannot be reached"):
        download(entry(), quiet)


# --- the hub lies ----------------------------------------------------------------------------------------------------


def test_bytes_that_are_not_what_their_hash_says_are_fetched_once_more(hub):
    hub.sends[BIG] = [bytes(len(WEIGHTS))]
    download(entry(), quiet)
    assert (weights.folder(entry()) / BIG).read_bytes() == WEIGHTS


def test_and_never_kept(hub):
    hub.lies[BIG] = {"sha256": "0" * 64}
    with pytest.raises(line.Damaged, match="damaged, twice"):
        download(entry(), quiet)
    assert not list(snapshots.shelf(REPO).rglob("0" * 64 + "*"))
    assert weights.status(entry())[0] == "not_downloaded"


@pytest.mark.parametrize("size", [len(WEIGHTS) - 1000, len(WEIGHTS) + 1000], ids=["longer", "shorter"])
def test_a_file_of_another_size_than_the_list_says_is_refused(hub, size):
    hub.lies[BIG] = {"size": size}
    with pytest.raises((line.Damaged, line.HubSilent)):
        download(entry(), quiet)
    assert BIG not in files_of(entry())


@pytest.mark.parametrize(
    "lie", [{"path": "../../../outside.json"}, {"path": "/etc/outside.json"}, {"sha256": "../../outside"}, {"size": -1}]
)
def test_a_list_that_would_write_elsewhere_is_refused_before_anything_is_written(hub, lie, tmp_path):
    hub.lies[BIG] = lie
    with pytest.raises(line.Damaged, match="makes no sense"):
        download(entry(), quiet)
    assert not (tmp_path / "hf").exists()


def test_a_model_larger_than_the_disk_is_refused_before_its_first_byte(hub):
    hub.lies[BIG] = {"size": 10**16}
    with pytest.raises(DiskFull, match="more and"):
        download(entry(), quiet)
    assert hub.bytes_asked(BIG) == []


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "hf_of_somebody_else"])
def test_a_gated_model_says_where_to_accept_and_how_to_set_the_token(hub, monkeypatch, token):
    hub.gated[REPO] = "hf_mine"
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(line.Gated) as refused:
        download(entry(), quiet)
    words = f"{refused.value.message} {refused.value.advice}"
    assert f"{hub.url()}/{REPO}" in words
    assert "HF_TOKEN" in words
    assert "settings/tokens" in words
    assert "hf_of" not in words


def test_the_token_opens_it_and_goes_to_the_hub_alone(hub, monkeypatch):
    hub.gated[REPO] = "hf_mine"
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    download(entry(), quiet)
    assert {asked.headers.get("authorization") for asked in hub.asked if asked.door == "cdn"} == {None}


def test_what_is_not_there_is_said_in_words(hub):
    with pytest.raises(line.NotOnHub, match="nobody/nothing"):
        download(entry(repo="nobody/nothing"), quiet)
    with pytest.raises(line.NotOnHub):
        download(entry(revision="f" * 40), quiet)


def test_offline_asks_nothing(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(line.Offline):
        download(entry(), quiet)
    assert hub.asked == []


# --- what may run code -----------------------------------------------------------------------------------------------


def test_weights_that_can_run_code_are_not_fetched(hub):
    hub.repos[REPO] = {"config.json": b"{}", "model.bin": b"code" * 1000, "model.py": b"import os"}
    with pytest.raises(Unsupported, match="can run code"):
        download(entry(), quiet)
    assert hub.bytes_asked("model.bin") == []


def test_unless_the_entry_pins_their_hash(hub):
    code = hub.repos[REPO]["vae/model.bin"]
    model = entry(files=("vae/*",), hashes={"vae/model.bin": hashlib.sha256(code).hexdigest()})
    download(model, quiet)
    assert files_of(model) == ["vae/model.bin", "vae/model.safetensors"]
    assert weights.trusted(model, "vae/model.bin").read_bytes() == code


def test_a_pinned_file_that_is_another_one_is_refused(hub):
    model = entry(files=("vae/*",), hashes={"vae/model.bin": "1" * 64})
    with pytest.raises(line.Damaged, match="pins"):
        download(model, quiet)
    assert hub.bytes_asked("vae/model.bin") == []


def test_a_small_pinned_file_is_held_against_its_pin_too(hub):
    hub.repos[REPO]["voice.pt"] = b"small"
    with pytest.raises(line.Damaged, match="pins"):
        download(entry(files=("vae/*.safetensors",), hashes={"voice.pt": "1" * 64}), quiet)
    assert not [path for path in (snapshots.shelf(REPO) / "blobs").glob("*") if path.read_bytes() == b"small"]


def test_a_local_file_that_can_run_code_must_be_the_one_that_is_pinned(tmp_path):
    (tmp_path / "voice.pt").write_bytes(b"voice")
    pinned = entry(repo=str(tmp_path), hashes={"voice.pt": hashlib.sha256(b"voice").hexdigest()})
    assert weights.trusted(pinned, "voice.pt") == tmp_path / "voice.pt"
    with pytest.raises(Unsupported):
        weights.trusted(entry(repo=str(tmp_path)), "voice.pt")
    (tmp_path / "voice.pt").write_bytes(b"other")
    os.utime(tmp_path / "voice.pt", ns=(1, 1))
    with pytest.raises(line.Damaged):
        weights.trusted(pinned, "voice.pt")


# --- checked, and gone -----------------------------------------------------------------------------------------------


def test_verify_reads_every_byte_and_takes_the_damaged_away(hub):
    download(entry(), quiet)
    assert weights.verify(entry(), quiet) == len(WANTED)
    blob = (weights.folder(entry()) / BIG).resolve()
    blob.write_bytes(WEIGHTS[:-1] + bytes([WEIGHTS[-1] ^ 1]))
    with pytest.raises(line.Damaged, match=BIG):
        weights.verify(entry(), quiet)
    assert weights.status(entry())[0] == "not_downloaded"
    hub.asked.clear()
    download(entry(), quiet)
    assert len([asked for asked in hub.asked if asked.door == "cdn"]) == 1


def test_verify_reads_the_form_of_a_folder_of_ones_own(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(tensors(1, 500))
    assert weights.verify(entry(repo=str(tmp_path)), quiet) == 1
    (tmp_path / "b.safetensors").write_bytes(tensors(1, 500)[:-1])
    with pytest.raises(line.Damaged, match=r"b\.safetensors"):
        weights.verify(entry(repo=str(tmp_path)), quiet)


def test_remove_leaves_nothing_behind(hub):
    download(entry(), quiet)
    assert weights.remove(entry(), [entry()]) >= len(WEIGHTS)
    assert list(snapshots.cache().glob("models--*")) == []


def test_remove_takes_away_a_half_fetched_model_too(hub):
    hub.cuts[BIG] = [2**20, 0, 0, 0, 0]
    with pytest.raises(line.HubSilent):
        download(entry(), quiet)
    weights.remove(entry(), [])
    assert list(snapshots.cache().glob("models--*")) == []


def test_remove_keeps_what_another_model_needs(hub):
    vae = entry(id="vae", files=("vae/*.safetensors",))
    download(entry(), quiet)
    download(vae, quiet)
    weights.remove(entry(), [entry(), vae])
    assert files_of(vae) == ["vae/model.safetensors"]
    assert weights.status(vae) == ("ready", "")
    assert weights.status(entry())[0] == "not_downloaded"


def test_remove_never_touches_a_folder_of_ones_own(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"mine")
    with pytest.raises(Conflict):
        weights.remove(entry(repo=str(tmp_path)), [])
    assert (tmp_path / "a.safetensors").exists()


# --- what a model needs of other repositories ------------------------------------------------------------------------

READER = "maker/reader"
WORDS = {
    "words/custom/list.txt": b"forbidden\n",
    "words/nltk.zip": b"zip" * 999,
    "other/model.safetensors": tensors(8, 900),
}
GUARD = "maker/guard"


def pair(**facts) -> Model:
    return entry(**{"also": {READER: (), GUARD: ("words/*",)}} | facts)


@pytest.fixture
def more(hub):
    hub.repos[READER] = {"config.json": b"{}", "model.safetensors": tensors(7, 4000), "model.bin": b"code" * 900}
    hub.repos[GUARD] = dict(WORDS)
    return hub


def test_what_it_needs_of_other_repositories_comes_and_counts_with_it(more):
    download(entry(), quiet)
    assert weights.status(pair(size_gb=12))[0] == "not_downloaded"
    told = []
    download(pair(), lambda *now: told.append(now))
    assert weights.status(pair()) == ("ready", "")
    wanted = [PARTS[name] for name in WANTED] + [*more.repos[READER].values()][:2] + [*WORDS.values()][:2]
    total = sum(map(len, wanted))
    assert weights.state(pair()) == weights.State(total, total, True)
    assert told[-1][:2] == (total, total)
    assert (weights.beside(pair(), READER) / "model.safetensors").is_file()
    assert not (weights.beside(pair(), GUARD) / "other").exists()
    assert weights.verify(pair(), quiet) == len(wanted)


def test_without_the_hubs_list_what_another_program_fetched_of_them_counts_too(more):
    download(pair(), quiet)
    for repo in (READER, GUARD):
        for tree in (snapshots.shelf(repo) / "trees").iterdir():
            tree.unlink()
    assert weights.status(pair()) == ("ready", "")
    (weights.beside(pair(), GUARD) / "words/custom/list.txt").unlink()
    (weights.beside(pair(), GUARD) / "words/nltk.zip").unlink()
    assert weights.status(pair())[0] == "not_downloaded"


def test_a_damaged_file_of_another_repository_is_found(more):
    download(pair(), quiet)
    file = weights.beside(pair(), READER) / "model.safetensors"
    file.resolve().write_bytes(tensors(9, 4000))
    with pytest.raises(line.Damaged, match="1 of 2 files"):
        weights.verify(pair(), quiet)
    assert weights.status(pair())[0] == "not_downloaded"


def test_what_two_models_share_goes_with_the_last_of_them(more):
    other = pair(id="other", repo="maker/other")
    more.repos["maker/other"] = {"model.safetensors": tensors(6, 3000)}
    download(pair(), quiet)
    download(other, quiet)
    weights.remove(pair(), [pair(), other])
    assert weights.status(pair())[0] == "not_downloaded"
    assert weights.status(other) == ("ready", "")
    weights.remove(other, [pair(), other])
    assert list(snapshots.cache().glob("models--*")) == []


def test_a_folder_of_ones_own_can_need_what_the_hub_has(more, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/a.safetensors").write_bytes(tensors(1, 500))
    mine = pair(repo=str(tmp_path / "own"))
    assert weights.status(mine)[0] == "not_downloaded"
    assert READER in weights.status(mine)[1]
    download(mine, quiet)
    assert weights.folder(mine) == tmp_path / "own"
    assert weights.status(mine) == ("ready", "")
