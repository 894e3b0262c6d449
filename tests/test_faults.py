"""Power cuts, full disks, stopped processes, broken homes: what was acknowledged is kept, what cannot be is said."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress

import httpx
import psutil
import pytest

from conftest import HOUSE, until
from studio.settings import Settings
from studio.studio import Studio
from test_api import PICTURE, png
from test_cli import command
from test_crew import check_invariants, crewed, ended, picture, running, shot, worker_pid  # noqa: F401
from test_races import request


def test_a_worker_that_stops_answering_is_replaced_and_its_job_done(crewed, monkeypatch):  # noqa: F811
    """Its lease runs out, and with it goes the only worker there is: somebody else must come."""
    job, _ = crewed.submit(shot(3))
    running(crewed, job)
    stopped = worker_pid(crewed)
    os.kill(stopped, signal.SIGSTOP)
    crewed.db.change("update job set lease = 0 where id = ?", job.id)
    done = ended(crewed, job)
    assert (done.status, done.attempts) == ("done", 2), done.error
    assert not psutil.pid_exists(stopped)
    check_invariants(crewed)


def test_workers_killed_at_random_lose_nothing(home):
    """A dozen kills over small jobs: each job ends once, published once, or says that it crashed twice."""
    dice, studio = random.Random(7), Studio(Settings.load(home, workers=2))
    studio.open()
    try:
        jobs = [studio.submit(picture(f"fox {n}", width=512, height=512))[0] for n in range(16)]
        for _ in range(12):
            studio.crew.deaths.clear()
            with suppress(ProcessLookupError):  # dead already, and not yet missed
                os.kill(dice.choice(until(studio.crew.report))["pid"], signal.SIGKILL)
            until(lambda: any(w["alive"] for w in studio.crew.report()))
            time.sleep(dice.uniform(0, 0.4))
        for job in jobs:
            studio.crew.deaths.clear()
            now = ended(studio, job)
            assert now.status == "done" or (now.error.type == "worker_crashed" and now.attempts == 2), now
            assert len(now.assets) == (now.status == "done")
        check_invariants(studio)
        studio.crew.clear("job-*")
        assert not list((home / "tmp").glob("job-*"))
    finally:
        studio.close()


def test_a_worker_killed_leaves_no_scratch_behind(crewed):  # noqa: F811
    job, _ = crewed.submit(shot(60))
    running(crewed, job, 0.01)
    first = {path.name for path in (crewed.home / "tmp").glob("job-*")}
    os.kill(worker_pid(crewed), signal.SIGKILL)
    until(lambda: crewed.queue.get(job.id).attempts == 2)
    assert first
    assert not first & {path.name for path in (crewed.home / "tmp").glob("job-*")}
    crewed.queue.cancel(job.id)


def test_a_lease_is_renewed_again_after_the_ledger_was_out_of_reach(studio, worker, monkeypatch):
    """The thread that renews it must outlive a full disk."""
    import threading

    waits = iter([False, False, True])
    monkeypatch.setattr(worker.leaving, "wait", lambda s: next(waits))
    studio.submit(request())
    claim = worker.queue.claim(worker.name, ("cpu",))
    worker.db.change("update job set lease = 0")
    worker.db.conn.execute("pragma query_only = on")
    keeper = threading.Thread(target=worker.keep_lease)
    keeper.start()
    keeper.join()
    assert next(waits, "all heard") == "all heard", "the keeper gave up"
    worker.db.conn.execute("pragma query_only = off")
    worker.queue.renew(worker.name)
    assert studio.db.one("select lease from job where id = ?", claim.job.id)[0] > time.time()


# --- the disk --------------------------------------------------------------------------------------------------------

ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from studio.library import intake
from studio.settings import Settings
from studio import studio as room
from studio.types import GenerationRequest
from studio.work import worker as shop

room.SPARE_BYTES = shop.SPARE_BYTES = intake.SPARE_BYTES = 0
studio = room.Studio(Settings.load(sys.argv[1]))
worker = shop.Worker(studio.home, "here", ("cpu",))
request = GenerationRequest(model="draft-image", options={"prompt": "a fox", "width": 512, "height": 512})
job, _ = studio.submit(request)
filler = studio.home / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 4096)
    except OSError:
        file.truncate(file.tell() - 96 * 1024)
worker.run_next()
failed = studio.queue.get(job.id)
print(failed.status, failed.error and failed.error.type, *sorted(p.name for p in (studio.home / "tmp").iterdir()))
filler.unlink()
again = studio.retry(job.id)
worker.run_next()
print(studio.queue.get(again.id).status, len(studio.library.list().items))
"""


