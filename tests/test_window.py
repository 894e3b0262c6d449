"""The window in a real browser: it fits, works by keyboard, keeps what was made, and talks to this machine alone."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import expect

from conftest import until

TABS = ("Film", "Image", "Video", "Music", "Sound", "Speech", "Restore", "Timeline", "Library", "Queue", "Models")
serial = itertools.count(1)


@pytest.fixture
def window(page, server):
    """The page opened at the studio, all it says on the console kept."""

    def opened(tab: str = "image", width: int = 1280, height: int = 800, scheme: str = "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{server.url}/?tab={tab}")
        expect(page.locator("homereel-header .pill")).to_contain_text("idle", timeout=20_000)
        expect(page.get_by_role("tab", name=tab.capitalize(), exact=True)).to_have_attribute("aria-selected", "true")
        return page

    page.on("console", lambda said: page.faults.append(f"console: {said.text}") if said.type == "error" else None)
    return opened


def small(page) -> None:
    """Set a size that is painted in a blink."""
    page.locator("#tab-image .more > button").click()
    for side, pixels in (("width", 320), ("height", 256)):
        page.locator(f"#image-{side} input[type=number]").fill(str(pixels))
    page.keyboard.press("Tab")


def project_of(page, server) -> dict:
    """The project on the page's table, as the studio has it."""
    id = page.evaluate("localStorage.getItem('homereel.project')")
    with server.client() as http:
        return http.get(f"/api/v1/projects/{id}").json()


def take(server, model: str, **options) -> tuple[str, str]:
    """Have something made over REST: its asset's id, and its prompt."""
    with server.client() as http:
        job = http.post("/api/v1/jobs", json={"model": model, "options": options}).json()
    return server.done(job["id"])["assets"][0]["id"], options.get("prompt") or options["text"]


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(360, 740, "dark"), (390, 844, "light"), (1280, 800, "dark"), (1920, 1080, "light")],
)
def test_nothing_is_wider_than_the_screen(window, width, height, scheme):
    page = window("image", width, height, scheme)
    for title in TABS:
        tab = page.get_by_role("tab", name=title, exact=True)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, title
        box = tab.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width, f"{title} is in view"
    assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")


def test_the_tab_an_address_names_is_in_view_on_a_phone(window):
    page = window("models", 390, 844)
    tab = page.get_by_role("tab", name="Models", exact=True)

    def in_view():
        box = tab.bounding_box()
        return box["x"] >= 0 and box["x"] + box["width"] <= 390

    until(in_view, 5)


def test_a_picture_is_made_by_keyboard_alone_and_is_still_there_after_a_reload(window, server):
    page, words = window("image"), f"a lighthouse in fog {next(serial)}"
    small(page)
    prompt = page.get_by_label("Prompt", exact=False).locator("visible=true").first
    prompt.focus()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    shown = page.locator("#tab-image img.shown")
    expect(page.locator("#tab-image .caption .said")).to_have_text(words, timeout=20_000)
    expect(shown).to_be_visible(timeout=20_000)
    address = shown.get_attribute("src")
    assert shown.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 320
    page.reload()
    expect(page.locator("#tab-image .caption .said")).to_have_text(words, timeout=20_000)
    expect(page.locator("#tab-image img.shown")).to_have_attribute("src", address)
    expect(page.locator("#tab-image .badge.draft").first).to_be_visible()


def test_another_browser_shows_the_same_takes(window, browser, server):
    page, words = window("image"), f"a quiet bay {next(serial)}"
    with server.client() as http:
        body = {"model": "draft-image", "options": {"prompt": words, "width": 320, "height": 256}}
        job = http.post("/api/v1/jobs", json=body).json()
    assert server.done(job["id"])["status"] == "done"
    expect(page.locator("#tab-image .take").first).to_have_attribute("title", words, timeout=10_000)


def test_a_running_job_is_seen_everywhere_and_stops_when_told(window, server):
    page, words = window("video"), f"a very long pan {next(serial)}"
    page.locator("#video-prompt textarea").fill(words)
    page.locator("#video-duration_s input[type=number]").fill("60")
    page.keyboard.press("Tab")
    page.locator("#video-go").click()
    stage = page.locator("#tab-video homereel-stage")
    expect(stage.locator(".working")).to_be_visible(timeout=10_000)
    page.locator("homereel-header .pill").click()
    row = page.locator(".drawer .job", has_text=words).first
    expect(row).to_be_visible()
    page.keyboard.press("Escape")
    stage.get_by_role("button", name="Stop").or_(stage.get_by_role("button", name="Cancel")).click()

    def over():
        with server.client() as http:
            jobs = http.get("/api/v1/jobs?task=video&limit=50").json()["items"]
        return next(j for j in jobs if j["recipe"]["options"]["prompt"] == words)["status"] == "cancelled"

    until(over, 10)
    expect(page.locator("homereel-header .pill")).to_contain_text("idle", timeout=15_000)


