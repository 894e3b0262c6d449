"""The Models tab: every model as a card that says how it stands, and does the next thing about it."""

from __future__ import annotations

import re
import threading

import httpx
import pytest
from playwright.sync_api import expect

from conftest import until
from fakehub import Hub
from test_download import BIG, PARTS

FAMILY = "pipelines.draft.image:DraftImage"
MINE = f"""
[tiny]
repo = "maker/tiny"
title = "Tiny"
task = "image"
family = "{FAMILY}"
licence = "MIT"

[locked]
repo = "maker/locked"
title = "Locked"
task = "image"
family = "{FAMILY}"

[broken]
repo = "maker/broken"
"""


@pytest.fixture(scope="module")
def hub():
    hub = Hub({"maker/tiny": dict(PARTS), "maker/locked": dict(PARTS)})
    hub.gated["maker/locked"] = "hf_nobody_has_this"
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def studio_of_mine(hub, tmp_path_factory):
    """A studio with models of one's own, whose hub is on this machine."""
    from conftest import Server, free_port

    home = tmp_path_factory.mktemp("models") / "home"
    home.mkdir()
    (home / "models.toml").write_text(MINE)
    outside = dict.fromkeys(("HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE"), "")
    server = Server(home, free_port())
    yield server.start("--workers", "1", HF_ENDPOINT=hub.url(), HF_HOME=str(home.parent / "hf"), **outside)
    server.stop()


@pytest.fixture
def models(studio_of_mine, page):
    page.goto(studio_of_mine.url)
    page.get_by_role("tab", name="Models").click()
    expect(page.locator(".models .card[data-model=draft-image]")).to_be_visible()
    return page.locator("homereel-models")


def card(models, model):
    return models.locator(f".card[data-model={model}]")


def press(place, name):
    place.get_by_role("button", name=name, exact=isinstance(name, str)).click()


def start_over(url: str) -> None:
    """What an earlier try left behind goes."""
    with httpx.Client(base_url=url.partition("/?")[0]) as client:
        for job in client.get("/api/v1/jobs?limit=50").json()["items"]:
            if job["status"] in ("queued", "running"):
                client.post(f"/api/v1/jobs/{job['id']}/cancel")
        until(lambda: client.delete("/api/v1/models/tiny/files").status_code < 300)


def test_a_model_is_downloaded_paused_resumed_verified_and_removed(models, hub):
    tiny = card(models, "tiny")
    start_over(models.page.url)
    hub.held[BIG] = threading.Event()
    press(tiny, re.compile("Download|Resume"))
    expect(tiny).to_contain_text("of 3.2 MB", timeout=60_000)
    press(tiny, "Pause")
    expect(tiny).to_contain_text("is here")
    hub.held[BIG].set()
    press(tiny, "Resume")
    expect(tiny.get_by_role("button", name="Verify")).to_be_visible(timeout=60_000)
    expect(models.locator(".disk")).to_contain_text("Models take 3.2 MB")
    press(tiny, "Verify")
    expect(tiny.get_by_role("button", name="Remove")).to_be_visible(timeout=60_000)
    press(tiny, "Remove")
    press(tiny, "Keep")
    press(tiny, "Remove")
    press(tiny, "Remove 3.2 MB")
    expect(tiny.get_by_role("button", name="Download")).to_be_visible()


def test_a_gated_model_links_to_where_its_licence_is_accepted(models, hub):
    locked = card(models, "locked")
    press(locked, "Download")
    expect(locked).to_contain_text("HF_TOKEN", timeout=60_000)
    expect(locked.get_by_role("link", name=f"{hub.url()}/maker/locked")).to_be_visible()


def test_search_and_chips_narrow_the_list_and_an_empty_one_says_how_to_go_on(models):
    models.get_by_role("searchbox").fill("lock")
    expect(models.locator(".card")).to_have_count(1)
    models.get_by_role("searchbox").fill("nothing like it")
    press(models, "Show everything")
    press(models, "My own")
    expect(models.locator(".card")).to_have_count(2)
    press(models, "All")


def test_what_is_wrong_in_models_toml_stands_on_top(models):
    expect(models.locator(".wrong")).to_contain_text("[broken]: It has no family")


def test_the_doctors_checks_are_shown_when_asked(models):
    press(models, "Check everything")
    expect(models.locator(".check", has_text="ffmpeg")).to_be_visible(timeout=60_000)


def test_a_folder_is_added_by_the_command_that_is_shown_and_a_hub_name_here(models, page, hub):
    press(models, "Add a model")
    sheet = page.get_by_role("dialog", name="Add a model")
    sheet.get_by_label("Where it is").fill("/models/My Flux")
    expect(sheet.locator("code")).to_have_text("studio models add my-flux --repo '/models/My Flux'")
    expect(sheet.get_by_role("button", name="Add", exact=True)).to_be_disabled()
    sheet.get_by_label("Where it is").fill("maker/nothing")
    sheet.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".toast.bad")).to_contain_text("The hub has no maker/nothing")
