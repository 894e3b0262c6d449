"""The timeline, the library and the queue in a real browser: what a person does there is what the studio has."""

from __future__ import annotations

import io
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from conftest import until
from studio.sample import FOLDER, sample
from studio.timeline.media import check_against
from studio.timeline.model import Timeline

API = "/api/v1"


class Room:
    """A page on the cutting room, and the same project over HTTP."""

    def __init__(self, page: Page, client: httpx.Client, project: str):
        self.page, self.client, self.project = page, client, project

    @property
    def timeline(self) -> dict:
        return self.client.get(f"{API}/projects/{self.project}").json()["timeline"]

    def row(self, track: int) -> list[tuple[str, int]]:
        return [(item["type"], item["frames"]) for item in self.timeline["tracks"][track]["items"]]

    def frame(self, n: int) -> bytes:
        return self.client.get(f"{API}/projects/{self.project}/frames/{n}").raise_for_status().content

    def clip(self, track: int, index: int):
        return self.page.locator(f'.clip[data-track="{track}"][data-index="{index}"]')

    def place(self, track: int, index: int) -> dict:
        """Where a clip stands. A row that is being drawn anew has none for a moment."""
        return until(self.clip(track, index).bounding_box)

    def key(self, keys: str) -> None:
        with self.page.expect_response(lambda r: "/edits" in r.url or r.url.endswith(("/undo", "/redo"))) as said:
            self.page.keyboard.press(keys)
        assert said.value.ok, said.value.text()

    def export(self, to: Path, **chosen: str) -> None:
        """The film as a small MP4, exported, played and downloaded in the window; `chosen` by the fields' names."""
        page, sheet = self.page, self.page.get_by_role("dialog")
        page.get_by_role("button", name="Export the film").click()
        page.get_by_role("radio", name="MP4").click()
        for field, value in {"Size": "360", **chosen}.items():
            sheet.get_by_label(field).select_option(value)
        sheet.get_by_role("button", name="Export", exact=True).click()
        page.locator("video.result").wait_for(timeout=120_000)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        download.value.save_as(to)


@pytest.fixture
def client(server):
    with server.client() as client:
        yield client


@pytest.fixture
def room(page, server, client) -> Room:
    """The sample, opened by its button on an empty project."""
    empty = client.post(f"{API}/projects", json={"title": "Empty"}).json()["id"]
    page.goto(f"{server.url}/?tab=timeline&project={empty}")
    page.get_by_role("button", name="Open the sample").click()
    page.locator(".clip").first.wait_for()
    return Room(page, client, page.evaluate("localStorage['homereel.project']"))


def test_the_sample_is_small_whole_and_opens_twice_as_the_same_media(studio):
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000
    first, second = sample(studio), sample(studio)
    assert first.id != second.id
    assert first.timeline == second.timeline
    film = Timeline.parse(first.timeline)
    assert 20 <= film.seconds <= 30
    assert not studio.missing(film)
    check_against(film, studio.library.many(film.assets()))
    assert all(asset.recipe for asset in studio.library.list().items)


def test_a_clip_is_trimmed_by_its_field_split_and_undone_by_keys(room):
    start = room.row(0)
    assert start[2] == ("clip", 140)
    room.clip(0, 2).click()
    length = room.page.get_by_label("Length, seconds")
    with room.page.expect_response(lambda r: "/edits" in r.url):
        length.fill("4.0")
        length.press("Enter")
    assert room.row(0)[2] == ("clip", 120)

    room.clip(0, 2).dblclick()  # takes the playhead to its start
    time = room.page.get_by_label("Playhead, as timecode")
    expect(time).to_have_value("00:00:08:02")
    time.fill("00:00:10:00")
    time.press("Enter")
    room.clip(0, 2).focus()
    room.key("s")
    assert room.row(0)[2:4] == [("clip", 58), ("clip", 62)]
    room.key("Control+z")
    assert room.row(0)[2] == ("clip", 120)
    room.key("Control+z")
    assert room.row(0) == start
    room.key("Control+Shift+z")
    assert room.row(0)[2] == ("clip", 120)


