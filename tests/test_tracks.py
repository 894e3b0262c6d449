"""The tracks by hand and by keyboard, in a real browser: each gesture is one edit, and undo takes it back whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Page, expect

API = "/api/v1"
PER_FRAME = 3
BENCH = "/ui/timeline/bench.js"


def cut(media: dict[str, str]) -> dict:
    """Three stills and a shot, titles over them, a sound and a voice: every cut on a round frame."""
    still = [{"type": "clip", "asset": media["lighthouse.webp"], "frames": n} for n in (60, 50, 70)]
    shot = {"type": "clip", "asset": media["harbour.mp4"], "in": 30, "frames": 60}
    sea = {"type": "clip", "asset": media["sea.m4a"], "in": 15, "frames": 150}
    return {
        "version": 1, "fps": "30/1", "width": 320, "height": 180,
        "tracks": [
            {"kind": "video", "name": "Picture", "items": [*still, shot]},
            {"kind": "video", "name": "Titles", "items": [
                {"type": "gap", "frames": 30}, {"type": "title", "text": "One", "frames": 40},
                {"type": "gap", "frames": 20}, {"type": "title", "text": "Two", "frames": 40}]},
            {"kind": "audio", "name": "Sea", "items": [sea]},
            {"kind": "audio", "name": "Voice", "role": "narration", "items": [
                {"type": "gap", "frames": 20}, {"type": "clip", "asset": media["voice.m4a"], "frames": 100}]}],
    }  # fmt: skip


class Tracks:
    """A page on the rows, drawn at three pixels a frame, and the same project over HTTP."""

    def __init__(self, page: Page, client: httpx.Client, project: str):
        self.page, self.client, self.project = page, client, project

    @property
    def film(self) -> dict:
        return self.client.get(f"{API}/projects/{self.project}").json()["timeline"]

    def row(self, track: int) -> list[tuple[str, int]]:
        return [(item["type"], item["frames"]) for item in self.film["tracks"][track]["items"]]

    def clip(self, track: int, index: int):
        return self.page.locator(f'.clip[data-track="{track}"][data-index="{index}"]')

    def say(self, script: str):
        """What a script says that knows the `bench`."""
        return self.page.evaluate(f"import('{BENCH}').then((bench) => {script})")

    def at(self, track: int, frame: float, down: float = 0.3) -> tuple[float, float]:
        """Where on the page a frame of a row is, `down` its height, with the film scrolled to its start."""
        self.page.evaluate("document.querySelector('.scroller').scrollLeft = 0")
        box = self.page.locator(f'.row[data-track="{track}"] .lane').bounding_box()
        return box["x"] + frame * PER_FRAME, box["y"] + box["height"] * down

    @contextmanager
    def edit(self, *, put: bool = False) -> Iterator[None]:
        """What is done inside is one edit: its answer is waited for, and the rows as it left them."""
        ways = ("/edits", "/undo", "/redo")
        method = "PUT" if put else "POST"
        with self.page.expect_response(lambda r: r.request.method == method and (put or r.url.endswith(ways))) as said:
            yield
        assert said.value.ok, said.value.text()
        version = said.value.json()["version"]
        self.page.wait_for_function(
            f"async (version) => (await import('{BENCH}')).bench.project.version >= version"
            " && !document.querySelector('.row .held, .row .shoved')"
            " && new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))",
            arg=version,
        )

    def pull(self, start: tuple[float, float], end: tuple[float, float], *held: str) -> None:
        mouse, keys = self.page.mouse, self.page.keyboard
        for key in held:
            keys.down(key)
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=2)
        mouse.move(*end, steps=2)
        mouse.up()
        for key in held:
            keys.up(key)

    def key(self, keys: str, **how: bool) -> None:
        with self.edit(**how):
            self.page.keyboard.press(keys)

    def seek(self, frame: int) -> None:
        self.say(f"bench.seek({frame})")


@pytest.fixture(scope="module")
def media(server) -> dict[str, str]:
    """The sample's files in the library, by name."""
    with server.client() as client:
        client.post(f"{API}/projects/sample")
        items = client.get(f"{API}/assets", params={"tag": "sample", "limit": 50}).json()["items"]
        return {asset["name"].removeprefix("sample-"): asset["id"] for asset in items}


