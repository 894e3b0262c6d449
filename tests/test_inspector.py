"""The inspector's colour and sound, captions as a track, and what a sync left to look at, in a real browser."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from test_cutting_room import API, client, room

RED_OUT = "LUT_3D_SIZE 2\n" + "".join(f"0 {g} {b}\n" for b in (0, 1) for g in (0, 1) for _ in (0, 1))


@pytest.fixture
def cut(room):
    """The sample, its first clip chosen."""
    room.clip(0, 0).click()
    expect(room.clip(0, 0)).to_have_attribute("aria-pressed", "true")
    return room


def fill(room, label: str, value: object) -> None:
    with room.page.expect_response(lambda r: "/edits" in r.url) as said:
        field = room.page.locator(".inspector input.number").and_(room.page.get_by_label(label, exact=True))
        field.fill(str(value))
        field.press("Enter")
    assert said.value.ok


def pick(room, label: str, value: str) -> None:
    with room.page.expect_response(lambda r: "/edits" in r.url) as said:
        room.page.locator(".inspector").get_by_label(label, exact=True).select_option(value)
    assert said.value.ok


def seen(room, frame: int = 30) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(room.frame(frame))).convert("RGB"), float)


def heard(room, start: int, frames: int = 60) -> np.ndarray:
    """The mix as the player hears it, one channel."""
    url = f"{API}/projects/{room.project}/sound?start={start}&frames={frames}"
    with av.open(io.BytesIO(room.client.get(url).raise_for_status().content)) as sound:
        return np.concatenate([frame.to_ndarray().reshape(-1, 2)[:, 0] for frame in sound.decode(audio=0)]).astype(
            float
        )


def test_a_clips_colour_is_set_seen_and_taken_back(cut):
    shot = seen(cut)
    fill(cut, "Exposure, EV", 1)
    assert seen(cut).mean() > shot.mean() + 15
    fill(cut, "Saturation, %", -100)
    grey = seen(cut)
    assert np.ptp(grey, axis=2).mean() < 4 < np.ptp(shot, axis=2).mean()
    assert cut.timeline["tracks"][0]["items"][0]["colour"] == {"exposure": 1, "saturation": -1}
    with cut.page.expect_response(lambda r: "/edits" in r.url):
        cut.page.get_by_role("button", name="As it was shot").click()
    assert cut.timeline["tracks"][0]["items"][0]["colour"] is None
    assert np.abs(seen(cut) - shot).max() == 0
    cut.key("Control+z")
    assert np.abs(seen(cut) - grey).max() == 0


def test_a_look_is_brought_in_from_a_cube_file(cut, tmp_path: Path):
    (tmp_path / "No red.cube").write_text(RED_OUT)
    with cut.page.expect_response(lambda r: "/edits" in r.url):
        cut.page.get_by_label("A .cube file").set_input_files(tmp_path / "No red.cube")
    expect(cut.page.get_by_label("Look", exact=True)).to_contain_text("No red")
    picture = seen(cut)
    assert picture[..., 0].mean() < 12 < picture[..., 1].mean()
    pick(cut, "Look", "")
    assert seen(cut)[..., 0].mean() > 60


def test_a_voice_goes_through_the_telephone_and_its_row_is_made_softer(cut):
    cut.clip(2, 1).click()
    plain = heard(cut, 150)
    pick(cut, "Equalizer", "telephone")
    pick(cut, "Noise", "light")
    voice = cut.timeline["tracks"][2]["items"][1]
    assert (voice["eq"], voice["denoise"]) == ("telephone", "light")
    through = heard(cut, 150)
    low = (
        np.abs(np.fft.rfft(plain))[: len(plain) * 150 // 48_000],
        np.abs(np.fft.rfft(through))[: len(plain) * 150 // 48_000],
    )
    assert low[1].sum() < low[0].sum()
    fill(cut, "Pan", -1)
    assert cut.timeline["tracks"][2]["items"][1]["pan"] == -1


def test_captions_go_along_as_a_track_that_players_can_show(room, tmp_path: Path):
    room.export(tmp_path / "film.mp4", Captions="soft")
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert len(film.streams.subtitles) == 1
        said = b"".join(bytes(packet) for packet in film.demux(film.streams.subtitles[0]))
    captions = [item["text"] for item in room.timeline["tracks"][-1]["items"] if item["type"] == "caption"]
    assert captions
    assert all(text.encode() in said for text in captions)


def test_what_two_studios_both_changed_is_listed_and_shown(cut):
    now = cut.client.get(f"{API}/projects/{cut.project}").json()
    voice = now["timeline"]["tracks"][2]["items"][1]
    conflict = {"path": "tracks[2].items[1]", "kept": "there", "lost": [voice | {"gain_db": -3}], "won": [voice]}
    merged = {"title": now["title"], "timeline": now["timeline"], "if_version": now["version"], "studio": "0" * 16}
    merged |= {"conflicts": [conflict], "lost": now["timeline"]}
    cut.client.put(f"{API}/sync/projects/{cut.project}", json=merged).raise_for_status()

    cut.page.get_by_role("button", name=now["title"], exact=True).click()
    cut.page.get_by_role("menuitem", name="Versions…").click()
    sheet = cut.page.get_by_role("dialog", name="Versions")
    expect(sheet.get_by_role("listitem").filter(has_text="Lost to a sync")).to_be_visible()
    expect(sheet.get_by_label("Conflicts, newest first")).to_contain_text("the other studio's was kept")
    sheet.get_by_role("button", name="Show Voice, item 2").click()
    expect(sheet).to_be_hidden()
    expect(cut.clip(2, 1)).to_have_attribute("aria-pressed", "true")
