"""A home goes out as one zip while it is used, and comes back whole, or not at all."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
import struct
import subprocess
import threading
import zipfile

import pytest

from conftest import HOUSE
from pipelines.faults import Fault
from studio.backup.pack import CannotBackUp, pack
from studio.backup.unpack import BadBackup, HomeNotEmpty, unpack
from studio.settings import Settings
from studio.studio import Studio
from studio.types import GenerationRequest
from studio.work.local import HomeInUse, take
from test_cli import command

SMALL = {"width": 256, "height": 256}


def quiet(done: float) -> None: ...


@pytest.fixture
def full(studio, make):
    """A home with a picture, a project that holds it, one in the trash, and a job that waits."""
    held, thrown = (
        make("draft-image", prompt="moss", seed=1, **SMALL),
        make("draft-image", prompt="ash", seed=2, **SMALL),
    )
    clip = {"type": "clip", "asset": held.id, "in": 0, "frames": 12}
    studio.projects.create("Moss", {"version": 1, "tracks": [{"kind": "video", "items": [clip]}]})
    studio.library.trash([thrown.id])
    studio.submit(GenerationRequest(model="draft-image", options={"prompt": "later"}))
    (studio.home / "models.toml").write_text("")
    return studio


@pytest.fixture
def zipped(full, tmp_path):
    pack(full.home, tmp_path / "home.zip", quiet)
    return tmp_path / "home.zip"


def rewritten(zipped, change):
    """The same backup with its entries changed: name to bytes."""
    with zipfile.ZipFile(zipped) as had:
        entries = {name: had.read(name) for name in had.namelist()}
    change(entries)
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return zipped


def ledger(entries, sql, tmp_path):
    """The backup's ledger after a statement."""
    path = tmp_path / "changed.db"
    path.write_bytes(entries["studio.db"])
    with sqlite3.connect(path) as conn:
        conn.executescript(sql)
    conn.close()
    entries["studio.db"] = path.read_bytes()


def test_what_went_out_comes_back(full, zipped, tmp_path):
    said = unpack(zipped, tmp_path / "other", quiet)
    assert (said["files"], said["missing"], said["before"]) == (2, [], None)
    back = Studio(Settings.load(tmp_path / "other"))
    try:
        assert [a.id for a in back.library.list().items] == [a.id for a in full.library.list().items]
        assert [a.id for a in back.library.list(trashed=True).items] == [
            a.id for a in full.library.list(trashed=True).items
        ]
        for asset in back.library.list().items:
            assert asset.path.read_bytes() == full.library.get(asset.id).path.read_bytes()
        (project,) = back.projects.list()
        assert (project.title, project.timeline) == ("Moss", full.projects.get(project.id).timeline)
        assert [j.status for j in back.queue.page().items] == [j.status for j in full.queue.page().items]
        assert (tmp_path / "other" / "models.toml").exists()
    finally:
        back.close()


def test_a_backup_made_while_others_write_is_of_one_moment(full, tmp_path):
    done = threading.Event()

    def write():
        while not done.is_set():
            full.projects.create("Written meanwhile")

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        pack(full.home, tmp_path / "home.zip", quiet)
    finally:
        done.set()
        for writer in writers:
            writer.join()
    unpack(tmp_path / "home.zip", tmp_path / "other", quiet)
    with sqlite3.connect(tmp_path / "other" / "studio.db") as conn:
        assert conn.execute("pragma integrity_check").fetchone() == ("ok",)
        assert conn.execute("pragma foreign_key_check").fetchall() == []
        projects, steps = (conn.execute(f"select count(*) from {t}").fetchone()[0] for t in ("project", "project_step"))
    conn.close()
    assert projects == steps > 0


def test_what_is_there_is_set_aside_and_never_without_being_told_to(full, zipped, tmp_path):
    home = tmp_path / "other"
    unpack(zipped, home, quiet)
    with pytest.raises(HomeNotEmpty, match="There is a studio"):
        unpack(zipped, home, quiet)
    said = unpack(zipped, home, quiet, replace=True)
    assert sorted(os.listdir(said["before"])) == ["library", "models.toml", "studio.db"]
    with take(home), pytest.raises(HomeInUse):
        unpack(zipped, home, quiet, replace=True)


def test_nothing_that_opens_the_studio_goes_out_with_it(full, tmp_path):
    full.locks.change_password("the old lighthouse")
    full.locks.passes.make("key", "A phone", "make")
    secrets = [full.locks.kept("password"), full.locks.kept("signing_key") or full.locks.signing_key.hex()]
    pack(full.home, tmp_path / "home.zip", quiet)
    with zipfile.ZipFile(tmp_path / "home.zip") as archive:
        ledger = archive.read("studio.db")
    assert full.db.one("select count(*) from pass")[0] == 1
    assert not any(secret.encode() in ledger for secret in secrets)
    (tmp_path / "ledger.db").write_bytes(ledger)
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        assert db.execute("select count(*) from pass").fetchone() == (0,)


