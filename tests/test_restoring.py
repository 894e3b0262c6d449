"""How the restoring engine works: without a seam, in little memory, the same each time; and it goes on after a kill to
the same bytes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import footage
from conftest import HOUSE
from footage import fine, psnr, read, scene, write
from pipelines.draft import restore as draft
from pipelines.faults import Cancelled, DiskFull
from pipelines.restoring import encode, engine, keep, tiles
from pipelines.restoring.graph import Frame
from pipelines.restoring.options import sized
from restored import Here, known, restore


@pytest.fixture(scope="module")
def truth(known, tmp_path_factory) -> np.ndarray:
    return read(write(tmp_path_factory.mktemp("known") / "known.mp4", known))[0]


# --- without a seam, in little memory, after a kill -----------------------------------------------------------------


@pytest.fixture
def in_pieces(monkeypatch):
    monkeypatch.setattr(draft.Filters, "chunk", 10)


def test_no_join_shows(known, truth, restore, tmp_path, monkeypatch):
    source = write(tmp_path / "noise.mp4", footage.noisy(known, 12))
    whole = read(restore(source))[0]
    monkeypatch.setattr(draft.Filters, "chunk", 5)
    pieces = read(restore(source, Here(tmp_path / "pieces")))[0]
    assert restore.context.heard[-2][0] < 1
    assert len([*{note.split(",")[0] for _, note in restore.context.heard if note.startswith("part")}]) == 4
    assert psnr(pieces, truth) > psnr(whole, truth) - 0.3
    joins = footage.flicker(pieces, truth)[[4, 9, 14]]
    assert joins.max() < footage.flicker(whole, truth).max() * 1.15 + 0.1


PROGRAM = """
import sys
from fractions import Fraction
from pathlib import Path
from pipelines import catalogue
from pipelines.draft import restore
restore.Filters.chunk = int(sys.argv[3])
class Here:
    workdir, cache = Path(sys.argv[2]) / "work", Path(sys.argv[2]) / "cache"
    def progress(self, fraction, note=""):
        print(note, flush=True)
Here.workdir.mkdir(parents=True, exist_ok=True)
model = catalogue.find("draft-restore")
options = model.options(source=Path(sys.argv[1]), seed=0, denoise=0.1, stabilise=float(sys.argv[4]))
print(*model.cls(model).run(options, Here()))
"""


def program(source: Path, folder: Path, chunk: int, stabilise: float = 0.5) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(source), str(folder), str(chunk), str(stabilise)]


def test_killed_it_goes_on_to_the_same_bytes(known, tmp_path):
    small = known[:, :96, :128]
    source = write(tmp_path / "long.mp4", np.concatenate([small, small[::-1]]), sound="sine=440:d=1.6")
    killed = subprocess.Popen(program(source, tmp_path / "killed", 10), cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    for line in killed.stdout:
        if line.startswith("part 3"):
            killed.send_signal(signal.SIGKILL)
            break
    killed.wait()
    shutil.rmtree(tmp_path / "killed" / "work")
    again = subprocess.run(
        program(source, tmp_path / "killed", 10), cwd=HOUSE, capture_output=True, text=True, check=True
    )
    once = subprocess.run(program(source, tmp_path / "once", 10), cwd=HOUSE, capture_output=True, text=True, check=True)
    assert "2 were there already" in again.stdout
    made, other = (Path(run.stdout.splitlines()[-1]).read_bytes() for run in (again, once))
    assert made == other
    assert not [*(tmp_path / "killed" / "cache" / "restoring").glob("*/*")], "its chunks are gone once it is whole"


def test_the_same_frames_are_the_same_bytes(tmp_path):
    grey = np.full((120, 160), 128, np.uint8)
    film = [Frame(n, (luma, grey, grey)) for n, luma in enumerate(footage.noisy(scene(50, 320, 240), 10)[..., 1])]
    made = set()
    for _ in range(24):
        encode.write(tmp_path / "it.nut", film, size=(320, 240), deep=False, tick=Fraction(1, 25), rate=Fraction(25),
                     tags={}, quality="good")  # fmt: skip
        made.add((tmp_path / "it.nut").read_bytes())
    assert len(made) == 1


def test_memory_is_the_same_for_ten_seconds_and_ten_minutes(tmp_path):
    """The most that a process ever held, as the kernel counted it."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here")
    film, peaks = scene(10, 64, 48), {}
    peak = "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    for seconds in (10, 600):
        source = tmp_path / f"{seconds}.mp4"
        write(source, np.concatenate([film] * (seconds // 2)), "5", "-c:v", "libx264", "-preset", "ultrafast")
        run = program(source, tmp_path / str(seconds), 50, 0)
        run[2] = run[2].replace("denoise=0.1", "denoise=0") + peak
        done = subprocess.run(run, cwd=HOUSE, capture_output=True, text=True, check=True).stdout
        assert f"part {seconds // 10} of {seconds // 10}" in done
        peaks[seconds] = int(done.split()[-1])
    assert peaks[600] < peaks[10] + 20_000


def test_a_cancel_is_heard_and_leaves_its_chunks(known, restore, in_pieces, tmp_path):
    source = write(tmp_path / "known.mp4", known)
    with pytest.raises(Cancelled):
        restore(source, Here(tmp_path / "run", stop_at="part 2"))
    restore(source, Here(tmp_path / "run"))
    notes = [note for _, note in restore.context.heard]
    assert any("1 were there already" in note for note in notes)
    fractions = [fraction for fraction, _ in restore.context.heard]
    assert fractions == sorted(fractions)


def test_a_full_disk_is_told_before_anything_is_done(known, restore, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 2**20))
    with pytest.raises(DiskFull, match="GB"):
        restore(write(tmp_path / "known.mp4", known))


def test_what_nobody_goes_on_with_is_tidied_away(tmp_path):
    context = Here(tmp_path)
    with keep.kept(context, "a") as folder:
        (folder / "000000.nut").touch()
        with keep.kept(context, "a") as other:
            assert other != folder, "two never write in one folder"
        keep.tidy(folder.parent, older_than_s=-1)
        assert folder.exists(), "somebody is at it"
    keep.tidy(folder.parent, older_than_s=-1)
    assert not folder.exists()


# --- smaller things ------------------------------------------------------------------------------------------------


def test_tiles_make_the_same_as_the_whole():
    image = scene(1, 150, 100)[0]

    def twice(tile: np.ndarray) -> np.ndarray:
        return np.repeat(np.repeat(tile, 2, 0), 2, 1)

    made = tiles.tiled(image, 64, 2, twice, lambda: None)
    assert np.array_equal(made, np.repeat(np.repeat(image, 2, 0), 2, 1))


@pytest.mark.parametrize(("seconds", "said"), [(40.2, "40 s"), (372, "6 min"), (9000, "2.5 h")])
def test_what_is_left_is_said_as_roughly_as_it_is_known(seconds, said):
    assert engine.lasting(seconds) == said


@pytest.mark.parametrize(
    ("seen", "size", "made"),
    [((640, 480), "1080p", (1440, 1080)), ((480, 640), "720p", (720, 960)), ((3840, 2160), "4x", (8192, 4608)),
     ((321, 241), "same", (320, 240))],
)  # fmt: skip
def test_a_size_keeps_the_shape(seen, size, made):
    assert sized(seen, size) == made