def test_what_is_being_typed_outlives_someone_elses_change(room):
    def meanwhile(title: str) -> None:
        """Another window's edit arrives in this one."""
        version = room.client.get(f"{API}/projects/{room.project}").headers["etag"]
        edit = {"verb": "set_film", "fields": {"title": title}}
        done = room.client.post(f"{API}/projects/{room.project}/edits", json=edit, headers={"If-Match": version})
        assert done.is_success
        room.page.evaluate("import('/ui/static/project.js').then(({ refresh }) => refresh())")
        room.page.wait_for_function(
            "title => import('/ui/static/project.js').then(({ project }) => project.now.timeline.title === title)",
            arg=title,
        )

    time = room.page.get_by_label("Playhead, as timecode")
    time.fill("00:00:10:00")
    meanwhile("one")
    expect(time).to_have_value("00:00:10:00")
    time.press("Enter")
    expect(room.page.locator('img.frame[data-key*="/300/"]')).to_be_visible()
    time.fill("7")
    time.press("Escape")
    expect(time).to_have_value("00:00:10:00")

    room.clip(0, 2).click()
    length = room.page.get_by_label("Length, seconds")
    length.fill("4.0")
    version = room.client.get(f"{API}/projects/{room.project}").headers["etag"]
    louder = {"verb": "set_item", "track": 0, "at": 2, "fields": {"gain_db": -3}}
    room.client.post(f"{API}/projects/{room.project}/edits", json=louder, headers={"If-Match": version})
    meanwhile("two")
    expect(length).to_have_value("4.0")
    with room.page.expect_response(lambda r: "/edits" in r.url):
        length.press("Enter")
    assert room.row(0)[2] == ("clip", 120)


def test_delete_closes_the_hole_and_lift_leaves_it(room):
    room.clip(2, 1).click()
    room.key("Shift+Delete")
    assert room.row(2) == []  # the voice was last: no gap is left behind it
    room.clip(0, 2).click()
    before = sum(f for t, f in room.row(0) if t == "clip")
    room.key("Delete")
    assert sum(f for t, f in room.row(0) if t == "clip") == before - 140


def test_a_clip_is_trimmed_by_its_edge_and_another_is_carried_to_the_front(room):
    mouse, title = room.page.mouse, room.clip(1, 1)
    title.click()
    box = room.place(1, 1)
    mouse.move(box["x"] + box["width"] - 3, box["y"] + 12)
    with room.page.expect_response(lambda r: "/edits" in r.url):
        mouse.down()
        mouse.move(box["x"] + box["width"] - 33, box["y"] + 12, steps=4)
        mouse.up()
    assert 30 < room.row(1)[1][1] < 84

    first, boat = room.place(0, 0), room.place(0, 2)
    asset = room.timeline["tracks"][0]["items"][2]["asset"]
    mouse.move(boat["x"] + boat["width"] / 2, boat["y"] + 40)
    with room.page.expect_response(lambda r: "/edits" in r.url):
        mouse.down()
        mouse.move(first["x"] + 30, first["y"] + 40, steps=6)
        mouse.up()
    clips = [item["asset"] for item in room.timeline["tracks"][0]["items"] if item["type"] == "clip"]
    assert clips.index(asset) == 0


def test_a_title_is_added_and_written_and_the_frame_shows_it(room):
    page, without = room.page, room.frame(200)
    time = page.get_by_label("Playhead, as timecode")
    time.fill("00:00:06:00")
    time.press("Enter")
    page.get_by_role("button", name="Title", exact=True).click()
    with page.expect_response(lambda r: "/edits" in r.url):
        page.get_by_role("menuitem", name="Lower third").click()
    words = page.get_by_role("textbox", name="Text")
    with page.expect_response(lambda r: "/edits" in r.url):
        words.fill("<b>Ada</b> & the sea")
        words.press("Tab")
    title = next(i for i in room.timeline["tracks"][1]["items"] if i.get("style") == "lower-third")
    assert title["text"] == "<b>Ada</b> & the sea"
    assert page.locator(".clip.title b").count() == 0
    time.fill("200f")
    time.press("Enter")
    shown = page.locator('img.frame[data-key*="/200/"]')
    expect(shown).to_be_visible()
    assert shown.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") >= 640
    assert room.frame(200) != without


