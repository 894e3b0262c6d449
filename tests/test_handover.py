"""What is handed over to other editors: read by their own readers, and the same when it comes back."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from pathlib import Path

import opentimelineio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.faults import Fault, Invalid, TooLarge
from studio.settings import Settings
from studio.studio import Studio
from studio.timeline.handover import bundle, otio
from studio.timeline.model import Caption, Clip, Gap, Marker, Timeline, Title, Track, Transition
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