def test_a_lost_file_is_named_and_the_rest_is_kept(full, tmp_path):
    lost = full.library.list().items[0]
    lost.path.unlink()
    said = pack(full.home, tmp_path / "home.zip", quiet)
    assert said["missing"] == [f"{lost.id[:2]}/{lost.id}.png"]
    assert unpack(tmp_path / "home.zip", tmp_path / "other", quiet)["files"] == 1


def test_nothing_is_left_of_a_backup_that_cannot_be_written(full, tmp_path):
    with pytest.raises(CannotBackUp):
        pack(tmp_path / "nowhere", tmp_path / "home.zip", quiet)
    with pytest.raises(CannotBackUp):
        pack(full.home, full.home / "library" / "home.zip", quiet)
    assert not list(tmp_path.glob("*.zip*"))
    assert not list((full.home / "tmp").glob("backup-*"))


def outside(entries, tmp_path):
    entries["../evil.txt"] = b"x"


def absolute(entries, tmp_path):
    entries["/evil.txt"] = b"x"


def nested(entries, tmp_path):
    entries["library/ab/../../../evil.png"] = b"x"


def other_bytes(entries, tmp_path):
    name = next(name for name in entries if name.startswith("library/"))
    entries[name] += b"x"


def without_a_file(entries, tmp_path):
    del entries[next(name for name in entries if name.startswith("library/"))]


def without_a_ledger(entries, tmp_path):
    del entries["studio.db"]


def no_ledger(entries, tmp_path):
    entries["studio.db"] = b"SQLite format 3\0" + b"x" * 5000


def newer(entries, tmp_path):
    ledger(entries, "pragma user_version = 9999", tmp_path)


def triggered(entries, tmp_path):
    ledger(entries, "create trigger t after insert on job begin delete from asset; end", tmp_path)


def viewed(entries, tmp_path):
    ledger(entries, "create view v as select load_extension('x')", tmp_path)


def leading_elsewhere(entries, tmp_path):
    ledger(entries, "update asset set file = '../../secret.txt' where n = 1", tmp_path)


def under_another_name(entries, tmp_path):
    ledger(entries, "update asset set file = (select file from asset where n = 2) where n = 1", tmp_path)


def mute(entries, tmp_path):
    entries["backup.json"] = b"[]"


def bomb(entries, tmp_path):
    entries["models.toml"] = b"#" * (17 << 20)


HARM = [outside, absolute, nested, other_bytes, without_a_file, without_a_ledger, no_ledger, newer, triggered, viewed,
        leading_elsewhere, under_another_name, mute, bomb]  # fmt: skip


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
def test_a_zip_made_to_harm_is_refused_and_the_home_is_as_it_was(zipped, tmp_path, harm):
    bad = rewritten(zipped, lambda entries: harm(entries, tmp_path))
    home = tmp_path / "deep" / "other"
    with pytest.raises(Fault) as refused:
        unpack(bad, home, quiet)
    assert refused.value.advice
    assert [path.name for path in home.iterdir()] == ["studio.lock"]
    assert not list(tmp_path.rglob("evil*"))


def test_links_doubles_and_torn_zips_are_refused(zipped, tmp_path):
    link = zipfile.ZipInfo("library/ab/" + "ab" + "0" * 62 + ".png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive, zipfile.ZipFile(zipped) as had:
        for name in had.namelist():
            archive.writestr(name, had.read(name))
        archive.writestr(link, "/etc/passwd")
    data = zipped.read_bytes()
    (tmp_path / "torn.zip").write_bytes(data[: len(data) // 2])
    (tmp_path / "text.zip").write_bytes(b"not a zip")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w"):
        pass
    (tmp_path / "many.zip").write_bytes(many.getvalue()[:12] + struct.pack("<I", 300 << 20) + many.getvalue()[16:])
    for name in ("link", "torn", "text", "many", "nowhere"):
        with pytest.raises(Fault):
            unpack(tmp_path / f"{name}.zip", tmp_path / "other", quiet)
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(BadBackup, match="no backup"):
        unpack(tmp_path / "empty.zip", tmp_path / "other", quiet)


def test_the_commands_say_what_they_did(full, tmp_path):
    def run(*arguments, home):
        env = {**os.environ, "STUDIO_HOME": str(home)}
        return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=HOUSE, env=env)

    made = run("backup", tmp_path / "home.zip", "--json", home=full.home)
    assert json.loads(made.stdout)["files"] == 2, made.stderr
    back = run("restore-backup", tmp_path / "home.zip", home=tmp_path / "other")
    assert "2 files" in back.stdout
    again = run("restore-backup", tmp_path / "home.zip", home=tmp_path / "other")
    assert (again.returncode, len(again.stderr.strip().splitlines())) == (1, 1)
    assert "--replace" in again.stderr
    emptied = json.loads(run("empty-trash", "--json", home=tmp_path / "other").stdout)
    assert emptied["deleted"] == 1