def test_an_empty_prompt_says_what_to_do_beside_the_button(window):
    page = window("music")
    page.locator("#music-go").click()
    fault = page.locator("#music-fault homereel-fault")
    expect(fault).to_contain_text("The prompt is empty")
    expect(fault.get_by_role("button", name="Copy details")).to_be_visible()
    page.locator("#tab-music .chip").nth(1).click()
    assert page.locator("#music-prompt textarea").input_value()


def test_a_shape_sets_the_size_and_a_size_the_shape(window):
    page = window("image")
    page.locator("#tab-image .more > button").click()
    page.locator("#tab-image .shapes input[value='9:16']").check(force=True)
    height = page.locator("#image-height input[type=number]")
    expect(height).not_to_have_value("720")
    assert int(page.locator("#image-width input[type=number]").input_value()) < int(height.input_value())
    page.locator("#image-width input[type=number]").fill("512")
    height.fill("512")
    page.keyboard.press("Tab")
    expect(page.locator("#tab-image .shapes input[value='1:1']")).to_be_checked()


def test_settings_of_a_take_come_back_to_the_form(window, server):
    words = f"an old mill {next(serial)}"
    with server.client() as http:
        options = {"prompt": words, "width": 256, "height": 448, "seed": 4242}
        job = http.post("/api/v1/jobs", json={"model": "draft-image", "options": options}).json()
    server.done(job["id"])
    page = window("image")
    page.locator(f"#tab-image .take[title='{words}']").click()
    page.locator("#tab-image .actions").get_by_text("Reuse settings").click()
    expect(page.locator("#image-prompt textarea")).to_have_value(words)
    expect(page.locator("#image-seed input")).to_have_value("4242")
    page.locator("#tab-image .more > button").click()
    expect(page.locator("#image-height input[type=number]")).to_have_value("448")


def test_a_picture_is_animated_with_one_click_and_a_take_goes_onto_the_timeline(window, server):
    words = f"a wooden bridge {next(serial)}"
    with server.client() as http:
        options = {"prompt": words, "width": 320, "height": 256}
        job = http.post("/api/v1/jobs", json={"model": "draft-image", "options": options}).json()
        made = server.done(job["id"])["assets"][0]["id"]
    page = window("image")
    page.locator(f"#tab-image .take[title='{words}']").click()
    page.locator("#tab-image .actions").get_by_text("Add to timeline").click()
    expect(page.locator(".toast")).to_contain_text("on the timeline")
    project = project_of(page, server)
    clips = [item["asset"] for track in project["timeline"]["tracks"] for item in track["items"] if "asset" in item]
    assert made in clips
    page.locator("#tab-image .actions").get_by_text("Animate").click()
    expect(page.locator("#tab-video homereel-picker .chosen img").first).to_be_visible(timeout=10_000)
    assert made in page.locator("#tab-video homereel-picker .chosen img").first.get_attribute("src")
    expect(page.locator("#video-prompt textarea")).to_have_value(words)


def test_a_voice_goes_onto_the_timeline_with_its_captions(window, server):
    with server.client() as http:
        body = {"model": "draft-speech", "options": {"text": f"One two three. Four five {next(serial)}."}}
        job = http.post("/api/v1/jobs", json=body).json()
    server.done(job["id"])
    page = window("speech")
    page.locator("#tab-speech .actions").get_by_text("Add to timeline").click()
    expect(page.locator(".toast")).to_contain_text("on the timeline")
    project = project_of(page, server)
    tracks = project["timeline"]["tracks"]
    said = [
        item for track in tracks if track["kind"] == "captions" for item in track["items"] if item["type"] == "caption"
    ]
    assert "One two three" in " ".join(item["text"] for item in said)
    assert any(item.get("words") for item in said)


def test_a_take_is_starred_tagged_and_trashed_and_comes_back(window, server):
    made, words = take(server, "draft-image", prompt=f"a stone arch {next(serial)}", width=320, height=256)
    page = window("image")
    mine = page.locator(f"#tab-image .take[title='{words}']")
    mine.click()
    actions = page.locator("#tab-image .actions")
    actions.get_by_role("button", name="Star", exact=True).click()
    expect(actions.get_by_role("button", name="Star", exact=True)).to_have_attribute("aria-pressed", "true")
    actions.get_by_role("button", name="Tags").click()
    page.get_by_label("Tags, separated by commas").fill("arch,  stone, arch")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.sheet")).to_have_count(0)
    with server.client() as http:
        asset = http.get(f"/api/v1/assets/{made}").json()
        assert (asset["starred"], sorted(asset["tags"])) == (True, ["arch", "stone"])
    actions.get_by_role("button", name="Move to trash").click()
    expect(mine).to_have_count(0)
    page.locator(".toast", has_text="trash").get_by_role("button", name="Undo").click()
    expect(mine).to_have_count(1)