def test_a_full_disk_fails_the_job_in_words_leaves_nothing_and_passes(tmp_path):
    """A real one: a file system of ten megabytes in a mount namespace of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = ["unshare", "--user", "--map-root-user", "--mount"] if shutil.which("unshare") else ["false"]
    if subprocess.run([*alone, "mount", "-t", "tmpfs", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    script = 'mount -t tmpfs -o size=10m tmpfs "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        [*alone, "sh", "-c", script, "sh", disk, sys.executable, ON_A_SMALL_DISK],
        capture_output=True, text=True, cwd=HOUSE, env={**os.environ, "PYTHONPATH": str(HOUSE)},
    )  # fmt: skip
    assert done.stdout.split("\n")[:2] == ["failed disk_full", "done 1"], done.stdout + done.stderr


# --- the server ------------------------------------------------------------------------------------------------------


def test_a_server_killed_during_an_upload_and_an_export_shows_nothing_half_made(own_server):
    own_server.start("--workers", "1")
    with own_server.client() as client:
        asset = client.post("/api/v1/assets", files={"file": ("a.png", png(640, 360))}).json()
        clip = {"type": "clip", "asset": asset["id"], "in": 0, "frames": 15_000}
        film = {"version": 1, "width": 640, "height": 360, "tracks": [{"kind": "video", "items": [clip]}]}
        made = client.post("/api/v1/projects", json={"timeline": film}).json()
        job = client.post(f"/api/v1/projects/{made['id']}/export", json={"format": "mp4"}).json()
        until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["status"] == "running")
        client.post("/api/v1/queue/pause")
    scratch = own_server.home / "tmp"
    head = (
        f"Host: 127.0.0.1:{own_server.port}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 999999"
    )
    begun = b'--b\r\nContent-Disposition: form-data; name="file"; filename="half.png"\r\n\r\n' + png(99, 99)
    with socket.create_connection(("127.0.0.1", own_server.port), 10) as line:
        line.sendall(f"POST /api/v1/assets HTTP/1.1\r\n{head}\r\n\r\n".encode() + begun)
        until(lambda: list(scratch.glob("upload-*")))
        workers = psutil.Process(own_server.process.pid).children(recursive=True)
        own_server.kill()
    psutil.wait_procs(workers, timeout=10)
    own_server.start("--workers", "1")
    with own_server.client() as client:
        assert not [*scratch.glob("upload-*"), *scratch.glob("job-*")]
        assert [a["id"] for a in client.get("/api/v1/assets").json()["items"]] == [asset["id"]]
        assert client.get(f"/api/v1/jobs/{job['id']}").json()["status"] == "queued"
    kept = [path for path in (own_server.home / "library").glob("*/*") if path.is_file()]
    assert [path.stem for path in kept] == [asset["id"]]


def test_sigterm_puts_the_job_back_unspent_and_ends_soon_whoever_is_listening(own_server):
    own_server.start("--workers", "1")
    with own_server.client() as client:
        slow = {"model": "draft-video", "options": shot(60).options}
        job = client.post("/api/v1/jobs", json=slow).json()
        until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["status"] == "running")
    host = f"Host: 127.0.0.1:{own_server.port}\r\n\r\n"
    ways = (
        f"/api/v1/jobs/{job['id']}/events",
        "/gradio_api/heartbeat/someone",
        "/gradio_api/queue/data?session_hash=x",
    )
    open_lines = [socket.create_connection(("127.0.0.1", own_server.port), 10) for _ in ways]
    for line, way in zip(open_lines, ways, strict=True):
        line.sendall(f"GET {way} HTTP/1.1\r\n{host}".encode())
        assert line.recv(64).startswith(b"HTTP/1.1")
    family = psutil.Process(own_server.process.pid).children(recursive=True)
    began = time.monotonic()
    own_server.process.send_signal(signal.SIGTERM)
    own_server.process.wait(20)
    took = time.monotonic() - began
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    row = sqlite3.connect(own_server.home / "studio.db").execute("select status, attempt from job").fetchone()
    assert row == ("queued", 0)
    assert took < 15, "three seconds for the listeners, five for the worker, the rest for a busy machine"


def test_ctrl_c_twice_ends_at_once_and_in_order(own_server):
    own_server.start("--workers", "1")
    family = psutil.Process(own_server.process.pid).children(recursive=True)
    own_server.process.send_signal(signal.SIGINT)
    own_server.process.send_signal(signal.SIGINT)
    own_server.process.wait(20)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    assert "Traceback" not in (own_server.home.parent / "server.log").read_text()


def test_a_thousand_waiting_jobs_do_not_make_the_house_slow(home):
    """Counted in questions to the database and bytes of answer, since time is the machine's."""
    from fastapi.testclient import TestClient

    from studio import api

    studio = Studio(Settings.load(home))
    client = TestClient(api.create(studio), base_url="http://127.0.0.1")
    sent = client.post("/api/v1/jobs/batch", json=[PICTURE] * 1000)
    assert sent.status_code == 202
    assert [job["position"] for job in sent.json()] == list(range(1000))
    for path, most_questions, most_bytes in [
        ("/health", 2, 2_000),
        ("/api/v1/status", 4, 2_000),
        ("/api/v1/jobs", 4, 60_000),
        ("/api/v1/jobs?limit=200", 4, 240_000),
        ("/api/v1/queue", 8, 240_000),
        (f"/api/v1/jobs/{sent.json()[500]['id']}", 4, 2_000),
    ]:
        asked: list[str] = []
        studio.db.conn.set_trace_callback(asked.append)
        answer = client.get(path)
        studio.db.conn.set_trace_callback(None)
        assert len(asked) <= most_questions, (path, asked)
        assert len(answer.content) <= most_bytes, path


