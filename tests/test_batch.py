"""A list of takes, one a line: checked whole, made whole, each file where it was asked for."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from PIL import Image

from conftest import HOUSE
from pipelines.faults import Fault
from studio.cli.batch import checked, read
from test_cli import command


@pytest.fixture
def run(home):
    def run(*arguments):
        env = {**os.environ, "STUDIO_HOME": str(home)}
        return subprocess.run(command("batch", *arguments), capture_output=True, text=True, cwd=HOUSE, env=env)

    return run


@pytest.fixture
def lists(tmp_path):
    """The same three takes as CSV and as JSON Lines, beside a picture that one of them begins with."""
    Image.new("RGB", (320, 256), "teal").save(tmp_path / "first.png")
    (tmp_path / "list.csv").write_text(
        "task,prompt,model,width,height,duration_s,start,seed,out\n"
        'image,"a fox, in the snow",,320,256,,,4,out/fox.png\n'
        "\n"
        "video,slowly closer,draft-video,320,256,1,first.png,5,out/closer.mp4\n"
        "speech,Good morning.,,,,,,6,\n"
    )
    lines = [
        {"task": "image", "prompt": "a fox, in the snow", "width": 320, "height": 256, "seed": 4, "out": "out/fox.png"},
        {"model": "draft-video", "prompt": "slowly closer", "out": "out/closer.mp4",
         "options": {"start": "first.png", "width": 320, "height": 256, "duration_s": 1, "seed": 5}},
        {"task": "speech", "text": "Good morning.", "seed": 6},
    ]  # fmt: skip
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return tmp_path


def test_both_forms_of_a_list_say_the_same(lists):
    table, lines = (checked(list(read(lists / name)), lists) for name in ("list.csv", "list.jsonl"))
    assert [wish[1:] for wish in table] == [wish[1:] for wish in lines]
    assert [wish.line for wish in table] == [2, 4, 5]


def test_every_line_is_made_and_put_where_it_was_asked_for(run, lists):
    done = run(lists / "list.csv", "--json")
    assert done.returncode == 0, done.stderr
    jobs = json.loads(done.stdout)
    assert [job["status"] for job in jobs] == ["done"] * 3
    assert Image.open(lists / "out" / "fox.png").size == (320, 256)
    assert (lists / "out" / "closer.mp4").stat().st_size == jobs[1]["assets"][0]["bytes"]
    assert len(jobs[1]["recipe"]["options"]["start"]) == 64


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(run, lists, home):
    told = json.loads(run(lists / "list.csv", "--dry-run", "--json").stdout)
    assert [(one["line"], one["model"]) for one in told] == [
        (2, "draft-image"),
        (4, "draft-video"),
        (5, "speech"),
    ]
    assert "3 takes would be made" in run(lists / "list.jsonl", "--dry-run").stderr
    assert not list((home / "library").glob("*/*"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "a.csv",
            "task,prompt,width\nimage,a,7\nsmell,b,\nimage,,\n",
            ["line 2: width", "line 3: task", "line 4: prompt"],
        ),
        ("a.csv", "prompt\nx\n", ["line 2: it names neither"]),
        ("a.csv", "task,prompt\nimage,a,b,c\n", ["more cells"]),
        ("a.csv", 'task,prompt\nimage,"a"b"\n', ["no CSV"]),
        ("a.csv", "task,prompt\n", ["lists nothing"]),
        ("a.csv", "task,prompt,start\nvideo,x,nowhere.png\n", ["line 2: there is no file nowhere.png"]),
        ("a.csv", "model,prompt\nflux-dev,x\n", ["line 2: FLUX.1 dev cannot run here"]),
        ("a.csv", "task,model,prompt\nimage,draft-music,x\n", ["makes music"]),
        ("a.jsonl", '{"task": "image"}\n[1]\n', ["Line 2 is no JSON object"]),
        ("a.jsonl", '{"task": "image", "prompt": "x", "zoom": 1}\n', ["line 1: zoom"]),
        ("a.jsonl", '{"task": "image", "prompt": "x", "options": [1]}\n{"task": 7}', ["line 2: task"]),
    ],
)
def test_every_line_at_fault_is_named_and_nothing_is_made(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(Fault) as refused:
        checked(list(read(tmp_path / name)), tmp_path)
    assert [word for word in words if word not in refused.value.message] == []


def test_a_refusal_is_one_line_and_leaves_no_job(run, home, tmp_path):
    (tmp_path / "a.csv").write_text("task,prompt,width\nimage,a,320\nimage,b,7\n")
    refused = run(tmp_path / "a.csv")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert "line 3: width" in refused.stderr
    assert not list((home / "library").glob("*/*"))