def test_a_title_over_another_gets_a_row_of_its_own_and_the_film_keeps_its_length(room):
    page, frames, titles = room.page, Timeline.parse(room.timeline).frames, room.row(1)
    room.clip(1, 1).dblclick()  # the title, with the playhead at its start
    room.key("t")
    added = page.locator(".clip.title.chosen")
    expect(added).to_have_attribute("data-track", "2")
    expect(added).to_be_focused()
    assert room.row(1) == titles
    assert [kind for kind, _ in room.row(2)] == ["gap", "title"]
    assert Timeline.parse(room.timeline).frames == frames
    expect(page.locator(".rowname", has_text="Titles")).to_have_text(["Titles 1", "Titles 2"])


def test_a_voice_added_from_the_bin_brings_its_captions_once(room, client):
    page = room.page
    page.get_by_label("Search the library").locator("visible=true").fill("ninety-nine steps")
    voice = page.locator('.bin-card[data-kind="audio"]', has_text="Every evening")
    before = [item["text"] for item in room.timeline["tracks"][5]["items"] if item["type"] == "caption"]
    voice.hover()
    with page.expect_response(lambda r: r.request.method == "PUT") as said:
        voice.get_by_role("button", name="Add to the timeline").click()
    assert said.value.ok
    assert [kind for kind, _ in room.row(2)] == ["gap", "clip", "clip"]
    words = [item["text"] for item in room.timeline["tracks"][5]["items"] if item["type"] == "caption"]
    assert words == before * 2


def meanwhile(room, verb: dict):
    """Another window makes an edit while this one's first is on its way."""
    done = []

    def other_first(route) -> None:
        if not done:
            done.append(verb)
            headers = {"If-Match": route.request.headers["if-match"]}
            assert room.client.post(f"{API}/projects/{room.project}/edits", json=verb, headers=headers).is_success
        route.continue_()

    room.page.route("**/edits", other_first)
    room.page.reload()  # a page that is open already may let the next request pass by the route
    room.clip(3, 0).click()


def test_an_edit_goes_on_top_of_what_someone_else_saved_meanwhile(room):
    meanwhile(room, {"verb": "set_item", "track": 0, "at": 0, "fields": {"opacity": 0.5}})
    room.page.keyboard.press("Shift+m")
    expect(room.page.get_by_text("This project was changed elsewhere meanwhile.")).to_be_visible(timeout=20_000)
    assert room.timeline["tracks"][0]["items"][0]["opacity"] == 0.5
    assert room.timeline["tracks"][3]["items"][0]["muted"] is True


def test_someone_elses_save_of_the_same_is_said_and_not_overwritten(room):
    meanwhile(room, {"verb": "set_item", "track": 3, "at": 0, "fields": {"gain_db": -3}})
    room.page.keyboard.press("Shift+m")
    expect(room.page.get_by_text("Someone else saved this project meanwhile.")).to_be_visible(timeout=20_000)
    assert room.timeline["tracks"][3]["items"][0]["gain_db"] == -3
    assert "muted" not in room.timeline["tracks"][3]["items"][0]
    room.key("Shift+m")
    assert room.timeline["tracks"][3]["items"][0]["muted"] is True


def test_the_film_is_exported_played_and_downloaded(room, tmp_path: Path):
    room.export(tmp_path / "film.mp4", Quality="small")
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.streams.video[0].height == 360
        assert film.streams.audio
        assert sum(1 for _ in film.decode(film.streams.video[0])) == Timeline.parse(room.timeline).frames


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return out.getvalue()