@pytest.fixture
def tracks(page, server, media) -> Iterator[Tracks]:
    with server.client() as client:
        project = client.post(f"{API}/projects", json={"title": "Tracks", "timeline": cut(media)}).json()["id"]
        page.goto(f"{server.url}/?tab=timeline&project={project}")
        page.locator(".clip").first.wait_for()
        made = Tracks(page, client, project)
        page.wait_for_function("document.querySelector('.clip.video .pictures')")  # the media are known by now
        made.say("new Promise(requestAnimationFrame)")
        made.say(f"[bench.bench.snap = false, bench.zoom({PER_FRAME})]")
        wide = f"parseFloat(document.querySelector('.clip[data-track=\"0\"]').style.width) === {60 * PER_FRAME - 1}"
        page.wait_for_function(wide)
        yield made


def frames_of(film: dict, track: int) -> list[int]:
    return [item["frames"] for item in film["tracks"][track]["items"]]


def test_a_hand_moves_trims_rolls_and_slips_and_undo_takes_each_back(tracks):
    start = tracks.film
    with tracks.edit():  # a title, ten frames later, into the free place behind it
        tracks.pull(tracks.at(1, 50), tracks.at(1, 60))
    assert frames_of(tracks.film, 1) == [40, 40, 10, 40]
    with tracks.edit():  # and to where it lies over nothing on the row above's end
        tracks.pull(tracks.at(1, 60), tracks.at(0, 280))
    assert frames_of(tracks.film, 0) == [60, 50, 70, 60, 20, 40]
    tracks.key("Control+z")
    tracks.key("Control+z")
    assert tracks.film == start

    with tracks.edit():  # pulled in by its edge, what follows moves along
        tracks.pull(tracks.at(0, 109), tracks.at(0, 89))
    assert frames_of(tracks.film, 0) == [60, 30, 70, 60]
    tracks.key("Control+z")
    with tracks.edit():  # with Ctrl nothing moves along
        tracks.pull(tracks.at(0, 109), tracks.at(0, 89), "Control")
    assert tracks.row(0) == [("clip", 60), ("clip", 30), ("gap", 20), ("clip", 70), ("clip", 60)]
    tracks.key("Control+z")

    with tracks.edit():  # the cut between two is rolled
        tracks.pull(tracks.at(0, 110, 0.78), tracks.at(0, 120, 0.78))
    assert frames_of(tracks.film, 0) == [60, 60, 60, 60]
    tracks.key("Control+z")
    with tracks.edit():  # Alt slips the shot under its place
        tracks.pull(tracks.at(0, 210), tracks.at(0, 220), "Alt")
    assert tracks.film["tracks"][0]["items"][3]["in"] == 20
    tracks.key("Control+z")
    with tracks.edit():  # between two others
        tracks.pull(tracks.at(0, 210), tracks.at(0, 70))
    assert frames_of(tracks.film, 0) == [60, 60, 50, 70]
    tracks.key("Control+z")
    assert tracks.film == start


def test_a_group_is_roped_in_moved_copied_and_taken_out_as_one(tracks):
    start, chosen = tracks.film, tracks.page.locator(".clip.chosen")
    tracks.pull(tracks.at(1, 10, 0.3), tracks.at(1, 140, 0.9))
    expect(chosen).to_have_count(2)
    with tracks.edit():
        tracks.pull(tracks.at(1, 50), tracks.at(1, 65))
    assert frames_of(tracks.film, 1) == [45, 40, 20, 40]
    expect(chosen).to_have_count(2)
    tracks.key("Control+z")
    assert tracks.film == start

    tracks.clip(1, 1).click()
    tracks.clip(3, 1).click(modifiers=["Control"], position={"x": 60, "y": 24})
    expect(chosen).to_have_count(2)
    tracks.page.keyboard.press("Control+c")
    tracks.seek(200)
    tracks.key("Control+v")
    assert tracks.row(1)[-2:] == [("gap", 80), ("title", 40)]
    assert tracks.row(3)[-2:] == [("gap", 80), ("clip", 100)]
    expect(chosen).to_have_count(2)
    tracks.key("Delete")
    assert frames_of(tracks.film, 3) == [20, 100]
    for _ in range(2):
        tracks.key("Control+z")
    assert tracks.film == start


