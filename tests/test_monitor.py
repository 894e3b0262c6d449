"""The player, the picture and the inspector in a real browser: what a hand or a key does there is what the film has."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import Server, until

API = "/api/v1"
FRAME = "import('/ui/timeline/bench.js').then(({ bench }) => bench.frame)"
CHOSEN = re.compile(r"\bchosen\b")
SHAPE = {"version": 1, "fps": "30/1", "width": 640, "height": 360}


@pytest.fixture(scope="module")
def client(server: Server):
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def take(server: Server, client: httpx.Client) -> Callable[..., str]:
    """Make a small take, once for each wish: its asset's id."""
    made: dict[str, str] = {}

    def take(model: str, **options) -> str:
        key = f"{model}{options}"
        if key not in made:
            job = client.post(f"{API}/jobs", json={"model": model, "options": options}).raise_for_status().json()
            made[key] = server.done(job["id"])["assets"][0]["id"]
        return made[key]

    return take


@pytest.fixture(scope="module")
def picture(take) -> str:
    return take("draft-image", prompt="a lighthouse by the sea", width=512, height=512, seed=1)


@pytest.fixture
def film(picture) -> dict:
    """Three seconds of one picture, a title over it, and a gap behind it."""
    still = {"type": "clip", "asset": picture, "in": 0, "frames": 60}
    gap = {"type": "gap", "frames": 20}
    title = {"type": "title", "text": "Harbour", "style": "centre-card", "frames": 40}
    return SHAPE | {
        "tracks": [
            {"kind": "video", "items": [still, gap, still | {"frames": 30}]},
            {"kind": "video", "items": [title]},
            {"kind": "captions", "items": []},
        ]
    }


class Room:
    """A page on a project in the cutting room, and the same project over HTTP."""

    def __init__(self, page: Page, client: httpx.Client, url: str, timeline: dict):
        self.page, self.client = page, client
        self.id = client.post(f"{API}/projects", json={"title": "Small", "timeline": timeline}).json()["id"]
        self.url = f"{url}/?tab=timeline&project={self.id}"
        page.goto(self.url)
        page.locator("img.frame").wait_for()

    @property
    def now(self) -> dict:
        return self.client.get(f"{API}/projects/{self.id}").json()

    def item(self, track: int = 0, at: int = 0) -> dict:
        return self.now["timeline"]["tracks"][track]["items"][at]

    def clip(self, track: int, index: int) -> Locator:
        return self.page.locator(f'.clip[data-track="{track}"][data-index="{index}"]')

    def choose(self, track: int, index: int) -> None:
        """Select an item, with the playhead in it."""
        self.clip(track, index).dblclick()
        expect(self.clip(track, index)).to_have_class(CHOSEN)

    def edit(self, act: Callable[[], object]) -> None:
        with self.page.expect_response(
            lambda r: r.request.method in ("POST", "PUT") and f"/projects/{self.id}" in r.url
        ) as said:
            act()
        assert said.value.ok, said.value.text()

    def drag(self, handle: Locator, dx: float, dy: float) -> None:
        box = until(handle.bounding_box)
        x, y, mouse = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx / 2, y + dy / 2, steps=3)
        mouse.move(x + dx, y + dy, steps=3)
        self.edit(mouse.up)

    def frame(self) -> int:
        return self.page.evaluate(FRAME)

    def seek(self, text: str) -> None:
        time = self.page.get_by_label("Playhead, as timecode")
        time.fill(text)
        time.press("Enter")
        time.blur()


@pytest.fixture
def room(page, server, client, film) -> Room:
    return Room(page, client, server.url, film)


# --- the player ------------------------------------------------------------------------------------------------------


def test_l_plays_k_stops_and_j_plays_backwards(room):
    page, viewer = room.page, room.page.locator(".viewer")
    room.seek("40f")
    page.keyboard.press("l")
    expect(page.locator("canvas.film")).to_be_visible()
    until(lambda: room.frame() > 45)
    page.keyboard.press("l")
    expect(viewer).to_have_attribute("data-rate", "2")
    page.keyboard.press("k")
    expect(viewer).to_have_attribute("data-rate", "0")
    room.seek("100f")
    page.keyboard.press("j")
    until(lambda: room.frame() < 95)
    expect(viewer).to_have_attribute("data-rate", "-1")
    page.keyboard.press("Space")
    stood = room.frame()
    expect(page.locator(f'img.frame[data-key*="/{stood}/"]')).to_be_visible()
    expect(page.locator("canvas.film")).to_be_hidden()