def test_the_library_takes_in_finds_trashes_and_restores(page, server, client, tmp_path: Path):
    page.goto(f"{server.url}/?tab=library")
    page.locator(".shelf").wait_for()
    files = page.locator(".shelf input[type=file]")
    files.set_input_files({"name": "quixotic teapot.png", "mimeType": "image/png", "buffer": picture("teal")})
    card = page.locator(".shelf .item", has_text="quixotic teapot")
    expect(card).to_be_visible()
    files.set_input_files({"name": "broken.mp4", "mimeType": "video/mp4", "buffer": b"not a film"})
    expect(page.locator(".arrival.refused")).to_contain_text("broken.mp4")

    page.get_by_label("Search the library").first.fill("quixotic")
    expect(page.locator(".shelf .item")).to_have_count(1)
    card.hover()
    card.get_by_role("checkbox").check()
    page.get_by_role("toolbar", name="Selected").get_by_role("button", name="Trash").click()
    expect(page.locator(".shelf .item")).to_have_count(0)
    page.locator(".shelf-bar").get_by_role("button", name="Trash").click()
    expect(card).to_be_visible()
    card.locator(".open").click()
    page.get_by_role("dialog", name="About this take").get_by_role("button", name="Restore").click()
    expect(card).to_have_count(0)
    found = client.get(f"{API}/assets", params={"q": "quixotic"}).json()["items"]
    assert [asset["name"] for asset in found] == ["quixotic teapot.png"]


def test_the_queue_is_paused_reordered_cancelled_and_resumed(page, server, client):
    client.post(f"{API}/queue/pause")
    try:
        ask = {"model": "draft-image", "options": {"prompt": "x", "width": 256, "height": 256}}
        ids = []
        for words in ("first in line", "second in line", "third in line"):
            ask["options"]["prompt"] = words
            ids.append(client.post(f"{API}/jobs", json=ask).json()["id"])
        page.goto(f"{server.url}/?tab=queue")
        row = {job: page.locator(f'.line .job[data-id="{job}"]') for job in ids}
        expect(page.get_by_text("The queue is paused")).to_be_visible()
        expect(row[ids[2]]).to_contain_text("third in line")
        with page.expect_response(lambda r: r.url.endswith("/move")):
            row[ids[2]].get_by_role("button", name="Earlier").click()
        waiting = [job["id"] for job in client.get(f"{API}/queue").json()["items"] if job["id"] in ids]
        assert waiting == [ids[0], ids[2], ids[1]]
        with page.expect_response(lambda r: r.url.endswith("/cancel")):
            row[ids[1]].get_by_role("button", name="Cancel").click()
        assert client.get(f"{API}/jobs/{ids[1]}").json()["status"] == "cancelled"
        page.locator(".line-bar").get_by_role("button", name="Resume").click()
        expect(page.get_by_text("The queue is paused")).to_be_hidden()
        assert server.done(ids[0])["status"] == server.done(ids[2])["status"] == "done"
        expect(row[ids[0]]).to_contain_text("done", timeout=10_000)
    finally:
        client.post(f"{API}/queue/resume")


def test_a_project_zip_is_opened_from_the_menu(room, client, server, tmp_path):
    job = client.post(f"{API}/projects/{room.project}/export", json={"format": "zip"}).json()
    packed = server.done(job["id"])["assets"][0]
    file = tmp_path / "film.zip"
    file.write_bytes(client.get(packed["url"]).content)
    before = room.timeline
    room.page.locator('.project-menu button[title="Project"]').click()
    with room.page.expect_file_chooser() as chooser:
        room.page.get_by_role("menuitem", name="Open a file").click()
    chooser.value.set_files(file)
    kept = "localStorage['homereel.project']"
    opened = until(lambda: (now := room.page.evaluate(kept)) != room.project and now)
    assert client.get(f"{API}/projects/{opened}").json()["timeline"] == before