# --- homes that cannot be opened -------------------------------------------------------------------------------------


def damaged(home):
    home.mkdir()
    (home / "studio.db").write_bytes(b"this was a database once " * 400)


def torn(home):
    """A database whose first page is whole, and whose others are not."""
    Studio(Settings.load(home)).db.conn.close()
    whole = (home / "studio.db").read_bytes()
    (home / "studio.db").write_bytes(whole[:4096] + random.Random(1).randbytes(len(whole) - 4096))


def newer(home):
    home.mkdir()
    with sqlite3.connect(home / "studio.db") as later:
        later.execute("pragma user_version = 999")


def a_folder(home):
    (home / "studio.db").mkdir(parents=True)


def a_file(home):
    home.write_text("x")


def broken_settings(home):
    home.mkdir()
    (home / "settings.toml").write_text("port = [[[")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (damaged, "cannot be read"),
        (torn, "cannot be read"),
        (newer, "newer Homereel"),
        (a_folder, "cannot be used"),
        (a_file, "File exists"),
        (broken_settings, "settings.toml"),
    ],
)
def test_a_home_that_cannot_be_opened_is_refused_in_one_line(home, break_it, words):
    break_it(home)
    refused = subprocess.run(
        [sys.executable, "app.py", "--home", str(home), "--port", "auto"], capture_output=True, text=True, cwd=HOUSE
    )
    assert refused.returncode == 1
    assert words in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_home_that_may_not_be_written_is_refused_in_one_line(tmp_path):
    if os.geteuid() == 0 and not os.path.isdir("/proc/1"):
        pytest.skip("root writes everywhere here")
    where = "/proc/nobody" if os.geteuid() == 0 else str(tmp_path / "locked" / "home")
    if os.geteuid():
        (tmp_path / "locked").mkdir(mode=0o500)
    refused = subprocess.run(
        [sys.executable, "app.py", "--home", where, "--port", "auto"], capture_output=True, text=True, cwd=HOUSE
    )
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert where in refused.stderr


def test_port_auto_takes_the_next_free_one_and_says_which(home):
    with socket.socket() as taken:
        with suppress(OSError):  # somebody else has it: as good
            taken.bind(("127.0.0.1", 7860))
            taken.listen()
        opened = subprocess.Popen(
            [sys.executable, "app.py", "--home", str(home), "--port", "auto"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=HOUSE,
        )
        try:
            address = next(line.split()[-1] for line in opened.stdout if "open at" in line)
            assert not address.endswith(":7860")
            until(lambda: up(address))
        finally:
            opened.terminate()
            opened.wait(20)


def up(address):
    try:
        return httpx.get(f"{address}/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_command_whose_jobs_lost_their_workers_does_them_itself(home):
    """Two commands at once share the first one's workers; when it is done first, the second must not wait for ever."""
    other = Studio(Settings.load(home, workers=1))
    other.open()
    other.queue.pause()
    env = {**os.environ, "STUDIO_HOME": str(home)}
    making = subprocess.Popen(
        command("generate", "image", "a fox", "-o", "width=256", "-o", "height=256", "--json"),
        env=env, stdout=subprocess.PIPE, text=True, cwd=HOUSE,
    )  # fmt: skip
    until(lambda: other.queue.counts().get("queued"))
    other.close()
    other.queue.resume()
    said, _ = making.communicate(timeout=60)
    assert json.loads(said)["status"] == "done"
