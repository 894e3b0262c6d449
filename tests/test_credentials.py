"""What is taken away says with a signature that it was made, and how: held against C2PA's own reader."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import warnings

import pytest
from PIL import Image

from pipelines.ffmpeg import binary
from studio.cli import main
from studio.library import credentials
from studio.library.marks import CODES
from studio.settings import Settings
from studio.studio import Studio
from studio.timeline.model import Timeline
from studio.types import Asset, Recipe
from test_conform import clip, film, row

SMALL = {"width": 256, "height": 256}


def read(mime, source, beside=None):
    """C2PA's reader's view: the state, and the digital source type that is claimed."""
    import c2pa

    with warnings.catch_warnings(), open(source, "rb") as stream:
        warnings.simplefilter("ignore")
        with c2pa.Reader(mime, stream, beside) if beside else c2pa.Reader(mime, stream) as reader:
            told = json.loads(reader.json())
    claim = told["manifests"][told["active_manifest"]]
    (actions,) = [a for a in claim["assertions"] if a["label"].startswith("c2pa.actions")]
    return told["validation_state"], actions["data"]["actions"][0]["digitalSourceType"]


@pytest.mark.parametrize("suffix", credentials.SIGNED)
def test_every_form_that_can_carries_a_valid_manifest(tmp_path, suffix):
    path = tmp_path / f"take{suffix}"
    if suffix in (".png", ".jpg", ".webp", ".gif"):
        Image.radial_gradient("L").convert("RGB").save(path)
    else:
        picture = ["-f", "lavfi", "-i", "testsrc=d=1:s=64x36", "-pix_fmt", "yuv420p"] * (suffix in (".mp4", ".mov"))
        command = [binary(), "-v", "error", "-f", "lavfi", "-i", "sine=d=1", *picture, str(path)]
        subprocess.run(command, check=True)
    mime = {".jpg": "image/jpeg", ".mov": "video/quicktime", ".m4a": "audio/mp4", ".mp3": "audio/mpeg"}.get(suffix)
    kind = "image" if suffix in (".png", ".webp", ".gif") else "audio" if suffix in (".wav", ".flac") else "video"
    mime = mime or f"{kind}/{suffix[1:]}"
    recipe = Recipe(model="flux-schnell", revision="1", options={})
    asset = Asset(id="ab" * 32, kind=kind, name="Take", mime=mime, bytes=1, recipe=recipe, path=path)
    before = path.read_bytes()
    copy = credentials.signed(asset, "trainedAlgorithmicMedia", tmp_path)
    assert read(mime, copy) == ("Valid", CODES + "trainedAlgorithmicMedia")
    assert path.read_bytes() == before
    assert credentials.signed(asset, "trainedAlgorithmicMedia", tmp_path) == copy, "made once"
    if suffix in credentials.BESIDE:
        assert read(mime, path, credentials.beside(asset, "trainedAlgorithmicMedia", tmp_path))[0] == "Valid"
    changed = bytearray(copy.read_bytes())
    changed[-40 if suffix != ".gif" else 900] ^= 0xFF
    copy.write_bytes(changed)
    if suffix not in (".png", ".jpg", ".gif", ".webp"):
        assert read(mime, copy)[0] == "Invalid", "one byte changed is noticed"


def test_the_key_is_this_homes_own_and_for_nobody_elses_eyes(tmp_path):
    key, chain = credentials.pair(tmp_path)
    file = tmp_path / "credentials" / "signer.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert (key.count(b"PRIVATE KEY"), chain.count(b"BEGIN CERTIFICATE"), chain.count(b"PRIVATE")) == (2, 2, 0)
    credentials.pair.cache_clear()
    assert credentials.pair(tmp_path) == (key, chain)


def test_a_download_is_signed_and_the_file_itself_stays_what_its_recipe_makes(server):
    with server.client() as http:
        options = {"prompt": "a boat", "seed": 5, **SMALL}
        job = http.post("/api/v1/jobs", json={"model": "draft-image", "options": options})
        made = server.done(job.json()["id"])["assets"][0]
        plain = http.get(f"{made['url']}?download=true")
        assert hashlib.sha256(plain.content).hexdigest() == made["id"]
        signed = http.get(f"{made['url']}?download=true&credentials=true")
        assert (signed.status_code, signed.headers["etag"]) == (200, f'"{made["id"]}-signed"')
        path = server.home.parent / "signed.png"
        path.write_bytes(signed.content)
        assert read("image/png", path) == ("Valid", CODES + "algorithmicMedia")
        part = http.get(f"{made['url']}?credentials=true", headers={"range": "bytes=0-9"})
        assert (part.status_code, part.content) == (206, signed.content[:10])
        given = http.post("/api/v1/assets", files={"file": ("given.png", png(), "image/png")}).json()
        assert http.get(f"{given['url']}?credentials=true").content == png(), "what was given is not signed"


def png():
    import io

    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(kept, "PNG")
    return kept.getvalue()


def test_a_film_from_the_command_line_has_its_manifest_beside_it(home, studio, worker, make, tmp_path, capsys):
    picture = make("draft-image", prompt="a boat", seed=5, **SMALL)
    project = studio.projects.create("", Timeline.parse(film(row(clip(picture, 10))))).id
    out = tmp_path / "boat.mp4"
    with pytest.raises(SystemExit, match="0"):
        main(["export", project, "--out", str(out), "--home", str(home)])
    assert read("video/mp4", out, out.with_suffix(".c2pa").read_bytes()) == ("Valid", CODES + "algorithmicMedia")
    off = Studio(Settings.load(home, content_credentials=False))
    assert off.origin(off.library.list(kind="video").items[0]) is None
    off.close()
