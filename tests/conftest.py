"""The studio under test: real SQLite, real workers, real ffmpeg, the draft models; a home of its own for each test."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastapi.testclient  # noqa: F401  pytest rewrites what lies below it: now, not while other threads parse too
import httpx
import pytest

from studio.settings import Settings
from studio.studio import Studio
from studio.types import Asset, GenerationRequest, Job
from studio.work.worker import Worker

HOUSE = Path(__file__).parent.parent
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests share the cores; networks this small are slower on several


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser or kills processes gets a second try, which the run's summary lists: on a busy machine
    any of their many waits may run out. What fails twice is a fault."""
    for item in items:
        if {"page", "own_server", "at_desk"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def no_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright leaves its event loop running in this thread, between tests too; what runs one of its own must not see
    it."""
    if "browser" in request.fixturenames or (loop := asyncio._get_running_loop()) is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def studio(home: Path) -> Iterator[Studio]:
    """A studio whose workers have not come yet: `make` and `work` do the jobs here and now."""
    opened = Studio(Settings.load(home))
    yield opened
    opened.close()


@pytest.fixture
def worker(studio: Studio) -> Worker:
    return Worker(studio.home, "here", ("cpu", "device"))


@pytest.fixture
def work(studio: Studio, worker: Worker) -> Callable[..., Job]:
    """Submit a request and do it in this process."""

    def work(model: str, **options) -> Job:
        job, _ = studio.submit(GenerationRequest(model=model, options=options))
        while worker.run_next():
            pass
        return studio.queue.get(job.id)

    return work


@pytest.fixture
def make(work: Callable[..., Job]) -> Callable[..., Asset]:
    """Make one take with a model, here and now."""

    def make(model: str, **options) -> Asset:
        job = work(model, **options)
        assert job.status == "done", job.error
        return job.assets[0]

    return make


def until(true: Callable[[], object], within_s: float = 30):
    """Wait for something to come true, and give it back."""
    end = time.monotonic() + within_s
    while not (value := true()):
        assert time.monotonic() < end, f"not within {within_s} s"
        time.sleep(0.02)
    return value


def apart(work: Callable[..., object], *given: object) -> object:
    """Do something in a thread of its own: what runs an event loop cannot run where the browser has one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(work, *given).result()


@dataclass
class Server:
    """A studio in a process of its own, as a user would start it."""

    home: Path
    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *flags: str, **environment: str) -> Server:
        log = (self.home.parent / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "app.py", "--home", str(self.home), "--port", str(self.port), *flags],
            cwd=HOUSE, stdout=log, stderr=log, env={**os.environ, **environment},
        )  # fmt: skip
        until(self.up, 150)
        return self

    def up(self) -> bool:
        assert self.process
        assert self.process.poll() is None, (self.home.parent / "server.log").read_text()
        try:
            return httpx.get(f"{self.url}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """As the power cut does it."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60)

    def done(self, job_id: str, within_s: float = 120) -> dict:
        """The job, once it is over."""
        with self.client() as client:
            ended = ("done", "failed", "cancelled")
            return until(lambda: (j := client.get(f"/api/v1/jobs/{job_id}").json())["status"] in ended and j, within_s)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def own_server(home: Path) -> Iterator[Server]:
    """A server of this test's own, not started yet: it may be killed."""
    server = Server(home, free_port())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that tests share; they find each other's jobs in it."""
    server = Server(tmp_path_factory.mktemp("shared") / "home", free_port()).start()
    yield server
    server.stop()


PASSWORD = "three words together"
SECRETS = {"STUDIO_PASSWORD": PASSWORD, "HF_TOKEN": "hf_the-canary-token", "STUDIO_LLM_KEY": "sk-the-canary-key"}
HOSTILE = {f"GRADIO_{name}": "True" for name in ("SHARE", "MCP_SERVER", "VIBE_MODE", "SSR_MODE")}
HOSTILE |= {"GRADIO_ALLOWED_PATHS": "/", "GRADIO_ROOT_PATH": "/evil", "GRADIO_SERVER_NAME": "0.0.0.0"}


@pytest.fixture(scope="session")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A locked studio that tests share, started by somebody whose environment means Gradio ill. `server.keys["make"]`
    opens it as that role; `server.passes` makes more."""
    home = tmp_path_factory.mktemp("locked") / "home"
    server: Any = Server(home, free_port()).start("--host", "0.0.0.0", **SECRETS, **HOSTILE)
    server.passes = Studio(Settings.load(home)).locks.passes
    server.keys = {role: server.passes.make("key", role.title(), role)[1] for role in ("view", "make", "admin")}
    yield server
    server.stop()


def chromium() -> str:
    """The browser the window is tested in."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("STUDIO_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a machine that also compiles takes its time
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium() or None, args=[*quiet, "--disable-component-update", "--disable-sync"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A fresh page that fails the test when its script does, or when it asks for anything outside this machine."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    page.on("request", lambda r: faults.append(f"outside: {r.url}") if OUTSIDE.match(r.url) else None)
    page.faults = faults
    yield page
    context.close()
    assert not faults, faults


OUTSIDE = re.compile(r"(?!data:|blob:|about:)[a-z]+://(?!127\.0\.0\.1[:/])")
