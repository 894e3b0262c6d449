"""The OpenAI dialect, by OpenAI's own client against a running studio."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import shutil
import subprocess
import warnings
import wave

import httpx
import numpy as np
import pytest
from openai import BadRequestError, NotFoundError, OpenAI, UnprocessableEntityError
from PIL import Image

from conftest import apart
from studio.types import GenerationRequest
from studio.work.heard import Tape, bench

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SAID = "Good morning. The harbour is calm, and the light is on the water."


@pytest.fixture(scope="module")
def client(server):
    with OpenAI(base_url=f"{server.url}/v1", api_key="anything", max_retries=0, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def shot(client):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return client.videos.create_and_poll(prompt="a boat", model="sora-2", seconds="1", size="256x320")


def opened(b64: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(b64)))


def png(colour: str, size=(320, 256), mode="RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")
    return out.getvalue()


def test_the_models_that_are_ready_are_listed_and_each_is_found(client):
    ids = [model.id for model in client.models.list()]
    assert {"draft-image", "draft-video", "draft-speech"} <= set(ids)
    assert client.models.retrieve(ids[0]).owned_by == "local"


def test_a_picture_comes_as_bytes_in_the_size_and_format_asked_for(client):
    wish = {"prompt": "a lighthouse", "size": "300x260", "extra_body": {"seed": 7, "never heard of": 1}}
    made = client.images.generate(model="gpt-image-1", n=2, output_format="webp", quality="low", **wish)
    pictures = [opened(one.b64_json) for one in made.data]
    assert [(p.format, p.size) for p in pictures] == [("WEBP", (300, 260))] * 2
    assert pictures[0].tobytes() != pictures[1].tobytes()
    assert (made.size, made.output_format, made.background) == ("300x260", "webp", "opaque")


def test_an_address_that_is_given_out_has_the_bytes_and_the_same_wish_the_same_ones(client):
    wish = {"prompt": "two boats", "size": "320x256", "extra_body": {"seed": 5}}
    addresses = [client.images.generate(response_format="url", **wish).data[0].url for _ in range(2)]
    (fetched,) = {httpx.get(url).content for url in addresses}
    assert Image.open(io.BytesIO(fetched)).size == (320, 256)
    assert client.images.generate(**wish).data[0].b64_json == base64.b64encode(fetched).decode()


def test_a_streamed_picture_is_seen_on_its_way(client):
    events = list(client.images.generate(prompt="hills", size="320x256", stream=True, partial_images=2))
    assert [e.type.split(".")[1] for e in events] == ["partial_image", "partial_image", "completed"]
    assert [e.partial_image_index for e in events[:2]] == [0, 1]
    pictures = [opened(e.b64_json) for e in events]
    assert {p.size for p in pictures} == {(320, 256)}
    assert len({p.tobytes() for p in pictures}) == 3
    assert events[-1].usage.total_tokens == 0


def test_a_picture_is_changed_and_only_where_the_mask_has_holes(client):
    holes = np.full((256, 320, 4), 255, np.uint8)
    holes[:, 160:, 3] = 0
    mask = io.BytesIO()
    Image.fromarray(holes).save(mask, "PNG")
    wish = {"prompt": "a forest in winter", "size": "320x256", "image": ("a.png", png("teal"))}
    changed = np.asarray(opened(client.images.edit(mask=("m.png", mask.getvalue()), **wish).data[0].b64_json))
    assert (changed[:, :140] == changed[0, 0]).all()
    assert (changed[:, 180:] != changed[0, 0]).any()
    assert opened(client.images.create_variation(image=png("teal"), size="320x256").data[0].b64_json).size == (320, 256)


@pytest.mark.parametrize(
    ("format", "mime", "codec"),
    [
        ("mp3", "audio/mpeg", "mp3"),
        ("opus", "audio/opus", "opus"),
        ("aac", "audio/aac", "aac"),
        ("flac", "audio/flac", "flac"),
        ("wav", "audio/wav", "pcm_s16le"),
        ("pcm", "audio/pcm", None),
    ],
)
def test_speech_comes_in_every_format(client, tmp_path, format, mime, codec):
    spoken = client.audio.speech.create(model="tts-1", voice="alloy", input=SAID, response_format=format)
    assert spoken.response.headers["content-type"] == mime
    sound = spoken.read()
    if codec is None:
        assert 3 < len(sound) / 48_000 < 8
        return
    (tmp_path / "speech").write_bytes(sound)
    shown = subprocess.run(
        ["ffmpeg", "-hide_banner", "-i", tmp_path / "speech", "-f", "null", "-"], capture_output=True, text=True
    )
    assert f"Audio: {codec}" in shown.stderr
    assert shown.returncode == 0


def test_speech_is_as_fast_as_asked_beyond_what_a_voice_can(client):
    def seconds(speed):
        wish = {"model": "tts-1", "voice": {"id": "onyx"}, "input": SAID, "response_format": "pcm"}
        return len(client.audio.speech.create(speed=speed, **wish).read()) / 48_000

    slow, fast = seconds(0.25), seconds(4.0)
    assert slow / fast == pytest.approx(16, rel=0.25)


def test_speech_is_sent_as_events_where_that_is_asked_for(client):
    wish = {"model": "tts-1", "voice": "nova", "input": SAID, "response_format": "mp3", "stream_format": "sse"}
    with client.audio.speech.with_streaming_response.create(**wish) as told:
        said = [json.loads(line[6:]) for line in told.iter_lines() if line.startswith("data: ")]
    assert {event["type"] for event in said[:-1]} == {"speech.audio.delta"}
    assert said[-1]["type"] == "speech.audio.done"
    assert b"".join(base64.b64decode(event["audio"]) for event in said[:-1])[:1] == b"\xff"


def test_the_first_words_are_heard_while_the_last_are_still_to_be_spoken(client, server):
    wish = {"model": "tts-1", "voice": "echo", "input": "A light on the water. " * 4500, "response_format": "pcm"}
    with client.audio.speech.with_streaming_response.create(**wish) as spoken:
        assert len(next(spoken.iter_bytes())) > 0
        with server.client() as http:
            job = http.get(f"/api/v1/jobs/{spoken.headers['x-homereel-job']}").json()
            http.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert (job["status"], job["assets"]) == ("running", [])


def test_what_is_heard_of_a_job_that_is_begun_anew_is_one_sound(studio):
    job, _ = studio.submit(GenerationRequest(model="draft-speech", options={"text": SAID}))
    sound = bytes(range(200)) * 40

    def speak(attempt, share):
        folder = bench(studio.home, job.id, attempt)
        folder.mkdir(parents=True)
        with wave.open(str(folder / "speech.wav"), "wb") as tape:
            tape.setparams((1, 2, 48_000, 0, "NONE", ""))
            tape.writeframesraw(sound[: int(len(sound) * share)])

    async def listen():
        tape, heard = Tape(studio.home, studio.queue, job.id), b""
        claim = studio.queue.claim("one", ["cpu"])
        speak(claim.attempt, 0.5)
        assert await tape.begun(100) is None
        async for data in tape.rest():
            heard += data
            if claim and claim.attempt == 1:
                shutil.rmtree(bench(studio.home, job.id, 1))
                studio.queue.lost("one", "It died.", crash=True)
                claim = studio.queue.claim("two", ["cpu"])
                speak(claim.attempt, 1.0)
            elif claim:
                studio.queue.publish(claim, [])
                claim = None
        return heard

    assert apart(lambda: asyncio.run(listen())) == sound


def test_every_voice_is_listed_and_only_kokoros_are_mixed(client, server):
    with server.client() as http:
        voices = http.get("/v1/audio/voices").json()["voices"]
        mixed = http.post("/v1/audio/voices/combine", json="af_bella+af_sky").json()
        refused = http.post("/v1/audio/voices/combine", json={"voices": ["en-gb", "de"]})
    assert {"alloy", "shimmer", "en-gb"} <= {voice["id"] for voice in voices}
    assert all(set(voice) == {"id", "name", "language", "model"} for voice in voices)
    assert mixed == {"id": "af_bella+af_sky", "name": "af_bella+af_sky", "language": "en-us", "model": "kokoro"}
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "voices")


def test_a_shot_is_made_fetched_and_made_anew_with_other_words(client, shot):
    assert (shot.status, shot.progress, shot.seconds, shot.size) == ("completed", 100, "1", "256x320")
    film = client.videos.download_content(shot.id).read()
    assert film[4:8] == b"ftyp"
    assert Image.open(io.BytesIO(client.videos.download_content(shot.id, variant="thumbnail").read())).format == "WEBP"
    again = client.videos.remix(shot.id, prompt="a boat at night")
    assert (again.remixed_from_video_id, again.prompt, again.size) == (shot.id, "a boat at night", shot.size)


def test_a_shot_begins_with_the_picture_that_is_sent(client, server):
    sent = client.videos.create(
        prompt="slowly closer", seconds="1", size="320x256", input_reference=("a.png", png("navy"))
    )
    made = client.videos.poll(sent.id)
    with server.client() as http:
        job = http.get(f"/api/v1/jobs/{made.id.removeprefix('video_')}").json()
        start = http.get(f"/api/v1/assets/{job['recipe']['options']['start']}").json()
    assert (start["kind"], start["width"]) == ("image", 320)


def test_shots_are_listed_a_page_at_a_time_and_gone_when_deleted(client, shot):
    newest = client.videos.create(prompt="a gull", seconds="1", size="256x256")
    page = client.videos.list(limit=1)
    assert ([video.id for video in page.data], page.has_more) == ([newest.id], True)
    assert shot.id in [video.id for video in client.videos.list(limit=2, order="asc")]
    assert client.videos.delete(newest.id).deleted
    assert newest.id not in [video.id for video in client.videos.list(limit=100)]
    with pytest.raises(NotFoundError):
        client.videos.retrieve(newest.id)


@pytest.mark.parametrize(
    ("ask", "param", "code"),
    [
        (lambda c: c.images.generate(prompt="x", model="nobody"), "model", "model_not_found"),
        (lambda c: c.images.generate(prompt="x", model="flux-dev"), "model", "model_not_ready"),
        (lambda c: c.images.generate(prompt="x", model="draft-music"), "model", "invalid_value"),
        (lambda c: c.images.generate(prompt=""), "prompt", "invalid_value"),
        (lambda c: c.images.generate(prompt="x", n=11), "n", "invalid_value"),
        (lambda c: c.images.generate(prompt="x", size="wide"), "size", "invalid_value"),
        (lambda c: c.images.generate(prompt="x", size="4096x4096"), "size", "invalid_value"),
        (lambda c: c.images.generate(prompt="x", output_format="svg"), "output_format", "invalid_value"),
        (lambda c: c.images.edit(prompt="x", image=b"no picture"), "image", "invalid_value"),
        (lambda c: c.audio.speech.create(model="tts-1", voice="nobody at all", input="x"), "voice", "invalid_value"),
        (lambda c: c.audio.speech.create(model="kokoro", voice="af_sky", input="x"), "model", "model_not_ready"),
        (lambda c: c.audio.speech.create(model="tts-1", voice="alloy", input="..."), None, "nothing_said"),
        (lambda c: c.audio.transcriptions.create(model="whisper-1", file=b"x"), None, "unknown_url"),
        (lambda c: c.videos.retrieve("video_none"), "video_id", "not_found"),
        (lambda c: c.videos.create(prompt="x", seconds="9999"), "seconds", "invalid_value"),
        (lambda c: c.chat.completions.create(model="x", messages=[]), None, "unknown_url"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_that_the_client_understands_and_does_not_repeat(client, ask, param, code):
    with pytest.raises((BadRequestError, NotFoundError, UnprocessableEntityError)) as refused:
        ask(client)
    assert set(refused.value.body) == {"message", "type", "param", "code"}
    assert (refused.value.body["param"], refused.value.body["code"]) == (param, code)


@pytest.mark.parametrize(
    "path", ["images/generations", "images/edits", "audio/speech", "audio/voices/combine", "videos"]
)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"prompt": NaN, "input": 1e999, "voices": {}}', "application/json"),
        (b'{"prompt": "\\ud800", "input": "\\u0000", "voices": [1]}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"hello", "text/plain"),
        (b"--b\r\nno", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data"),
        (b"prompt=&n=x", "application/x-www-form-urlencoded"),
        (b"", "application/json"),
    ],
)
def test_what_cannot_be_read_is_refused_in_its_shape(server, path, body, kind):
    with server.client() as http:
        answer = http.post(f"/v1/{path}", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 404, 413, 415, 422), answer.text
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_an_unknown_address_or_method_is_answered_in_its_shape_too(server):
    with server.client() as http:
        for method, path, status in (("GET", "/v1/none", 404), ("DELETE", "/v1/models", 405), ("POST", "/v1", 404)):
            answer = http.request(method, path)
            assert (answer.status_code, answer.json()["error"].get("type")) == (status, "invalid_request_error"), path