def test_between_in_and_out_it_plays_round_and_round_until_it_is_stopped(room):
    page = room.page
    for at, key in (("20f", "i"), ("40f", "o")):
        room.seek(at)
        page.keyboard.press(key)
    expect(page.locator(".scrub-range")).to_be_visible()
    page.keyboard.press("Shift+L")
    room.seek("90f")
    page.evaluate(
        """import('/ui/timeline/bench.js').then(({ bench, on }) => {
             window.seen = [];
             on("playing", () => window.seen.push(bench.frame));
           })"""
    )
    page.keyboard.press("Space")
    until(lambda: int(page.locator(".viewer").get_attribute("data-rounds") or 0) >= 2, 60)
    page.keyboard.press("k")
    seen = page.evaluate("window.seen")
    assert min(seen) >= 20
    assert max(seen) <= 40
    page.keyboard.press("Shift+X")
    expect(page.locator(".scrub-range")).to_be_hidden()


def test_after_an_edit_only_what_it_changed_is_painted_again(room):
    page, asked = room.page, []
    page.on("request", lambda r: asked.append(r.url) if "/preview/" in r.url else None)

    def play_through() -> set[str]:
        asked.clear()
        room.seek("0f")
        page.keyboard.press("Space")
        until(lambda: room.frame() >= 100, 60)
        page.keyboard.press("k")
        return set(asked)

    whole = play_through()
    assert len(whole) >= 2
    room.choose(0, 2)
    opacity = page.get_by_label("Opacity, %")
    room.edit(lambda: (opacity.fill("50"), opacity.press("Tab")))
    assert len(play_through()) == 1


# --- on the picture --------------------------------------------------------------------------------------------------


def test_the_frames_a_still_starts_and_ends_with_are_drawn_by_hand_and_by_keys(room):
    page = room.page
    room.choose(0, 0)
    page.get_by_role("button", name="Draw start and end").click()
    end = page.locator(".source-frame.to")
    expect(end).to_be_visible()
    sheet = until(page.locator(".source-sheet").bounding_box)
    room.drag(end.locator(".pull.nw"), sheet["width"] / 2, sheet["height"] / 4)
    motion = room.item()["motion"]
    x, _, w, h = motion["to"]
    assert w == pytest.approx(0.5, abs=0.06)
    assert w * 512 / (h * 512) == pytest.approx(640 / 360, rel=0.02), "the frame keeps the film's shape"
    assert x + w == pytest.approx(1, abs=0.02)
    assert motion["from"][2] == pytest.approx(1, abs=0.01)

    start = page.locator(".source-frame.from")
    start.focus()
    room.edit(lambda: page.keyboard.press("Shift+ArrowDown"))
    assert room.item()["motion"]["from"][1] == pytest.approx(motion["from"][1] + 0.1, abs=0.01)
    expect(start).to_be_focused()
    expect(start).to_have_attribute("aria-label", re.compile("^Start: 0 % from the left"))
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".framing")).to_have_count(0)


def test_a_pictures_edges_are_cropped(room):
    page = room.page
    room.choose(0, 0)
    page.get_by_role("button", name="Crop").click()
    sheet = until(page.locator(".source-sheet").bounding_box)
    room.drag(page.locator(".source-frame.crop .pull.w"), sheet["width"] / 4, 0)
    left, *rest = room.item()["crop"]
    assert left == pytest.approx(0.25, abs=0.02)
    assert rest == [0, 0, 0]


