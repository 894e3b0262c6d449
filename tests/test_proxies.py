"""nginx and Caddy, set up as docs/deploy.md says, in front of a studio at the root of its name and under a path."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import socket
import subprocess
import wave
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from conftest import HOUSE, PASSWORD, Server, free_port, until
from studio.locks.certificate import certificate
from studio.settings import Settings
from studio.studio import Studio
from test_api import PICTURE, png

NAME = "films.localhost"  # which browsers find by themselves
DOCS = (HOUSE / "docs" / "deploy.md").read_text()


def tone(seconds: int) -> bytes:
    """A sound of that length that no proxy could make smaller."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, 48_000, 0, "NONE", ""))
        file.writeframes(random.Random(4).randbytes(seconds * 4 * 48_000))
    return out.getvalue()


def written(language: str) -> str:
    """The page's block of that language in which the studio's port stands."""
    blocks = re.findall(rf"```{language}\n(.*?)```", DOCS, re.S)
    return next(block for block in blocks if "127.0.0.1:7860" in block)


def named(site: str) -> str:
    return site.replace("films.example", NAME)


def nginx(folder: Path, port: int, studio: Server, root: str) -> list[str]:
    cert, key = certificate(folder, [NAME])
    site = (
        named(written("nginx"))
        .replace("listen 443", f"listen {port}")
        .replace("127.0.0.1:7860", f"127.0.0.1:{studio.port}")
    )
    site = site.replace("# ssl_certificate and", f"ssl_certificate {cert}; ssl_certificate_key {key}; # and")
    site = site.replace("location / {", f"location {root}/ {{")
    scratch = "".join(f"{n}_temp_path {folder}/{n};\n" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/pid;\ndaemon off;\nerror_log {folder}/log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{scratch}{site}}}\n"
    )
    return ["nginx", "-p", str(folder), "-e", str(folder / "log"), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, studio: Server, root: str) -> list[str]:
    site = named(written("caddy")).replace("127.0.0.1:7860", f"127.0.0.1:{studio.port}")
    if root:
        under = re.search(r"`(redir \S+ \S+)` and `(handle \S+) \{ (.*) \}`", DOCS)
        assert under, "the page says how a path is done"
        site = f"{NAME} {{\n{under[1]}\n{under[2]} {{\n{under[3]}\n}}\n}}".replace(":7860", f":{studio.port}")
    site = site.replace(f"{NAME} {{", f"{NAME}:{port} {{\ntls internal", 1)
    (folder / "Caddyfile").write_text(f"{{\nadmin off\nauto_https disable_redirects\nskip_install_trust\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@dataclass
class Front:
    """A proxy, and the studio behind it."""

    studio: Server
    port: int
    root: str

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}{self.root}"

    @property
    def auth(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.studio.key}"}

    def client(self, **more) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=False, timeout=60, headers={**self.auth, **more})


@pytest.fixture(scope="module")
def studios(tmp_path_factory):
    """A studio at the root of its name, and one under a path; each started when it is first asked for."""
    opened = {}

    def studio(root):
        if root not in opened:
            home = tmp_path_factory.mktemp("behind") / "home"
            said = {"STUDIO_PASSWORD": PASSWORD, "STUDIO_NAMES": NAME, "STUDIO_PROXY": "127.0.0.1"}
            opened[root] = server = Server(home, free_port()).start(**said, STUDIO_ROOT_PATH=root)
            server.key = Studio(Settings.load(home)).locks.passes.make("key", "Program", "admin")[1]
        return opened[root]

    yield studio
    for server in opened.values():
        server.stop()


WAYS = [(nginx, ""), (nginx, "/studio"), (caddy, ""), (caddy, "/studio")]


def called(way) -> str:
    return f"{way[0].__name__}{way[1]}"


@pytest.fixture(scope="module", params=WAYS, ids=called)
def front(request, studios, tmp_path_factory):
    command, root = request.param
    if not shutil.which(command.__name__):
        pytest.skip(f"{command.__name__} is not installed: what the page says of it cannot be tried")
    folder, port, studio = tmp_path_factory.mktemp("proxy"), free_port(), studios(root)
    own = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        proxy = subprocess.Popen(command(folder, port, studio, root), env=own, stdout=said, stderr=said)
    front = Front(studio, port, root)
    with found_here():
        until(lambda: up(front, proxy, folder))
        yield front
    proxy.terminate()
    proxy.wait(20)