def test_the_next_shot_starts_with_the_last_frame(window, server):
    _, words = take(server, "draft-video", prompt=f"a pan {next(serial)}", width=320, height=256, duration_s=1)
    page = window("video")
    page.locator(f"#tab-video .take[title='{words}']").click()
    page.locator("#tab-video .actions").get_by_text("Use last frame").click()
    chosen = page.locator("#video-start .chosen img")
    expect(chosen).to_be_visible(timeout=15_000)
    still = chosen.get_attribute("src").split("/")[-2]
    with server.client() as http:
        asset = http.get(f"/api/v1/assets/{still}").json()
    assert (asset["kind"], asset["width"], asset["height"]) == ("image", 320, 256)


def test_a_voice_can_be_heard_before_it_is_used(window):
    page = window("speech")
    page.evaluate(
        "HTMLMediaElement.prototype.play = function () { window.heard = this.src; return Promise.resolve(); }"
    )
    page.locator("#speech-text textarea").fill("A voice for the harbour.")
    page.get_by_role("button", name="Listen to this voice").click()
    page.wait_for_function("window.heard", timeout=20_000)
    assert "/api/v1/assets/" in page.evaluate("window.heard")


def test_a_file_of_ours_dropped_on_the_form_brings_its_settings_back(window, server):
    made, words = take(server, "draft-image", prompt=f"a market {next(serial)}", width=320, height=256, seed=321)
    page = window("image")
    page.evaluate(DROP, made)
    expect(page.locator("#image-prompt textarea")).to_have_value(words, timeout=10_000)
    expect(page.locator("#image-seed input")).to_have_value("321")


DROP = """async (id) => {
    const bytes = await (await fetch(`/api/v1/assets/${id}/file`)).blob(), data = new DataTransfer();
    data.items.add(new File([bytes], "take.png", { type: "image/png" }));
    document.querySelector("#image-form").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
}"""


def test_the_project_is_named_in_the_header_and_export_opens_the_timeline(window, server):
    page, title = window("image"), f"Harbour {next(serial)}"
    page.get_by_label("Project title").fill(title)
    page.keyboard.press("Enter")
    until(lambda: project_of(page, server).get("title") == title, 10)
    expect(page.locator("homereel-header .saved")).to_contain_text("saved")
    expect(page.get_by_label("Project title")).to_have_value(title)
    page.get_by_role("button", name="Export the film").click()
    expect(page.get_by_role("tab", name="Timeline", exact=True)).to_have_attribute("aria-selected", "true")


def test_words_from_a_user_are_never_markup(window, server):
    words = f'<img src=x onerror="window.hit=1"> <b>bold</b> {next(serial)}'
    with server.client() as http:
        options = {"prompt": words, "width": 320, "height": 256}
        job = http.post("/api/v1/jobs", json={"model": "draft-image", "options": options}).json()
        server.done(job["id"])
        http.post("/api/v1/projects", json={"title": words})
    page = window("image")
    expect(page.locator("#tab-image .caption .said")).to_have_text(words)
    page.locator("#tab-image .past").click()
    expect(page.locator("#tab-image .history button").first).to_have_text(words)
    page.locator("homereel-header .pill").click()
    expect(page.locator(".drawer .job").first).to_be_visible()
    for title in ("Library", "Queue", "Timeline"):
        page.get_by_role("tab", name=title, exact=True).click()
        page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None


def test_every_control_has_a_name_for_screen_readers(window):
    page = window("image")
    for title in TABS:
        page.get_by_role("tab", name=title, exact=True).click()
        page.wait_for_timeout(150)
        nameless = page.evaluate(NAMELESS)
        assert not nameless, (title, nameless)


NAMELESS = """() => [...document.querySelectorAll("button, input, textarea, select, a[href], [role=option]")]
    .filter((e) => e.offsetParent && !e.closest("[aria-hidden=true]") && e.type !== "hidden" && e.type !== "file")
    .filter((e) => !(e.getAttribute("aria-label") || e.title || e.innerText?.trim() || e.labels?.length
        || e.getAttribute("aria-labelledby") || e.closest("fieldset, label, .block")?.innerText.trim()))
    .map((e) => e.outerHTML.slice(0, 160))"""


def test_the_models_tab_says_what_each_model_may_be_used_for(window):
    page = window("models")
    card = page.locator("homereel-models [data-model='draft-speech']")
    expect(card).to_contain_text("GPL-3.0-or-later")
    expect(card.locator(".badge.draft")).to_be_visible()
    expect(page.locator("homereel-models .health")).to_contain_text("Workers")


def test_day_and_night_are_chosen_and_kept(window):
    page = window("image", scheme="light")
    page.get_by_role("button", name="Day or night").click()
    assert page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    expect(page.locator("homereel-header .pill")).to_be_visible(timeout=20_000)
    assert page.evaluate("document.body.classList.contains('dark')")