def test_a_picture_is_moved_sized_and_turned_by_its_handles(room):
    page = room.page
    room.choose(0, 0)
    box = page.locator(".placed")
    canvas = until(page.locator(".over").bounding_box)
    room.drag(box.locator(".knob.se"), -canvas["width"] / 4, -canvas["height"] / 4)
    assert room.item()["scale"] == pytest.approx(0.5, abs=0.03)
    room.drag(box, canvas["width"] / 8, 0)
    assert room.item()["position"] == pytest.approx([0.625, 0.5], abs=0.02)
    box.focus()
    room.edit(lambda: page.keyboard.press("Alt+Shift+ArrowRight"))
    assert room.item()["rotation"] == 10
    assert room.now["undo_label"] == "Change"


def test_a_title_is_written_where_it_stands(room):
    page = room.page
    room.choose(1, 0)
    page.locator(".placed").dblclick()
    words = page.get_by_label("Words of the title")
    expect(words).to_be_focused()
    words.fill("Not this")
    words.press("Escape")
    expect(words).to_have_count(0)
    expect(page.locator(".placed")).to_be_focused()
    page.keyboard.press("Enter")
    words.fill("Harbour\nat <b>dusk</b>")
    room.edit(lambda: words.press("Control+Enter"))
    assert room.item(1)["text"] == "Harbour\nat <b>dusk</b>"


# --- takes -----------------------------------------------------------------------------------------------------------


def test_a_retake_comes_into_its_slot_while_the_page_is_closed_and_takes_are_compared_and_switched(room, browser):
    page, first = room.page, room.item()["asset"]
    room.choose(0, 0)
    page.get_by_role("button", name="Retake…").click()
    sheet = page.get_by_role("dialog", name="Retake")
    sheet.get_by_label("Prompt").fill("a windmill on a hill")
    sheet.get_by_label("Seed").fill("77")
    with page.expect_response(lambda r: r.url.endswith("/takes") and r.request.method == "POST") as said:
        sheet.get_by_role("button", name="Make it").click()
    assert said.value.status == 202, said.value.text()
    page.goto("about:blank")
    until(lambda: room.item()["asset"] != first, 60)
    item = room.item()
    assert item["takes"] == [{"asset": first, "in": 0}]
    asset = room.client.get(f"{API}/assets/{item['asset']}").json()
    assert (asset["recipe"]["options"]["prompt"], asset["recipe"]["options"]["seed"]) == ("a windmill on a hill", 77)

    page.goto(room.url)
    room.choose(0, 0)
    takes = page.get_by_role("list", name="Takes of this clip").get_by_role("listitem")
    expect(takes).to_have_count(2)
    page.get_by_role("button", name="Compare with the one in use").click()
    pair = page.get_by_role("dialog", name="Compare takes").locator("img")
    for n in (0, 1):
        expect(pair.nth(n)).to_have_attribute("data-frame", "0")
    assert pair.nth(0).get_attribute("src") != pair.nth(1).get_attribute("src")
    page.get_by_label("Frame of the clip").fill("30")
    for n in (0, 1):
        expect(pair.nth(n)).to_have_attribute("data-frame", "30")
    room.edit(lambda: page.get_by_role("button", name="Use this one").click())
    assert room.item()["asset"] == first
    assert room.item()["takes"] == [{"asset": item["asset"], "in": 0}]


def test_a_gap_is_filled_with_what_is_asked_for_there(room):
    page = room.page
    room.choose(0, 1)
    page.get_by_label("What is wanted").fill("a boat on the sea")
    page.get_by_role("switch", name="To the frame after").uncheck()
    with page.expect_response(lambda r: r.url.endswith("/takes") and r.request.method == "POST") as said:
        page.get_by_role("button", name="Make 0.7 s").click()
    job = said.value.json()
    assert job["task"] == "video"
    assert (job["recipe"]["options"]["start"] is None, job["recipe"]["options"]["end"]) == (False, None)
    until(lambda: room.item(0, 1)["type"] == "clip", 60)
    assert room.item(0, 1)["frames"] == 20
    expect(page.locator('.clip.video[data-track="0"][data-index="1"]')).to_be_visible()


# --- versions, and two windows ---------------------------------------------------------------------------------------