def up(front, proxy, folder):
    assert proxy.poll() is None, (folder / "said").read_text()
    try:
        return front.client().get("/health").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def found_here():
    """Whoever asks for the name in this process finds this machine."""
    asked = socket.getaddrinfo
    here = {NAME: "127.0.0.1", NAME.encode(): "127.0.0.1"}
    socket.getaddrinfo = lambda host, *more, **said: asked(here.get(host, host), *more, **said)
    try:
        yield
    finally:
        socket.getaddrinfo = asked


one_of_each = pytest.mark.parametrize("front", [WAYS[1], WAYS[2]], ids=called, indirect=True)


@one_of_each
def test_the_window_opens_and_makes_a_picture(front, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, ignore_https_errors=True)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    page.goto(f"{front.url}?tab=image")
    assert page.url == f"{front.url}/?tab=image"
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: None if r.url.startswith((front.url, "data:", "blob:")) else wrong.append(r.url))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the studio").click()
    page.locator("homereel-header .sharer").wait_for(timeout=60_000)
    page.locator("#image-prompt textarea").fill("a lighthouse at dusk")
    page.locator("#image-prompt textarea").press("Control+Enter")
    shown = page.locator("#tab-image img.shown")
    shown.wait_for(timeout=60_000)
    assert shown.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    assert page.evaluate("isSecureContext")
    context.close()
    assert not wrong


@one_of_each
def test_a_large_file_passes_and_its_ranges_are_served(front):
    sound = tone(280)
    assert len(sound) > 50 << 20
    with front.client() as client:
        made = client.post("/api/v1/assets", files={"file": ("long.wav", sound)})
        assert made.status_code == 201, made.text
        part = client.get(made.json()["url"], headers={"range": "bytes=52000000-52000009"})
        assert (part.status_code, part.content) == (206, sound[52000000:52000010])
        assert client.head(made.json()["url"]).headers["content-length"] == str(len(sound))


def test_events_come_as_they_happen(front):
    with front.client() as client:
        client.post("/api/v1/queue/pause")
        job = client.post("/api/v1/jobs", json=PICTURE).json()["id"]
        with client.stream("GET", f"/api/v1/jobs/{job}/events") as events:
            lines = (line for line in events.iter_lines() if line.startswith("data:"))
            assert json.loads(next(lines)[5:])["status"] == "queued", "while nothing is made yet"
            client.post("/api/v1/queue/resume")
            assert json.loads(list(lines)[-1][5:])["status"] == "done"


def test_gradios_client_comes_through_with_its_events(front, tmp_path):
    asking = Client(f"{front.url}/", headers=front.auth, ssl_verify=False, verbose=False, download_files=tmp_path)
    picture, job = asking.predict("a fox", width=256, height=256, api_name="/generate_image")
    assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert job["status"] == "done"


def test_addresses_that_are_given_out_are_the_proxys(front):
    with front.client() as client:
        wish = {"prompt": "a fox", "image_size": {"width": 256, "height": 256}}
        made = client.post("/fal/run/fal-ai/flux/dev", json=wish)
        address = made.json()["images"][0]["url"]
        assert address.startswith(front.url)
        link = client.post("/api/v1/links", json={"name": "Ada", "role": "view"}).json()["link"]
        assert link.startswith(f"{front.url}/login#")
        begun = client.post("/fal/storage/upload/initiate", json={"file_name": "a.png", "content_type": "image/png"})
        assert begun.json()["upload_url"].startswith(front.url)
        assert httpx.put(begun.json()["upload_url"], content=png(), verify=False).status_code == 200
    assert httpx.get(address, verify=False).headers["content-type"] == "image/png"


def test_what_a_client_says_of_itself_is_not_believed(front):
    with front.client(**{"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}) as client:
        link = client.post("/api/v1/links", json={"name": "Ada", "role": "view"}).json()["link"]
        assert link.startswith(f"{front.url}/login#")
    elsewhere = httpx.HTTPTransport(verify=False, local_address="127.0.0.5")
    with httpx.Client(base_url=front.url, transport=elsewhere) as guessing:
        wrong = {"json": {"password": "x"}}
        tries = [guessing.post("/login", **wrong, headers={"x-forwarded-for": f"203.0.113.{n}"}) for n in range(7)]
    assert [answer.status_code for answer in tries][-2:] == [429] * 2
