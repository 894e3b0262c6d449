"""A page of a site that was named shows the studio's pictures and films; a page of any other does not."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager

import pytest
import uvicorn

from conftest import free_port, until
from listener import Answer, listening
from pipelines import ffmpeg
from studio import api
from studio.api.entry import Entry
from studio.api.guard import Guard
from studio.api.signing import signed
from studio.people import HOUSE, acting
from studio.settings import Settings
from studio.studio import Studio
from test_api import png

SHOWN = """<img id=media src='{0}'><script>
media.onload = () => document.title = 'shown'; media.onerror = () => document.title = 'kept back'</script>"""
PLAYED = """<video id=media src='{0}'></video><script>
media.onloadeddata = () => document.title = 'shown'; media.onerror = () => document.title = 'kept back'</script>"""


@contextmanager
def opened(home, **settings):
    """A studio's doors in this process: it, and its address."""
    studio, port = Studio(Settings.load(home, **settings)), free_port()
    studio.locks.settle()
    guard = Guard(api.create(studio), studio, Entry(studio.locks))
    server = uvicorn.Server(uvicorn.Config(guard, port=port, log_level="warning", ws="none", lifespan="off"))
    running = threading.Thread(target=server.run)
    running.start()
    until(lambda: server.started)
    try:
        yield studio, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        running.join()
        studio.close()


def moving(studio):
    """A film of a second."""
    with studio.library.scratch(".mp4") as path:
        bars = ["-f", "lavfi", "-i", "testsrc=d=1:s=64x36", "-pix_fmt", "yuv420p", str(path)]
        subprocess.run([ffmpeg.binary(), "-v", "error", *bars], check=True)
        return studio.library.add(path)


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "open"])
def test_the_named_sites_page_shows_what_it_was_given_and_no_other_does(home, browser, locked):
    tab = browser.new_context().new_page()
    with listening() as theirs, listening() as evil:
        settings = {"origin": theirs.url} | ({"password": "three words together"} if locked else {})
        with opened(home, **settings) as (studio, here):
            picture, film = studio.library.upload([png()], "a.png"), moving(studio)
            for page, asset in ((SHOWN, picture), (PLAYED, film)):
                with acting(HOUSE):
                    path = signed(asset.url, studio.locks.signing_key) if locked else asset.url
                said = Answer(body=page.format(here + path).encode(), headers={"content-type": "text/html"})
                for site, seen in ((theirs, "shown"), (evil, "kept back")):
                    site.answers["/page"] = said
                    tab.goto(f"{site.url}/page")
                    tab.wait_for_function("document.title")
                    assert tab.title() == seen, asset.kind
    tab.context.close()