def test_what_is_brought_comes_down_where_it_is_shown(tracks, media):
    page = tracks.page
    with page.expect_response(lambda r: "q=boat" in r.url):  # others may have brought much since
        page.locator(".bin-head .search").fill("boat")
    page.wait_for_function(
        "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))"
    )
    card = page.locator(f'.bin-card[data-id="{media["boat.webp"]}"]')
    lane = page.locator('.row[data-track="0"] .lane')
    with tracks.edit(put=True):
        card.drag_to(lane, target_position={"x": 112 * PER_FRAME, "y": 20})
    assert frames_of(tracks.film, 0) == [60, 50, 120, 70, 60]
    tracks.key("Control+z")
    free = page.locator('.row[data-track="1"] .lane')
    with tracks.edit(put=True):
        card.drag_to(free, target_position={"x": 200 * PER_FRAME, "y": 15})
    assert frames_of(tracks.film, 1) == [30, 40, 20, 40, 70, 120]
    tracks.key("Control+z")

    page.get_by_role("button", name="Transition", exact=True).click()
    with tracks.edit():
        page.get_by_role("menuitem", name="Wipe left").drag_to(lane, target_position={"x": 112 * PER_FRAME, "y": 20})
    assert tracks.film["tracks"][0]["items"][2] == {"type": "transition", "name": "wipe-left", "frames": 15}
    tracks.key("Control+z")

    sea = tracks.clip(2, 0)
    sea.hover(position={"x": 200, "y": 10})
    with tracks.edit():  # its corner
        tracks.pull(tracks.at(2, 1, 0.12), tracks.at(2, 31, 0.12))
    assert tracks.film["tracks"][2]["items"][0]["fade_in"] == 30
    box = sea.locator(".gain").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with tracks.edit():
        tracks.pull(middle, (middle[0], middle[1] + 12))
    assert tracks.film["tracks"][2]["items"][0]["gain_db"] == -6


def test_a_row_is_solo_locked_and_renamed_at_its_head(tracks):
    page = tracks.page
    with tracks.edit():
        page.get_by_role("button", name="Solo: Voice").click()
    expect(page.locator(".row.muted-row")).to_have_count(1)
    assert tracks.film["tracks"][3]["solo"] is True
    with tracks.edit():
        page.get_by_role("button", name="Lock: Titles").click()
    tracks.pull(tracks.at(1, 50), tracks.at(1, 60))
    expect(page.get_by_text("This row is locked.")).to_be_visible()
    tracks.clip(1, 1).click()
    page.keyboard.press("Delete")
    expect(page.get_by_text("this track is locked")).to_be_visible()
    assert frames_of(tracks.film, 1) == [30, 40, 20, 40]
    page.locator(".rowname", has_text="Sea").dblclick()
    name = page.get_by_label("Name of the row")
    name.fill("The sea")
    with tracks.edit():
        name.press("Enter")
    assert tracks.film["tracks"][2]["name"] == "The sea"


