"""The Film tab in a real browser: from a brief to the player, with a changed line and another roll in between."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

BRIEF = "A fox in the snowy forest at night finds a cabin with a light"
LONG = 120_000  # ms: a busy machine takes its time over a film


@pytest.fixture
def room(page, server):
    page.goto(f"{server.url}/?tab=film")
    expect(page.get_by_label("What is your film about?")).to_be_visible()
    return page.locator("homereel-film")


def press(place, name):
    place.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()


def picture(card) -> str:
    return card.locator(".shot-face img").get_attribute("src")


def test_a_brief_becomes_a_film_that_was_changed_on_the_way(room, page, server):
    room.get_by_label("What is your film about?").fill(BRIEF)
    room.get_by_label("Length in seconds").fill("9")
    room.get_by_role("radio", name="ink").click()
    room.get_by_text("More", exact=True).click()
    room.get_by_label("Shots", exact=True).get_by_role("combobox").select_option("stills")
    press(room, "Plan it first")

    cards = room.locator(".shot-card")
    expect(cards.first).to_be_visible(timeout=LONG)
    expect(room.locator(".film-screen")).to_contain_text("The script is ready", timeout=LONG)
    expect(room.get_by_label("Title", exact=True)).to_have_value(re.compile("fox", re.I))
    line = cards.nth(1).get_by_label("What is said")
    line.fill("Snow, and a light far away.")
    line.press("Tab")
    expect(room.locator(".script-lines li").nth(1)).to_contain_text("Snow, and a light far away.")

    press(room, "Make the takes first")
    expect(room.locator(".film-screen")).to_contain_text("All takes are there", timeout=LONG)
    first, second = picture(cards.first), picture(cards.nth(1))
    press(cards.nth(1), "Lock")
    expect(cards.nth(1).get_by_label("What is said")).to_be_disabled()
    press(cards.first, "Roll again")
    expect(cards.first.locator(".shot-face img")).not_to_have_attribute("src", first, timeout=LONG)
    assert picture(cards.nth(1)) == second

    press(room, "Make the film")
    video = room.locator("video")
    expect(video).to_be_visible(timeout=LONG)
    page.wait_for_function("document.querySelector('homereel-film video').duration > 8", timeout=LONG)
    expect(room.get_by_role("link", name="Download")).to_be_visible()

    for width in (390, 1920):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.reload()
    expect(room.locator("video")).to_be_visible(), "it is where it was left"
    title = room.get_by_label("Title", exact=True)
    title.fill("The Light")
    title.press("Tab")
    expect(room.get_by_role("button", name="Update the film")).to_be_visible()
    press(room, "Open in the timeline")
    expect(page.get_by_role("tab", name="Timeline", exact=True)).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Film", exact=True).click()
    press(room, "All films")
    expect(room.locator(".past-film").first).to_contain_text("The Light")


def test_a_film_of_nothing_is_asked_about_and_a_refusal_is_said(room, page):
    press(room, "Make my film")
    expect(room.get_by_role("alert")).to_contain_text("Say in a sentence")
    room.get_by_label("What is your film about?").fill("A boat")
    room.get_by_label("Length in seconds").fill("2")
    press(room, "Make my film")
    expect(room.get_by_role("alert")).to_contain_text("seconds")


def test_the_brief_is_written_by_keyboard_and_examples(room, page):
    room.get_by_role("group", name="Examples").get_by_role("button").first.click()
    brief = room.get_by_label("What is your film about?")
    expect(brief).to_have_value(re.compile("fishing boat"))
    room.get_by_role("radio", name="9:16").press("Enter")
    expect(room.get_by_role("radio", name="9:16")).to_have_attribute("aria-checked", "true")
