"""A person makes a film in the window: a picture, a shot of it, music, a voice; cuts, exports, downloads, plays."""

from __future__ import annotations

import subprocess

import av
import pytest
from playwright.sync_api import expect

from pipelines.ffmpeg import binary


@pytest.fixture
def hand(page, server):
    """A person at the window, with an empty project."""
    with server.client() as client:
        project = client.post("/api/v1/projects", json={"title": "By hand"}).json()["id"]
    page.goto(f"{server.url}/?tab=image&project={project}")
    expect(page.locator("homereel-header .pill")).to_contain_text("idle", timeout=20_000)
    return Hand(page)


class Hand:
    def __init__(self, page):
        self.page = page

    def go_to(self, tab: str):
        self.page.get_by_role("tab", name=tab, exact=True).click()
        return self.page.locator(f"#tab-{tab.lower()}")

    def make(self, tab: str, words: str, **settings: int) -> None:
        """Write a prompt, set what is to be set, press Generate, and put the take on the timeline."""
        room = self.go_to(tab)
        task = tab.lower()
        room.locator(f"#{task}-{'text' if task == 'speech' else 'prompt'} textarea").fill(words)
        for name, value in settings.items():
            room.locator(f"#{task}-{name} input[type=number]").fill(str(value))
            self.page.keyboard.press("Tab")
        room.locator(f"#{task}-go").click()
        expect(room.locator(".caption .said")).to_have_text(words, timeout=20_000)
        expect(room.locator(".actions").get_by_text("Add to timeline")).to_be_visible(timeout=60_000)

    def add(self, tab: str) -> None:
        with self.page.expect_response(lambda r: "/projects/" in r.url and r.request.method in ("PUT", "POST")) as said:
            self.page.locator(f"#tab-{tab.lower()} .actions").get_by_text("Add to timeline").click()
        assert said.value.ok


def test_a_film_is_made_by_hand(hand, tmp_path):
    page = hand.page
    hand.make("Image", "a lighthouse on a cliff at dusk")
    hand.add("Image")
    page.locator("#tab-image .actions").get_by_text("Animate").click()
    expect(page.locator("#video-start .chosen img")).to_be_visible(timeout=10_000)
    hand.make("Video", "slow dolly towards the lighthouse", duration_s=2)
    hand.add("Video")
    hand.make("Music", "calm piano in C major", duration_s=6)
    hand.add("Music")
    hand.make("Speech", "One lamp stays awake.")
    hand.add("Speech")

    hand.go_to("Timeline")
    expect(page.locator(".clip").first).to_be_visible()
    page.get_by_role("button", name="Export the film").click()
    page.get_by_role("radio", name="MP4").click()
    page.get_by_label("Size").select_option("360")
    page.get_by_role("dialog").get_by_role("button", name="Export", exact=True).click()
    result = page.locator("video.result")
    result.wait_for(timeout=120_000)
    assert result.evaluate("film => film.play().then(() => film.duration)") > 5
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    film = tmp_path / "film.mp4"
    download.value.save_as(film)

    with av.open(str(film)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
    subprocess.run([binary(), "-v", "error", "-xerror", "-i", str(film), "-f", "null", "-"], check=True)
