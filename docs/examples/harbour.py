"""A thirty-second film from nothing but words, over HTTP: `.venv/bin/python docs/examples/harbour.py film.mp4`.

The studio must be open. Everything is made by the draft models, so it runs on any machine; name another model in MODELS
and the same film is made with that one.
"""

import sys
from pathlib import Path

import httpx

STUDIO = "http://127.0.0.1:7860"
MODELS = {"image": "draft-image", "video": "draft-video", "music": "draft-music", "speech": "draft-speech"}
FPS, SEED = 24, 1932
SIZE = {"width": 1280, "height": 720}
LINES = [
    "Before the town wakes, the harbour is already awake.",
    "One boat goes out, as it has gone out every morning.",
    "In the evening, the sea gives back what it borrowed.",
    "And all night the light on the rock counts the waves, and never loses its place.",
]
SHOTS = [
    ("video", "a harbour at dawn, two fishing boats, seagulls, slow pan right"),
    ("video", "a fishing boat on the open sea in the morning, gulls, slow dolly in"),
    ("video", "a fishing boat and a sailboat on the sea at sunset, gulls, slow dolly out"),
    ("image", "a lighthouse on a rock in the sea at night, moon, stars"),
]
SECONDS, DISSOLVE = 8, FPS  # four shots of 8 s, with a second of dissolve at each of the three cuts, last 29 s


def main(out: Path) -> None:
    with httpx.Client(base_url=STUDIO, timeout=600) as studio:
        shots = [submit(studio, task, prompt=prompt, seed=SEED + n, **SIZE, **length(task)) for n, (task, prompt) in
                 enumerate(SHOTS)]  # fmt: skip
        voices = [submit(studio, "speech", text=line) for line in LINES]
        music = submit(
            studio, "music", prompt="calm cinematic piano and strings, hopeful ending", duration_s=29, seed=SEED
        )
        timeline = cut(
            [takes(studio, job)[0] for job in shots], [takes(studio, job)[0] for job in voices], takes(studio, music)[0]
        )
        project = call(studio, "/api/v1/projects", {"title": "Harbour, 1932", "timeline": timeline})
        wish = {"format": "mp4", "preset": "small", "options": {"height": 540}}
        export = call(studio, f"/api/v1/projects/{project['id']}/export", wish)
        film = takes(studio, export)[0]
        out.write_bytes(studio.get(film["url"]).raise_for_status().content)
        print(f"{out}: {film['duration_s']:.1f} s, {film['bytes'] / 1e6:.1f} MB")


def call(studio: httpx.Client, path: str, body: dict) -> dict:
    answer = studio.post(path, json=body)
    if answer.is_error:
        raise SystemExit(answer.json()["error"])
    return answer.json()


def submit(studio: httpx.Client, task: str, **options) -> dict:
    return call(studio, "/api/v1/jobs", {"model": MODELS[task], "options": options})


def takes(studio: httpx.Client, job: dict) -> list[dict]:
    """What a job made, once it is done."""
    with studio.stream("GET", f"/api/v1/jobs/{job['id']}/events") as events:
        for _ in events.iter_lines():
            pass
    done = studio.get(f"/api/v1/jobs/{job['id']}").json()
    if done["status"] != "done":
        raise SystemExit(done["error"])
    print(f"{done['model']}: {done['assets'][0]['name']}")
    return done["assets"]


def length(task: str) -> dict:
    return {"duration_s": SECONDS, "fps": FPS, "camera": "auto"} if task == "video" else {}


def cut(shots: list[dict], voices: list[dict], music: dict) -> dict:
    """The timeline: shots with dissolves, a title, a line over each shot with its caption, and music beneath."""
    pictures, spoken, captions = [], [], []
    for n, (shot, voice, line) in enumerate(zip(shots, voices, LINES, strict=True)):
        drift = {"motion": {"from": [0, 0, 1, 1], "to": [0.08, 0.06, 0.84, 0.84], "ease": "in-out"}}
        still = drift if shot["kind"] == "image" else {}
        pictures += [{"type": "transition", "name": "dissolve", "frames": DISSOLVE}] if n else []
        pictures += [{"type": "clip", "asset": shot["id"], "in": 0, "frames": SECONDS * FPS} | still]
        said = int(voice["duration_s"] * FPS)
        wait = n * (SECONDS - 1) * FPS + 2 * FPS - sum(item["frames"] for item in spoken)
        spoken += [{"type": "gap", "frames": wait}, {"type": "clip", "asset": voice["id"], "in": 0, "frames": said}]
        captions += [{"type": "gap", "frames": wait}, {"type": "caption", "text": line, "frames": said}]
    pictures += [{"type": "transition", "name": "dissolve", "frames": FPS}, {"type": "gap", "frames": FPS}]  # to black
    title = {
        "type": "title",
        "text": "Harbour, 1932",
        "style": "centre-card",
        "frames": 3 * FPS,
        "fade_in": 12,
        "fade_out": 12,
    }
    frames = int(music["duration_s"] * FPS)
    return {
        "version": 1, "title": "Harbour, 1932", "fps": f"{FPS}/1", "loudness_lufs": -14, **SIZE,
        "tracks": [
            {"kind": "video", "items": pictures},
            {"kind": "video", "items": [{"type": "gap", "frames": 12}, title]},
            {"kind": "audio", "role": "narration", "items": spoken},
            {"kind": "audio", "role": "music", "gain_db": -4, "duck": True, "items": [
                {"type": "clip", "asset": music["id"], "in": 0, "frames": frames, "fade_out": 2 * FPS}]},
            {"kind": "captions", "style": "subtitle", "items": captions},
        ],
    }  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "film.mp4"))