def test_a_version_is_named_and_gone_back_to_and_undo_takes_that_back(room):
    page, start = room.page, room.now["timeline"]["tracks"]
    page.get_by_role("button", name="Small", exact=True).click()
    page.get_by_role("menuitem", name="Versions…").click()
    sheet = page.get_by_role("dialog", name="Versions")
    sheet.get_by_label("Name for the version").fill("Before the storm")
    sheet.get_by_role("button", name="Keep under this name").click()
    named = sheet.get_by_role("listitem").filter(has_text="Before the storm")
    expect(named).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    room.choose(0, 2)
    room.edit(lambda: page.keyboard.press("Delete"))
    edited = room.now["timeline"]["tracks"]
    assert edited != start

    page.get_by_role("button", name="Small", exact=True).click()
    page.get_by_role("menuitem", name="Versions…").click()
    room.edit(lambda: named.get_by_role("button", name="Go back to").click())
    assert room.now["timeline"]["tracks"] == start
    sheet.get_by_role("button", name="Close").click()
    room.edit(lambda: page.keyboard.press("Control+z"))
    assert room.now["timeline"]["tracks"] == edited


def test_two_windows_on_one_project_show_each_others_changes_and_lose_none(room, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    other = context.new_page()
    try:
        other.goto(room.url)
        other.locator(".clip").first.wait_for()
        room.choose(1, 0)
        text = room.page.get_by_role("textbox", name="Text")
        room.edit(lambda: (text.fill("From the one"), text.press("Tab")))
        expect(other.locator('.clip[data-track="1"]')).to_contain_text("From the one")
        other.locator('.clip[data-track="0"][data-index="2"]').click()
        with other.expect_response(lambda r: "/edits" in r.url) as said:
            other.keyboard.press("Delete")
        assert said.value.ok
        expect(room.clip(0, 2)).to_have_count(0)
        assert room.item(1)["text"] == "From the one"
    finally:
        context.close()


# --- captions --------------------------------------------------------------------------------------------------------


def test_captions_come_from_a_file_and_are_written_and_timed_in_their_list(room):
    page = room.page
    page.locator('.row[data-track="2"] .rowname').click()
    srt = "1\n00:00:00,500 --> 00:00:01,500\nFirst <i>words</i>\n\n2\n00:00:02,000 --> 00:00:03,000\nSecond words\n"
    room.edit(
        lambda: page.locator('.inspector input[type="file"]').set_input_files(
            {"name": "said.srt", "mimeType": "text/plain", "buffer": srt.encode()}
        )
    )
    row = room.now["timeline"]["tracks"][2]["items"]
    assert [(i["type"], i["frames"], i.get("text")) for i in row] == [
        ("gap", 15, None), ("caption", 30, "First words"), ("gap", 15, None), ("caption", 30, "Second words"),
    ]  # fmt: skip
    words = page.get_by_label("Caption 2, words")
    room.edit(lambda: (words.fill("Other words"), words.press("Tab")))
    begins = page.get_by_label("Caption 2, begins")
    room.edit(lambda: (begins.fill("55f"), begins.press("Enter")))
    row = room.now["timeline"]["tracks"][2]["items"]
    assert [(i["type"], i["frames"], i.get("text")) for i in row][2:] == [
        ("gap", 10, None),
        ("caption", 35, "Other words"),
    ]


def test_the_keys_are_shown_from_their_table(room):
    page = room.page
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    for words in ("Play backwards; again: faster", "In point at the playhead", "Loop on or off"):
        expect(sheet).to_contain_text(words)


def test_what_lies_between_in_and_out_is_what_is_exported(room, server):
    page = room.page
    for at, key in (("10f", "i"), ("29f", "o")):
        room.seek(at)
        page.keyboard.press(key)
    page.keyboard.press("Control+e")
    sheet = page.get_by_role("dialog", name="Export the film")
    sheet.get_by_role("radio", name="GIF").click()
    expect(sheet.get_by_label("Part")).to_have_value("marked")
    with page.expect_response(lambda r: r.url.endswith("/export")) as said:
        sheet.get_by_role("button", name="Export", exact=True).click()
    film = server.done(said.value.json()["id"])
    assert film["status"] == "done", film["error"]
    assert film["assets"][0]["duration_s"] == pytest.approx(20 / 30, abs=0.07)
