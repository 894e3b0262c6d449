"""fal's cutting room, `ffmpeg-api`: what it tells, cuts, joins and refuses."""

from __future__ import annotations

import json

import pytest

from faldoor import at_fault, client, job_of, picture, shot, sound
from studio import api
from studio.api.fal.cutting import lasts, row
from test_api import png


def ask(client, id, **said):
    answer = client.post(f"/fal/run/fal-ai/ffmpeg-api/{id}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_metadata_tells_what_a_player_wants_to_know(client, shot, sound):
    film = ask(client, "metadata", media_url=shot, extract_frames=True)["media"]
    assert (film["media_type"], film["codec"], film["fps"], film["frame_count"]) == ("video", "h264", 24, 24)
    assert film["resolution"] == {"width": 256, "height": 256, "aspect_ratio": "1:1"}
    assert (film["format"]["pixel_format"], film["audio"], film["duration"]) == ("yuv420p", None, 1.0)
    assert film["start_frame_url"] != film["end_frame_url"]
    assert client.get(film["end_frame_url"]).content.startswith(b"\x89PNG")
    music = ask(client, "metadata", media_url=sound)["media"]
    assert (music["media_type"], music["sample_rate"], music["channels"], music["duration"]) == ("audio", 48000, 2, 2.0)


def test_a_waveform_has_as_many_points_as_were_asked_for(client, sound):
    said = ask(client, "waveform", media_url=sound, points_per_second=5, precision=3)
    assert len(said["waveform"]) == said["points"] == 10
    assert all(0 <= value <= 1 for value in said["waveform"])
    assert max(said["waveform"]) > 0.05
    assert len(ask(client, "waveform", media_url=sound, points_per_second=50)["waveform"]) == 100


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_a_frame_is_taken_out_in_the_films_own_pixels(client, shot, which):
    (frame,) = ask(client, "extract-frame", video_url=shot, frame_type=which)["images"]
    assert (frame["width"], frame["height"], frame["content_type"]) == (256, 256, "image/png")


def test_keyframes_become_a_film_of_the_same_length(client, picture, shot, sound):
    def key(timestamp, duration, url):
        return {"timestamp": timestamp, "duration": duration, "url": url}

    tracks = [
        {"id": "1", "type": "video", "keyframes": [key(500.4, 1000.1, shot), key(0, 500.4, picture)]},
        {"id": "2", "type": "audio", "keyframes": [key(250, 1200, sound), key(2000, 10, None)]},
    ]
    said = ask(client, "compose", tracks=tracks)
    film = job_of(client, said["video_url"])
    assert (film["kind"], film["width"], film["height"], film["fps"]) == ("video", 256, 256, 24)
    assert film["duration_s"] == pytest.approx(1.5, abs=0.05)
    assert film["sound"]
    assert film["recipe"]["model"] == "export"
    assert client.get(said["thumbnail_url"]).content.startswith(b"\xff\xd8")


def test_films_and_sounds_are_joined_in_order_and_levelled(client, shot, sound):
    joined = ask(client, "merge-videos", video_urls=[shot, shot])["video"]
    assert (joined["duration"], joined["width"]) == (pytest.approx(2, abs=0.05), 256)
    both = ask(client, "merge-audios", audio_urls=[sound, sound], output_format="mp3_44100_128")["audio"]
    assert (both["content_type"], both["duration"]) == ("audio/mpeg", pytest.approx(4, abs=0.1))
    level = ask(client, "loudnorm", audio_url=sound, integrated_loudness=-23)["audio"]
    assert job_of(client, level["url"])["recipe"]["options"]["timeline"]["loudness_lufs"] == -23


def test_a_sound_is_made_for_a_film_and_laid_under_it(client, shot):
    asked = {"video_url": shot, "prompt": "rain on a roof", "duration": 8, "seed": 3}
    answer = client.post("/fal/run/fal-ai/mmaudio-v2", json=asked)
    assert (answer.status_code, answer.headers["x-homereel-model"]) == (200, "draft-sound")
    made = answer.json()
    film = job_of(client, made["video"]["url"])
    assert (film["kind"], film["sound"], film["duration_s"]) == ("video", True, pytest.approx(1, abs=0.05))
    assert (made["seed"], film["recipe"]["options"]["sound"]["options"]["prompt"]) == (3, "rain on a roof")
    assert max(client.get(made["video"]["url"].replace("/file", "/waveform")).json()["peaks"]) > 0.01
    at_fault(client.post("/fal/run/fal-ai/mmaudio-v2", json={"prompt": "rain"}), 422, "missing_field")


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("compose", {}),
        ("compose", {"tracks": []}),
        ("compose", {"tracks": [{"type": "video", "keyframes": []}]}),
        ("compose", {"tracks": [{"type": "hologram", "keyframes": []}]}),
        ("compose", {"tracks": "all"}),
        ("compose", {"tracks": [{"type": "video", "keyframes": [{"timestamp": -1, "duration": 5, "url": "PICTURE"}]}]}),
        ("compose", {"tracks": [{"type": "audio", "keyframes": [{"timestamp": 0, "duration": 5, "url": "PICTURE"}]}]}),
        (
            "compose",
            {"tracks": [{"type": "video", "keyframes": [{"timestamp": 0, "duration": "x", "url": "PICTURE"}]}]},
        ),
        ("metadata", {}),
        ("metadata", {"media_url": "PICTURE"}),
        ("metadata", {"media_url": "http://10.0.0.1/a.mp4"}),
        ("waveform", {"media_url": "PICTURE"}),
        ("extract-frame", {"video_url": "PICTURE"}),
        ("merge-videos", {"video_urls": ["PICTURE"]}),
        ("merge-videos", {"video_urls": "PICTURE"}),
        ("merge-audios", {"audio_urls": [{}]}),
        ("loudnorm", {"audio_url": "PICTURE"}),
        ("unheard-of", {}),
    ],
)
def test_the_cutting_room_refuses_in_words(client, picture, id, said):
    said = json.loads(json.dumps(said).replace("PICTURE", picture))
    answer = client.post(f"/fal/run/fal-ai/ffmpeg-api/{id}", json=said)
    at_fault(answer, 404 if id == "unheard-of" else 422)


def test_keyframes_that_overlap_are_cut_by_the_later_one_and_short_media_ends(make):
    film = make("draft-video", prompt="x", width=256, height=256, duration_s=1, fps=24)
    assert lasts(film, 24) == 24
    items = row([(0, 2, film), (0.5, 0.9, film), (1.5, 2.6, film), (4, 9, film)], 24)
    kinds = [(item["type"], item["frames"], item.get("freeze", False)) for item in items]
    assert kinds == [
        ("clip", 12, False), ("clip", 10, False), ("gap", 14, False), ("clip", 26, True), ("gap", 34, False),
        ("clip", 24, False),
    ]  # fmt: skip
