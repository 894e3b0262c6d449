"""What is handed over to other editors: read by their own readers, and the same when it comes back."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import opentimelineio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.faults import Fault, Invalid, TooLarge
from studio.settings import Settings
from studio.studio import Studio
from studio.timeline.export.export import frame
from studio.timeline.export.handover import bundle, otio
from studio.timeline.items import Caption, Clip, Gap, Title, Transition
from studio.timeline.model import Marker, Timeline, Track
from studio.work.worker import Worker

settings.register_profile("room", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("room")


@st.composite
def rows(draw, kind: str = "video") -> Track:
    """A row of everything it may hold, with transitions where they fit."""
    made = {
        "video": (
            lambda n, f: Clip(
                asset=f"a{n}",
                frames=f,
                offset=draw(st.integers(40, 90)),
                speed=draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(0)])),
                reverse=draw(st.booleans()),
                gain_db=draw(st.sampled_from([0, -6])),
            ),
            lambda n, f: Gap(frames=f),
            lambda n, f: Title(text=f"title {n}", frames=f, style="chapter"),
        ),
        "audio": (lambda n, f: Clip(asset=f"a{n}", frames=f, fade_in=1), lambda n, f: Gap(frames=f)),
        "captions": (
            lambda n, f: Caption(text=f"said {n}", frames=f, words=(("said", 0, 1),)),
            lambda n, f: Gap(frames=f),
        ),
    }[kind]
    items: list = []
    for n in range(draw(st.integers(0, 6))):
        item = draw(st.sampled_from(made))(n, draw(st.integers(4, 60)))
        gaps = items and isinstance(items[-1], Gap) and isinstance(item, Gap)
        if items and not gaps and kind != "captions" and draw(st.booleans()):
            items.append(Transition(frames=draw(st.integers(1, min(items[-1].frames, item.frames) // 2))))
        items.append(item)
    name, muted = draw(st.sampled_from(["", "V1"])), draw(st.booleans())
    return Track(
        kind=kind, items=tuple(items), **({"name": name} if name else {}), **({"muted": True} if muted else {})
    )


@st.composite
def films(draw) -> Timeline:
    tracks = draw(st.lists(st.sampled_from(["video", "audio", "captions"]).flatmap(rows), max_size=4))
    at = draw(st.lists(st.integers(0, 200), unique=True, max_size=3))
    fps = draw(st.sampled_from(["24/1", "25/1", "30000/1001", "60/1"]))
    markers = tuple(Marker(frame=frame, name=f"m{frame}") for frame in at)
    return Timeline(title="A film", fps=fps, tracks=tuple(tracks), **({"markers": markers} if markers else {}))


def there(film: Timeline) -> dict[str, str]:
    return {asset: asset for asset in film.assets()}


@given(films())
def test_a_timeline_comes_back_from_otio_as_it_was(film):
    assert otio.read(otio.write(film, {}), there(film)).dump() == film.dump()


@given(films())
def test_an_otio_reader_finds_rows_as_long_as_ours(film):
    read = opentimelineio.adapters.read_from_string(otio.write(film, {}), "otio_json")
    lengths = [row.duration().value if len(row) else 0 for row in read.tracks]
    assert lengths == [track.frames for track in film.tracks]


def test_an_edit_made_elsewhere_is_kept():
    film = Timeline(tracks=(Track(kind="video", items=(Clip(asset="a", frames=90), Clip(asset="b", frames=60))),))
    read = opentimelineio.adapters.read_from_string(otio.write(film, {}), "otio_json")
    first = read.tracks[0][0]
    first.source_range = opentimelineio.opentime.TimeRange(
        opentimelineio.opentime.RationalTime(12, 24), opentimelineio.opentime.RationalTime(24, 24)
    )
    text = opentimelineio.adapters.write_to_string(read, "otio_json")
    items = otio.read(text, there(film)).tracks[0].items
    assert (items[0].offset, items[0].frames) == (15, 30), "24 frames at 24 a second are 30 of ours"
    assert items[1] == film.tracks[0].items[1]


def test_media_that_is_not_here_leaves_a_gap():
    film = Timeline(tracks=(Track(kind="video", items=(Clip(asset="a", frames=30), Clip(asset="b", frames=20))),))
    assert [item.type for item in otio.read(otio.write(film, {}), {"b": "b"}).tracks[0].items] == ["gap", "clip"]


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"OTIO_SCHEMA": "Clip.1"}', "\x00" * 50])
def test_what_is_no_otio_is_refused(text):
    with pytest.raises(Invalid) as refused:
        otio.read(text, {})
    assert refused.value.advice


# --- zips ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cut(studio, make) -> Timeline:
    """A film of two takes, one of them waiting beside the other."""
    first, second = (make("draft-image", prompt="a fox", width=256, height=256, seed=n) for n in (1, 2))
    clip = Clip(asset=first.id, frames=30, takes=({"asset": second.id},))
    return Timeline(title="Fox", width=256, height=256, tracks=(Track(kind="video", items=(clip,)),))


def zipped(studio, worker, cut) -> Path:
    job, _ = studio.export(timeline=cut, format="zip")
    while worker.run_next():
        pass
    job = studio.queue.get(job.id)
    assert job.status == "done", job.error
    return job.assets[0].path


def opened(home, path: Path, name: str = "film.zip"):
    """A new studio that gets the file as an upload: the job that opens it, and that studio."""
    studio = Studio(Settings.load(home))
    worker = Worker(studio.home, "there", ("cpu",))
    asset = studio.library.upload([path.read_bytes()], name)
    job, _ = studio.open_file(asset.id)
    while worker.run_next():
        pass
    return studio, studio.queue.get(job.id)


def test_a_project_zip_opens_on_another_machine_with_every_asset_and_recipe(studio, worker, cut, tmp_path):
    path = zipped(studio, worker, cut)
    with zipfile.ZipFile(path) as archive:
        assert {"timeline.json", "assets.json"} < set(archive.namelist())
    there, job = opened(tmp_path / "other", path)
    assert job.status == "done", job.error
    project = there.projects.get(job.result["project"])
    assert Timeline.parse(project.timeline) == cut
    assert not there.missing(cut)
    (clip,) = cut.tracks[0].items
    for id in (clip.asset, clip.takes[0].asset):
        assert there.library.get(id).recipe == studio.library.get(id).recipe
        assert there.library.get(id).path.read_bytes() == studio.library.get(id).path.read_bytes()
    there.close()


def test_an_otio_file_finds_its_media_in_the_library(studio, worker, cut):
    job, _ = studio.export(timeline=cut, format="otio")
    worker.run_next()
    handed = studio.queue.get(job.id).assets[0]
    opening, _ = studio.open_file(handed.id)
    worker.run_next()
    done = studio.queue.get(opening.id)
    assert done.status == "done", done.error
    assert Timeline.parse(studio.projects.get(done.result["project"]).timeline) == cut


GOOD = json.dumps(Timeline(tracks=(Track(kind="video"),)).dump())
IMAGE = "a" * 64
LINK = 0o120777 << 16


def entry(name: str, attributes: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = attributes
    return info


BAD = {
    "climbs out": [(entry("../evil.txt"), b"x")],
    "absolute": [(entry("/etc/evil"), b"x")],
    "backslashes": [(entry("media\\..\\evil"), b"x")],
    "a link": [(entry(f"media/{IMAGE}.png", LINK), b"/etc/passwd")],
    "twice": [(entry(f"media/{IMAGE}.png"), b"x"), (entry(f"media/{IMAGE}.png"), b"y")],
    "other bytes": [(entry(f"media/{IMAGE}.png"), b"not what its name says")],
    "a program": [(entry("media/run.py"), b"print()")],
    "a bomb": [(entry("assets.json"), b" " * (65 << 20))],
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_hostile_zip_writes_nothing_outside_its_folder(tmp_path, name):
    path, folder = tmp_path / "bad.zip", tmp_path / "in" / "folder"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("timeline.json", GOOD)
        for info, body in BAD[name]:
            archive.writestr(info, body, zipfile.ZIP_DEFLATED)
    with pytest.raises(Fault) as refused:
        bundle.read(path, folder, lambda fraction, note: None)
    assert refused.value.advice
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} - {f"{IMAGE}.png"} == {"bad.zip"}
    assert all(p.parent == folder for p in tmp_path.rglob("*.png"))


def test_a_zip_of_too_many_entries_is_refused_before_they_are_read(tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("timeline.json", GOOD)
    body = bytearray(path.read_bytes())
    at = body.rfind(b"PK\x05\x06")
    body[at + 8 : at + 12] = b"\xff\xff\xff\xff"
    path.write_bytes(body)
    with pytest.raises(TooLarge):
        bundle.read(path, tmp_path, lambda fraction, note: None)


def test_a_zip_whose_two_lists_of_names_differ_is_refused(tmp_path):
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("timeline.json", GOOD)
    path.write_bytes(path.read_bytes().replace(b"timeline.json", b"timeline.evil", 1))
    with pytest.raises(Invalid):
        bundle.read(path, tmp_path, lambda fraction, note: None)


# --- what other editors read -----------------------------------------------------------------------------------------


@pytest.fixture
def film(studio, make) -> Timeline:
    """A dissolve, a gap, a title with fades, and music under it."""
    shot = make("draft-video", prompt="a red boat on a calm sea, static", width=384, height=256, duration_s=2, fps=30)
    still = make("draft-image", prompt="a green hill, poster", width=384, height=256)
    music = make("draft-music", prompt="calm piano", duration_s=4, bpm=96)
    rows = (
        Track(kind="video", items=(
            Clip(asset=shot.id, frames=50, muted=True), Transition(frames=20), Clip(asset=still.id, frames=60),
            Gap(frames=10), Clip(asset=shot.id, offset=10, frames=30),
        )),
        Track(kind="video", items=(Gap(frames=20), Title(text="Harbour", frames=40, style="centre-card", fade_in=8))),
        Track(kind="audio", role="music", gain_db=-6, items=(Clip(asset=music.id, frames=110),)),
    )  # fmt: skip
    markers = (Marker(frame=30, name="boat"),)
    return Timeline(title="Harbour & sea", width=384, height=256, tracks=rows, markers=markers, loudness_lufs=None)


@pytest.fixture
def handed(studio, worker, film, tmp_path):
    """The film as a zip of that format, unpacked."""

    def handed(format: str) -> Path:
        job, _ = studio.export(timeline=film, format=format)
        worker.run_next()
        job = studio.queue.get(job.id)
        assert job.status == "done", job.error
        with zipfile.ZipFile(job.assets[0].path) as archive:
            archive.extractall(tmp_path / "out")
        return tmp_path / "out"

    return handed


@pytest.mark.skipif(not shutil.which("melt"), reason="melt is not installed")
def test_melt_plays_the_film_that_was_cut_here(film, handed, studio):
    folder = handed("mlt.zip")
    command = ["melt", "film.mlt", "-consumer", "avformat:out.mkv", "vcodec=ffv1", "acodec=pcm_s16le", "real_time=-1"]
    subprocess.run(
        command, cwd=folder, check=True, capture_output=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    with av.open(str(folder / "out.mkv")) as played:
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in played.decode(video=0)]
        played.seek(0)
        loudest = max(np.abs(block.to_ndarray().astype(int)).max() for block in played.decode(audio=0))
    assert len(pictures) == film.frames
    media = studio.library.many(film.assets())
    for n in (3, 25, 40, 70, 85, 95, 115):  # shot, title fading in, dissolve, still, gap, shot again
        off = np.abs(pictures[n] - frame(film, media, n).astype(int)).mean()
        assert off < 12, f"frame {n} is another picture: {off:.1f}"
    assert loudest > 500, "the music is heard"


def test_a_decision_list_tells_every_cut_at_its_time(handed):
    text = (handed("edl.zip") / "film.edl").read_text()
    events = [line.split() for line in text.splitlines() if re.match(r"\d{3} ", line)]
    assert text.startswith("TITLE: Harbour & sea\nFCM: NON-DROP FRAME")
    seen = [event for event in events if event[2] == "V"]
    assert [event[3] for event in seen] == ["C", "C", "D", "C"]
    assert seen[2][4] == "020"
    assert seen[0][-2:] == ["01:00:00:00", "01:00:01:10"], "the shot plays alone until the middle of the dissolve"
    assert seen[2][-2:] == ["01:00:01:00", "01:00:03:00"], "the dissolve begins 30 frames in"
    assert seen[3][-4:] == ["00:00:00:10", "00:00:01:10", "01:00:03:10", "01:00:04:10"]


def test_final_cut_s_file_lays_the_same_film_out(film, handed):
    folder = handed("fcpxml.zip")
    root = ElementTree.fromstring((folder / "film.fcpxml").read_text())
    files = {m.get("src").removeprefix("./") for m in root.iter("media-rep")}
    assert all((folder / file).is_file() for file in files)
    (spine,) = root.iter("spine")

    def time(said: str) -> Fraction:
        return Fraction(said.removesuffix("s"))

    laid = [piece for piece in spine if piece.tag != "transition"]
    assert sum(time(piece.get("duration")) for piece in laid) == film.seconds
    ends = [time(piece.get("offset")) + time(piece.get("duration")) for piece in laid]
    assert [time(piece.get("offset")) for piece in laid] == [0, *ends[:-1]], "one after another, no hole between"
    (crossing,) = spine.iter("transition")
    assert time(crossing.get("offset")) == 1
    ids = {resource.get("id") for resource in root.find("resources")}
    assert {piece.get("ref") for piece in spine.iter() if piece.get("ref")} <= ids
    assert {piece.get("lane") for piece in spine.iter() if piece.get("lane")} == {"1", "-1"}


def test_stems_are_as_long_as_the_film_and_carry_its_tempo(film, handed):
    folder = handed("stems.zip")
    told = json.loads((folder / "stems.json").read_text())
    assert told["bpm"] == 96
    assert [stem["role"] for stem in told["stems"]] == ["music"], "draft shots are silent"
    for stem in told["stems"]:
        with av.open(str(folder / stem["file"])) as sound:
            assert sound.streams.audio[0].rate == 48_000
            assert abs(sound.duration / 1e6 - float(film.seconds)) < 0.01
    assert (folder / "tempo.mid").read_bytes().startswith(b"MThd")


@pytest.mark.parametrize("format", ["otio.zip", "mlt.zip"])
def test_what_was_packed_for_another_editor_opens_here_too(film, handed, studio, worker, format):
    handed(format)
    packed = next(a for a in studio.library.list(kind="project").items if a.name.endswith(".zip"))
    job, _ = studio.open_file(packed.id)
    worker.run_next()
    job = studio.queue.get(job.id)
    assert job.status == "done", job.error
    assert Timeline.parse(studio.projects.get(job.result["project"]).timeline) == film
