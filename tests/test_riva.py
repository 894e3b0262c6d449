"""Riva, spoken to over gRPC: a server made of its own protos lists voices, speaks, is slow, refuses and is gone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from pipelines import server, vtt
from pipelines.base import Model
from pipelines.faults import Cancelled, Invalid, Unavailable
from pipelines.riva import RivaFailed, timed

grpc = pytest.importorskip("grpc")
pytest.importorskip("riva.client")
from riva.client.proto import riva_tts_pb2 as tts  # noqa: E402
from riva.client.proto import riva_tts_pb2_grpc as service  # noqa: E402

MODEL = Model("riva", "Riva", "speech", "pipelines.riva:Riva", licence="its server's")


class Speech(service.RivaSpeechSynthesisServicer):
    """Speaks a tone for every letter, and keeps what it was asked."""

    def __init__(self):
        self.asked, self.times, self.refuse, self.hold = [], True, "", None

    def GetRivaSynthesisConfig(self, request, context):
        config = tts.RivaSynthesisConfigResponse.Config(model_name="magpie")
        config.parameters["language_code"] = "en-US,de-DE"
        config.parameters["voice_name"] = "Magpie"
        config.parameters["subvoices"] = "EN-US.Female-1:0,EN-US.Male-1:1,DE-DE.Female-2:2"
        return tts.RivaSynthesisConfigResponse(model_config=[config])

    def Synthesize(self, request, context):
        self.asked.append(request)
        if self.hold:
            self.hold(context)
        if self.refuse:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, self.refuse)
        seconds = 0.05 * len(request.text)
        tone = np.sin(np.arange(int(seconds * request.sample_rate_hz)) * 0.05) * 9000
        answer = tts.SynthesizeSpeechResponse(audio=tone.astype("<i2").tobytes())
        at = 0
        for word in request.text.split() if self.times else ():
            answer.meta.words.add(word=word.strip(".,"), start_time=at, end_time=at + 50 * len(word))
            at += 50 * (len(word) + 1)
        return answer


@pytest.fixture
def speech(monkeypatch):
    spoken = Speech()
    running = grpc.server(ThreadPoolExecutor(4))
    service.add_RivaSpeechSynthesisServicer_to_server(spoken, running)
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    monkeypatch.setenv("STUDIO_RIVA_URL", f"127.0.0.1:{port}")
    server.forget()
    yield spoken
    running.stop(0).wait()
    server.forget()


class Desk:
    def __init__(self, workdir):
        self.workdir, self.stop = workdir, threading.Event()

    def progress(self, fraction, note=""):
        if self.stop.is_set():
            raise Cancelled


def speak(folder, text, **options):
    pipeline = MODEL.cls(MODEL)
    pipeline.load()
    try:
        sound, captions = pipeline.run(MODEL.options(text=text, **options), Desk(folder))
    finally:
        pipeline.unload()
    return sound.read_bytes(), [w for cue in vtt.read(captions.read_text("utf-8")) for w in cue.words]


def test_its_voices_are_the_servers(speech):
    assert MODEL.status() == ("ready", "")
    offered = MODEL.schema()["properties"]["voice"]["examples"]
    assert offered == ["auto", "Magpie.EN-US.Female-1", "Magpie.EN-US.Male-1", "Magpie.DE-DE.Female-2"]
    with pytest.raises(Invalid, match=r"Magpie\.EN-US\.Female-1"):
        MODEL.options(text="Hello", voice="Magpie.EN-US.Female-9")


def test_without_a_server_it_says_what_it_needs(monkeypatch):
    server.forget()
    monkeypatch.delenv("STUDIO_RIVA_URL", raising=False)
    assert MODEL.status()[0] == "needs_server"
    assert "STUDIO_RIVA_URL" in MODEL.status()[1]
    monkeypatch.setenv("STUDIO_RIVA_URL", "127.0.0.1:1")
    assert "No server answers at 127.0.0.1:1" in MODEL.status()[1]
    with pytest.raises(Unavailable, match="No server answers"):
        MODEL.cls(MODEL).load()
    server.forget()


def test_it_speaks_and_words_have_the_servers_times(speech, tmp_path):
    _, words = speak(tmp_path, "Nobody speaks. [voice:Magpie.DE-DE.Female-2] Guten Tag.")
    assert [word.text for word in words] == ["Nobody", "speaks.", "Guten", "Tag."]
    assert words[1].start_s == pytest.approx(0.35, abs=0.03)
    first, second = speech.asked
    assert (first.voice_name, first.language_code) == ("Magpie.EN-US.Female-1", "en-US")
    assert (second.voice_name, second.language_code) == ("Magpie.DE-DE.Female-2", "de-DE")


def test_where_the_server_gives_no_times_words_share_them(speech, tmp_path):
    speech.times = False
    _, words = speak(tmp_path, "Nobody speaks a word.")
    assert [word.text for word in words] == ["Nobody", "speaks", "a", "word."]
    starts = [word.start_s for word in words]
    assert starts == sorted(set(starts))
    assert timed("a bcd", [], 1.0) == [(0, 0.0), (2, 0.4)]
    assert timed("A, b!", [SimpleNamespace(word="b", start_time=250)], 1.0) == [(3, 0.25)]


def test_the_same_text_makes_the_same_bytes(speech, tmp_path):
    assert speak(tmp_path, "Nobody speaks.") == speak(tmp_path, "Nobody speaks.")


def test_speed_sounds_and_respellings_go_to_the_server_as_it_takes_them(speech, tmp_path):
    _, words = speak(tmp_path, "A GIF & Leigh.", lexicon={"GIF": "/dʒɪf/", "Leigh": "Lee"}, speed=1.5)
    [asked] = speech.asked
    assert asked.custom_dictionary == "GIF  dʒɪf"
    assert asked.text == '<speak><prosody rate="150%">A GIF &amp; Lee.</prosody></speak>'
    assert [word.text for word in words] == ["A", "GIF &", "Leigh."]


def test_what_the_server_refuses_is_told(speech, tmp_path):
    speech.refuse = "unknown phoneme"
    with pytest.raises(RivaFailed, match="unknown phoneme") as refused:
        speak(tmp_path, "Hello.")
    assert "Change that sentence" in refused.value.advice


def test_a_job_that_is_stopped_stops_a_slow_server(speech, tmp_path):
    desk, let_go = Desk(tmp_path), threading.Event()

    def hold(context):
        context.add_callback(let_go.set)
        desk.stop.set()
        let_go.wait(30)

    speech.hold = hold
    pipeline = MODEL.cls(MODEL)
    pipeline.load()
    with pytest.raises(Cancelled):
        list(pipeline.run(MODEL.options(text="Hello."), desk))
    assert let_go.wait(30), "the server is told"
    pipeline.unload()