def test_markers_are_set_named_dragged_stepped_to_and_deleted(tracks):
    page = tracks.page
    tracks.seek(50)
    tracks.key("m")
    flag = page.locator(".flag")
    expect(flag).to_have_attribute("aria-label", "Marker: Marker 1, 00:00:01:20")
    flag.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name of the marker").fill("Storm")
    page.get_by_role("radio", name="blue").check()
    with tracks.edit():
        page.keyboard.press("Enter")
    assert tracks.film["markers"] == [{"frame": 50, "name": "Storm", "color": "blue"}]
    box = flag.bounding_box()
    start = (box["x"] + 2, box["y"] + 8)
    tracks.say("bench.bench.snap = true")
    with tracks.edit():  # within reach of the cut at 110, which draws it
        tracks.pull(start, (start[0] + 58 * PER_FRAME, start[1]))
    assert tracks.film["markers"][0]["frame"] == 110
    tracks.seek(10)
    page.keyboard.press("Shift+ArrowDown")
    assert tracks.say("bench.bench.frame") == 110
    page.get_by_role("button", name="Markers", exact=True).click()
    expect(page.get_by_role("menuitem", name="Storm")).to_be_visible()
    page.keyboard.press("Escape")
    flag.focus()
    tracks.key("Delete")
    assert tracks.film["markers"] == []


def test_the_whole_cut_is_done_by_keyboard(tracks):
    page, keys, start, steps = tracks.page, tracks.page.keyboard, tracks.film, 0

    def chosen() -> list[int]:
        return tracks.say("[bench.bench.selected.track, bench.bench.selected.index]")

    page.locator(".row[data-track='0'] .head button").last.focus()
    keys.press("Tab")
    assert chosen() == [0, 0]
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    assert chosen() == [0, 2]
    keys.press("ArrowDown")
    assert chosen() == [1, 3]
    expect(tracks.clip(1, 3)).to_be_focused()
    for press, frames in (("Shift+ArrowRight", [30, 40, 21, 40]), (",", [30, 40, 20, 40])):
        tracks.key(press)
        assert frames_of(tracks.film, 1) == frames
        steps += 1
    keys.press("Enter")  # the playhead comes to its start
    assert tracks.say("bench.bench.frame") == 90
    tracks.seek(100)
    tracks.key("[")
    assert frames_of(tracks.film, 1) == [30, 40, 20, 30]
    tracks.key("s")  # the playhead is within it
    assert frames_of(tracks.film, 1) == [30, 40, 20, 10, 20]
    steps += 2

    keys.press("ArrowUp")
    assert chosen() == [0, 1]
    tracks.key("{")
    assert frames_of(tracks.film, 0)[:2] == [100, 10]
    tracks.key("Control+d")
    assert frames_of(tracks.film, 0)[:3] == [100, 10, 10]
    keys.press("Control+Shift+ArrowLeft")
    assert len(tracks.say("bench.bench.group")) == 2
    tracks.key("Shift+Delete")
    assert tracks.row(0)[1] == ("gap", 20)
    steps += 3

    for _ in range(9):
        keys.press("ArrowRight")
    assert chosen() == [0, 3]
    tracks.key("Alt+.")
    assert tracks.film["tracks"][0]["items"][3]["in"] == 31
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    assert chosen() == [2, 0]
    tracks.key("Control+ArrowDown")
    assert tracks.film["tracks"][2]["items"][0]["gain_db"] == -1
    tracks.seek(24)
    tracks.key("(")
    assert tracks.film["tracks"][2]["items"][0]["fade_in"] == 24
    steps += 3
    for _ in range(steps):
        tracks.key("Control+z")
    assert tracks.film == start


def test_of_five_hundred_clips_only_those_in_sight_are_drawn(page, server, media):
    row = [{"type": "clip", "asset": media["lighthouse.webp"], "frames": 40 + n % 7} for n in range(100)]
    film = cut(media) | {"tracks": [{"kind": "video", "items": row} for _ in range(5)]}
    with server.client() as client:
        project = client.post(f"{API}/projects", json={"title": "Many", "timeline": film}).json()["id"]
        page.goto(f"{server.url}/?tab=timeline&project={project}")
        page.locator(".clip").first.wait_for()
        many = Tracks(page, client, project)
        many.say(f"bench.zoom({PER_FRAME})")
        page.wait_for_function("document.querySelectorAll('.clip').length < 120")
        many.seek(3000)
        last = page.locator('.clip[data-track="0"][data-index="70"]')
        expect(last).to_be_visible()
        expect(page.locator('.clip[data-track="0"][data-index="0"]')).to_have_count(0)
        last.click()
        many.key("Delete")
        assert len(many.row(0)) == 99
