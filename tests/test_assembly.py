"""A folder of clips becomes a film to cut: by name, one after the other, sounds on a row of their own."""

from __future__ import annotations

import json
import subprocess
import wave
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from pipelines.faults import Invalid
from pipelines.ffmpeg import QUIET, binary
from studio.cli import main
from studio.timeline.edit.assembly import NothingToAssemble, assembled, in_order
from studio.types import Asset


def asset(kind: str, name: str, **facts) -> Asset:
    return Asset(id=name, kind=kind, name=name, mime="x/y", bytes=1, path=Path("/nowhere"), **facts)


SHOT = {"width": 1920, "height": 1080, "fps": 23.976, "duration_s": 5.005}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two shots whose numbers sort otherwise than their letters, a picture, a sound, and what is none of these."""
    place = tmp_path_factory.mktemp("footage") / "Harbour"
    (place / "more").mkdir(parents=True)
    for name, seconds in (("shot 2.mp4", 1), ("shot 10.mp4", 2)):
        source = f"testsrc2=size=320x180:rate=25:duration={seconds}"
        made = [binary(), *QUIET, "-f", "lavfi", "-i", source, "-c:v", "libx264", "-pix_fmt", "yuv420p", place / name]
        subprocess.run(made, check=True)
    Image.new("RGB", (64, 36), "teal").save(place / "more" / "still.png")
    with wave.open(str(place / "waves.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(24_000))
    (place / "notes.pages").write_bytes(b"no film")
    (place / ".hidden.png").write_bytes(b"")
    return place


def rows(timeline: dict) -> list[list[int]]:
    return [[item["frames"] for item in track["items"]] for track in timeline["tracks"]]


def test_shots_keep_their_rate_shape_and_order():
    film = assembled([asset("video", "b", **SHOT), asset("audio", "m", duration_s=10), asset("image", "c")], "Sea")
    assert (film.fps, film.width, film.height, film.title) == (Fraction(24000, 1001), 1920, 1080, "Sea")
    assert [[clip.asset for clip in track.items] for track in film.tracks] == [["b", "c"], ["m"]]
    assert film.tracks[0].items[0].frames == 120


def test_pictures_alone_are_shown_four_seconds_each_upright_where_they_are():
    film = assembled([asset("image", "a", width=900, height=1600), asset("image", "b", width=10, height=10)])
    assert (film.width, film.height, film.frames) == (720, 1280, 240)


def test_what_cannot_be_laid_out_is_said():
    for files in ([], [asset("captions", "a"), asset("lut", "b")]):
        with pytest.raises(NothingToAssemble):
            assembled(files)
    with pytest.raises(Invalid, match="too many"):
        assembled([asset("image", "a")] * 2001)


def test_names_are_sorted_as_people_count():
    assert sorted(["shot 10", "Shot 2", "shot", "2 birds"], key=in_order) == ["2 birds", "shot", "Shot 2", "shot 10"]


def test_on_the_command_line(folder, home, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["import", str(folder), "--json", "--home", str(home)])
    told = capsys.readouterr()
    project = json.loads(told.out)
    assert not ended.value.code
    assert project["title"] == "Harbour"
    assert rows(project["timeline"]) == [[100, 25, 50], [37]]
    assert "left out: notes.pages" in told.err
    assert len([*folder.rglob("*")]) == 7, "nothing is left beside the files"


def test_over_http_files_that_are_not_there_are_named(server):
    with server.client() as client:
        refused = client.post("/api/v1/projects", json={"title": "x", "assets": ["0" * 64]})
        assert (refused.status_code, "not in the library" in refused.json()["error"]["message"]) == (404, True)
        assert client.post("/api/v1/projects", json={"assets": [], "timeline": {}}).status_code == 422


def test_in_the_window(folder, page, server):
    page.goto(f"{server.url}/?tab=timeline")
    page.locator(".project-menu button").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Open a folder of clips…").click()
    chooser.value.set_files(folder)
    expect(page.locator(".clip")).to_have_count(4, timeout=60_000)
    expect(page.locator(".project-menu button").first).to_contain_text("Harbour")
    with server.client() as client:
        id = page.evaluate("localStorage['homereel.project']")
        assert rows(client.get(f"/api/v1/projects/{id}").json()["timeline"]) == [[100, 25, 50], [37]]
