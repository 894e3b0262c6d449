"""Two studios become one set of projects: only what is missing travels, a broken line costs little, nothing is lost."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import httpx
import numpy as np
import pytest
from PIL import Image

from conftest import Server, free_port
from pipelines.faults import Invalid, Stale
from studio.cli import main
from studio.settings import Settings
from studio.studio import Studio
from studio.sync.ledger import Ledger, Merged
from studio.sync.parcels import Damaged, OutOfStep, Parcels, label_of
from studio.sync.peer import LineBroken, Peer, Refused
from studio.sync.run import Sync
from studio.timeline.model import Timeline
from studio.timeline.versions import Versions
from test_conform import clip, film, row

SMALL = {"width": 256, "height": 256}


class Line:
    """A line to a port that breaks for good once so many bytes went over it, either way; None: it holds."""

    def __init__(self, port, breaks_after=None):
        self.port, self.left = port, breaks_after
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.port))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.pass_on, args=(one, other), daemon=True).start()

    def pass_on(self, one, other):
        try:
            while data := one.recv(65536):
                if self.left is not None:
                    self.left -= len(data)
                    if self.left < 0:
                        break
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.door.close()


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """The other studio, in a process of its own."""
    server = Server(tmp_path_factory.mktemp("there") / "home", free_port()).start("--workers", "1")
    yield server
    server.stop()


@pytest.fixture
def over(there, studio):
    """Sync over a line that breaks after so many bytes."""

    def over(breaks_after=None):
        line = Line(there.port, breaks_after)
        peer = Peer(line.url, pause_s=0.01)
        try:
            return Sync(studio, peer).run()
        finally:
            peer.close()
            line.close()

    yield over
    with there.client() as http:  # each test's own studio is to meet its own projects alone
        for one in http.get("/api/v1/sync").json()["projects"]:
            http.delete(f"/api/v1/projects/{one['id']}", headers={"If-Match": str(one["version"])})


@pytest.fixture
def picture(make):
    return make("draft-image", prompt="a lighthouse", seed=3, **SMALL)


def noise(studio, seed, side=1600):
    """A picture that cannot be packed: some megabytes."""
    path = studio.library.tmp / f"noise-{seed}.png"
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(pixels).save(path, compress_level=0)
    return studio.library.add(path, tags=["noise"])


def frames(timeline):
    return [[item["frames"] for item in track["items"]] for track in timeline["tracks"]]


def edited(server, project, change):
    """An edit made in the other studio, as its own window would make it."""
    with server.client() as http:
        now = http.get(f"/api/v1/projects/{project}")
        timeline = now.json()["timeline"]
        change(timeline)
        headers = {"If-Match": now.headers["etag"]}
        saved = http.put(f"/api/v1/projects/{project}", json={"timeline": timeline}, headers=headers)
        assert saved.status_code == 200, saved.text
        return saved.json()["timeline"]


def test_projects_go_both_ways_with_their_files_and_what_these_were_made_from(studio, over, there, make, picture):
    shot = make("draft-video", prompt="a boat", seed=6, start=picture.id, duration_s=1, fps=24, **SMALL)
    studio.library.change(shot.id, name="The boat.mp4", tags=["boat"], starred=True)
    mine = studio.projects.create("Mine", film(row(clip(shot, 10))))
    with there.client() as http:
        job = http.post(
            "/api/v1/jobs", json={"model": "draft-image", "options": {"prompt": "a hill", "seed": 1, **SMALL}}
        )
        hill = there.done(job.json()["id"])["assets"][0]
        takes = [{"type": "clip", "asset": hill["id"], "in": 0, "frames": 9}]
        theirs = http.post("/api/v1/projects", json={"title": "Theirs", "timeline": film(row(*takes))}).json()
        done = over()
        assert (done.pushed, done.pulled, done.merged, done.conflicts) == (1, 1, 0, {})
        assert (done.sent, done.fetched) == (2, 1), "the shot and the picture it begins with; the hill"
        sent = http.get(f"/api/v1/assets/{shot.id}").json()
        assert (sent["name"], sent["tags"], sent["starred"]) == ("The boat.mp4", ["boat"], True)
        assert sent["recipe"]["options"]["start"] == picture.id
        assert http.get(f"/api/v1/assets/{shot.id}/file").content == shot.path.read_bytes()
        found = http.get(f"/api/v1/projects/{mine.id}").json()
        assert (found["title"], found["timeline"], found["missing"]) == ("Mine", mine.timeline, [])
    assert studio.projects.get(theirs["id"]).timeline == theirs["timeline"]
    assert studio.library.get(hill["id"]).recipe.options["prompt"] == "a hill"
    again = over()
    assert (again.same, again.sent, again.fetched, again.pushed, again.pulled) == (2, 0, 0, 0, 0)


def test_a_broken_line_is_gone_on_from_where_it_was(studio, over, there):
    big = [noise(studio, seed) for seed in (1, 2)]
    project = studio.projects.create("Noise", film(row(*(clip(one) for one in big))))
    with pytest.raises(LineBroken, match=r"The line to .* broke"):
        over(breaks_after=12 << 20)
    with there.client() as http:
        assert http.get(f"/api/v1/projects/{project.id}").status_code == 404, "no film without its files"
        left = http.post("/api/v1/sync/missing", json={"ids": [one.id for one in big]}).json()
        had = sum(one.bytes for one in big) - sum(one.bytes - left.get(one.id, one.bytes) for one in big)
        done = over()
        assert done.sent_bytes == sum(one.bytes - left.get(one.id, one.bytes) for one in big) < had
        assert http.get(f"/api/v1/projects/{project.id}").json()["missing"] == []

    other = Studio(Settings.load(studio.home.parent / "third"))  # and the other way, from there to a third
    for breaks_after in (10 << 20, None):
        line = Line(there.port, breaks_after)
        peer = Peer(line.url, pause_s=0.01)
        sync = Sync(other, peer)
        if breaks_after:
            with pytest.raises(LineBroken):
                sync.run()
            had = sum(path.stat().st_size for path in (other.home / "sync").iterdir())
            had += sum(asset.bytes for asset in other.library.list().items)
            assert had > 4 << 20
        else:
            done = sync.run()
            assert done.fetched_bytes < sum(one.bytes for one in big) * 1.1 - had / 2
        line.close()
    assert other.library.get(big[1].id).path.read_bytes() == big[1].path.read_bytes()
    assert other.projects.get(project.id).timeline == project.timeline
    other.close()


def test_edits_on_both_sides_are_both_there_and_what_lost_is_kept_and_listed(studio, over, there, make, picture):
    other = make("draft-image", prompt="a windmill", seed=4, **SMALL)
    base = film(row(clip(picture, 20), clip(other, 20), clip(picture, 20)), row(clip(picture, 9)))
    project = studio.projects.create("Apart", base).id
    over()

    def ours(timeline, first, second):
        timeline["tracks"][0]["items"][0]["frames"] = first
        timeline["tracks"][0]["items"][1]["frames"] = second

    here = studio.projects.get(project).timeline
    ours(here, 31, 32)
    studio.projects.save(project, here)

    def change(timeline):
        timeline["tracks"][0]["items"][1]["frames"] = 42
        timeline["tracks"][1]["items"][0]["frames"] = 43

    theirs = edited(there, project, change)
    done = over()
    assert frames(studio.projects.get(project).timeline) == [[31, 42, 20], [43]], "the later one of the second clip"
    (conflict,) = done.conflicts[project]
    assert (conflict.path, conflict.kept, conflict.lost[0]["frames"]) == ("tracks[0].items[1]", "there", 32)
    (listed,) = Ledger(studio).conflicts(project)
    assert listed.lost[0]["frames"] == 32
    with there.client() as http:
        assert frames(http.get(f"/api/v1/projects/{project}").json()["timeline"]) == [[31, 42, 20], [43]]
        (told,) = http.get(f"/api/v1/projects/{project}/conflicts").json()
        assert (told["kept"], told["lost"][0]["frames"]) == ("here", 32)
        names = [
            v["label"] for v in http.get(f"/api/v1/projects/{project}/versions").json()["items"] if v["kind"] == "name"
        ]
        assert any(name.startswith("Lost to a sync") for name in names)
    versions = Versions(studio.db, studio.projects)
    lost = next(v for v in versions.list(project) if v.kind == "name")
    assert frames(versions.restore(project, lost.id).timeline) == [[31, 32, 20], [9]], "what lost can be gone back to"
    studio.projects.undo(project)
    assert studio.projects.get(project).undo_label == "Sync"
    assert over().merged == 0
    assert theirs["tracks"][0]["items"][1]["frames"] == 42


def test_an_edit_there_between_fetching_and_keeping_is_not_overwritten(studio, over, there, picture, monkeypatch):
    project = studio.projects.create("Raced", film(row(clip(picture, 20), clip(picture, 21)))).id
    over()
    here = studio.projects.get(project).timeline
    here["tracks"][0]["items"][0]["frames"] = 30
    studio.projects.save(project, here)
    keep, raced = Peer.keep, []

    def late(peer, id, merged):
        if not raced:
            raced.append(edited(there, project, lambda film: film["tracks"][0]["items"][1].update(frames=40)))
        keep(peer, id, merged)

    monkeypatch.setattr(Peer, "keep", late)
    assert over().conflicts == {}
    assert frames(studio.projects.get(project).timeline) == [[30, 40]]
    with there.client() as http:
        assert frames(http.get(f"/api/v1/projects/{project}").json()["timeline"]) == [[30, 40]]


def test_what_is_in_the_trash_of_either_is_left_there(studio, over, there, picture):
    here, gone = (studio.projects.create(name, film(row(clip(picture, 5)))).id for name in ("Trashed", "Deleted"))
    over()
    studio.projects.trash(here)
    with there.client() as http:
        etag = http.get(f"/api/v1/projects/{gone}").headers["etag"]
        http.delete(f"/api/v1/projects/{gone}", headers={"If-Match": etag})
        done = over()
        assert set(done.passed_over) >= {"Trashed", "Deleted"}
        assert http.get(f"/api/v1/projects/{here}").status_code == 200
    assert studio.projects.get(gone)


def test_the_command_line_says_what_it_did(there, studio, home, picture, capsys):
    studio.projects.create("From the line", film(row(clip(picture, 5))))
    with pytest.raises(SystemExit, match="0"):
        main(["sync", there.url, "--home", str(home)])
    assert "projects: 1 sent" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="1"):
        main(["sync", f"http://127.0.0.1:{free_port()}", "--home", str(home)])
    assert "broke" in capsys.readouterr().err


def test_pieces_follow_on_each_other_and_the_whole_is_what_its_hash_says(studio, picture, tmp_path):
    other = Studio(Settings.load(tmp_path / "other"))
    parcels, data, label = Parcels(other.library), picture.path.read_bytes(), label_of(picture)
    assert parcels.missing([picture.id]) == {picture.id: 0}
    assert parcels.append(picture.id, 0, data[:100]) == 100
    for offset in (0, 99, 101):
        with pytest.raises(OutOfStep):
            parcels.append(picture.id, offset, data[100:])
    with pytest.raises(OutOfStep, match="100 of"):
        parcels.finish(picture.id, label)
    parcels.append(picture.id, 100, b"x" * (len(data) - 100))
    with pytest.raises(Damaged):
        parcels.finish(picture.id, label)
    assert parcels.have(picture.id) == 0, "and is begun anew"
    parcels.append(picture.id, 0, data)
    assert parcels.finish(picture.id, label).recipe == picture.recipe
    other.library.trash([picture.id])
    assert parcels.missing([picture.id]) == {}
    assert other.library.get(picture.id), "what is wanted again comes out of the trash"
    for bad in ("../x", "ab" * 31, "AB" * 32):
        with pytest.raises(Invalid):
            parcels.missing([bad])
    other.close()


def test_the_door_refuses_what_cannot_be(there, studio, picture):
    with there.client() as http:
        film_ = Timeline.parse(film(row(clip(picture, 5)))).dump()
        sheet = {"title": "x", "timeline": film_, "studio": "0" * 16}
        assert http.put("/api/v1/sync/projects/nothex", json=sheet).status_code == 422
        assert (
            http.put(f"/api/v1/sync/projects/{'0' * 16}", json={**sheet, "timeline": {"version": 9}}).status_code == 422
        )
        assert http.put(f"/api/v1/sync/projects/{'0' * 16}", json={**sheet, "if_version": 3}).status_code == 404
        assert http.get(f"/api/v1/sync/projects/{'0' * 16}").status_code == 404
        assert http.post("/api/v1/sync/missing", json={"ids": ["../../etc/passwd"]}).status_code == 422
        assert http.put(f"/api/v1/sync/files/{'0' * 64}?offset=5", content=b"x").status_code == 409
    ledger = Ledger(studio)
    made = ledger.keep("0" * 16, Merged(title="x", timeline=film_, studio="0" * 16))
    with pytest.raises(Stale):
        ledger.keep(made.id, Merged(title="x", timeline=film_, studio="0" * 16))
    stranger = Peer(there.url)
    stranger.http = httpx.Client(base_url=f"{there.url}/api/v1/schemas/job?")
    with pytest.raises(Refused):
        stranger.hello()
