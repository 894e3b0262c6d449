"""Hosts the workers on this machine: starts them, watches them, and replaces the ones that die."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.device import devices
from pipelines.faults import Conflict
from studio.settings import Settings
from studio.types import new_id
from studio.work.conform import Conform
from studio.work.queue import Queue
from studio.work.whole import Foreman

log = logging.getLogger(__name__)

GRACE_S = 5.0  # what a worker gets to notice that its job is over, before it is replaced
WATCH_S = 0.25


class HomeInUse(Conflict):
    """Another studio already hosts the workers of this home."""


@dataclass(frozen=True)
class Post:
    """A worker to be kept running: which lanes of the queue it serves, on which device."""

    name: str
    lanes: tuple[str, ...]
    device: str
    from_jobs: int = 0
    """Filled once so many jobs of its lanes wait or run: most studios never download anything."""


def posts(settings: Settings) -> list[Post]:
    """One worker a device for models, and beside an accelerator one for what the processor does alone; without an
    accelerator, as many as --workers says."""
    found = devices(settings.device)
    count = settings.workers or (1 if found[0].kind != "cpu" else min(2, os.cpu_count() or 1))
    both = ("cpu", "device") if found[0].kind == "cpu" else ("cpu",)
    models = [Post(d.name, ("device",), d.name) for d in found if d.kind != "cpu"]
    downloads = [Post(f"net-{n}", ("net",), "cpu", from_jobs=n) for n in (1, 2)]
    return models + [Post(f"cpu-{n}", both, "cpu") for n in range(1, count + 1)] + downloads


class Crew:
    """The workers of one home. Only one crew at a time: it holds the home's lock."""

    def __init__(self, home: Path, queue: Queue, settings: Settings):
        self.home, self.queue, self.settings = home, queue, settings
        self.posts = posts(settings)
        self.foreman = Foreman(queue.db, queue.library, queue, {"conform": Conform(queue.db, queue.library)})
        self.workers: dict[str, tuple[Post, subprocess.Popen]] = {}
        self.deaths: dict[Post, list[float]] = {}
        self.stopping = threading.Event()
        self.lock: IO[str] | None = None
        self.thread = threading.Thread(target=self.watch, daemon=True, name="crew")

    def start(self, address: str = "") -> None:
        """Take the home, put right what an earlier crew left, and set to work. Raises `HomeInUse`."""
        self.lock = take(self.home, address)
        self.queue.recover()
        self.clear("job-*", "upload-*", "gradio/*")
        self.queue.library.sweep()
        self.thread.start()

    def clear(self, *patterns: str) -> None:
        """Remove what ended processes left half-made. Only who holds the home's lock has jobs, or takes uploads."""
        left = [path for pattern in patterns for path in (self.home / "tmp").glob(pattern)]
        running = {f"job-{id}-{attempt}" for id, attempt in self.queue.held()}  # asked last: none began since
        for path in left:
            if path.name not in running:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def stop(self, patience_s: float = 5.0) -> None:
        """Send everyone home; what they were working on goes back to its place in the line."""
        self.stopping.set()
        if self.thread.ident:
            self.thread.join()
        for _, process in self.workers.values():
            process.terminate()
        until = time.monotonic() + patience_s
        for name, (_, process) in self.workers.items():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                kill(process)
            self.queue.lost(name, "The studio stopped.", crash=False)
        self.workers.clear()
        if self.lock:
            self.lock.close()

    def watch(self) -> None:
        while not self.stopping.is_set():
            try:
                self.look()
            except Exception:  # the watch goes on whatever happens: a locked database passes, a dead watch does not
                log.exception("the crew stumbled")
            self.stopping.wait(WATCH_S)

    def look(self) -> None:
        """One round: bury the dead, fill the empty posts, and replace those who will not let go."""
        for name, (post, process) in list(self.workers.items()):
            if process.poll() is not None:
                log.warning("worker %s ended with %s", name, process.returncode)
                del self.workers[name]
                kill(process)  # and whatever it had started
                self.deaths.setdefault(post, []).append(time.monotonic())
                self.queue.lost(name, died_of(process.returncode), crash=True)
                self.clear("job-*")
        stuck = self.queue.expire()
        self.queue.overdue(self.settings.job_timeout_s)
        for name in [*stuck, *self.queue.clung_to(GRACE_S)]:
            if name in self.workers:
                log.warning("worker %s does not answer, or does not let go of a job that is over", name)
                kill(self.workers[name][1])
        manned = {post for post, _ in self.workers.values()}
        for post in self.posts:
            if post not in manned and self.rested(post) and self.wanted(post):
                self.hire(post)
        self.foreman.look()

    def wanted(self, post: Post) -> bool:
        return not post.from_jobs or self.queue.in_line(post.lanes) >= post.from_jobs

    def rested(self, post: Post) -> bool:
        """A worker that keeps dying is replaced ever more slowly, up to once in half a minute."""
        recent = [at for at in self.deaths.get(post, []) if time.monotonic() - at < 120]
        self.deaths[post] = recent
        return not recent or time.monotonic() - recent[-1] > min(30, 0.2 * 2 ** (len(recent) - 1))

    def hire(self, post: Post) -> None:
        name = f"{post.name}-{new_id()[:6]}"
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "studio.work.worker", str(self.home), name, ",".join(post.lanes)]
        environment = {**os.environ, **self.settings.environment(), "STUDIO_DEVICE": post.device}
        with (logs / "workers.log").open("ab") as out:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True,
                env=environment, cwd=Path(__file__).parents[2],
            )  # fmt: skip
        self.workers[name] = (post, process)

    def report(self) -> list[dict[str, Any]]:
        """Who is at work, for /health."""
        return [
            {"name": name, "device": post.device, "pid": process.pid, "alive": process.poll() is None}
            for name, (post, process) in list(self.workers.items())
        ]


def take(home: Path, address: str = "") -> IO[str]:
    """Lock a home for one crew, and write down where it can be reached. The lock goes with the process."""
    file = (home / "studio.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise HomeInUse(
            f"Another Homereel is already running on {home}.", "Use that one, stop it, or name another --home."
        ) from None
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "address": address}))
    file.flush()
    return file


def kill(process: subprocess.Popen) -> None:
    """End a worker and everything it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def died_of(code: int) -> str:
    if code == -signal.SIGKILL:
        return "The worker was killed; the machine may have run out of memory."
    if code < 0:
        return f"The worker was ended by {signal.Signals(-code).name}."
    return f"The worker ended with exit code {code}."
