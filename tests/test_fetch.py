"""What a client names by its address is fetched from the open internet alone, and only so much of it."""

from __future__ import annotations

import base64
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import until
from listener import Answer, listening
from pipelines.faults import Fault, TooLarge, Unsupported
from studio.library import fetch, outside
from studio.library.fetch import BadData, Fetcher
from studio.library.outside import ForbiddenAddress, Outside, StudioIsOffline, Unreachable, public
from test_api import png


@pytest.fixture
def canary():
    """A listener on this machine that nothing may reach."""
    with listening() as heard:
        heard.answers["/a.png"] = Answer(body=png())
        yield heard


@pytest.fixture
def fetcher(studio):
    """As the studio has it, with no machine of this network named."""
    return Fetcher(studio.library, studio.outside)


@pytest.fixture
def friend(studio, canary):
    """The same, with the listener named as one that may be asked."""
    return Fetcher(studio.library, Outside(frozenset({canary.host})))


def nothing_left(studio):
    return [path.name for path in studio.library.tmp.iterdir()]


INSIDE = (
    "http://127.0.0.1:{port}/a.png",
    "http://localhost:{port}/a.png",
    "http://LOCALHOST.:{port}/a.png",
    "http://[::1]:{port}/a.png",
    "http://[::ffff:127.0.0.1]:{port}/a.png",
    "http://[::ffff:7f00:1]:{port}/a.png",
    "http://[64:ff9b::7f00:1]:{port}/a.png",
    "http://2130706433:{port}/a.png",
    "http://0x7f000001:{port}/a.png",
    "http://0x7f.1:{port}/a.png",
    "http://0177.0.0.1:{port}/a.png",
    "http://127.1:{port}/a.png",
    "http://0.0.0.0:{port}/a.png",
    "http://0:{port}/a.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/a.png",
    "http://192.168.1.1/a.png",
    "http://100.64.0.1/a.png",
    "http://[fe80::1]/a.png",
    "http://[fd00::1]/a.png",
    "http://printer.local/a.png",
    "file:///etc/passwd",
    "ftp://8.8.8.8/a.png",
    "gopher://127.0.0.1:{port}/a.png",
    "//127.0.0.1:{port}/a.png",
    "http://8.8.8.8@127.0.0.1:{port}/a.png",
    "http://me:secret@8.8.8.8/a.png",
    "http://127.0.0.1:{port}\\@8.8.8.8/a.png",
    "http://8.8.8.8 /a.png",
    "http://8.8.8.8/a\r\nhost: 127.0.0.1",
    "http://[::1",
    "http://x:99999/",
    "http:///a.png",
    "/etc/passwd",
    "../../studio.db",
    "",
)


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_that_leads_inside_is_refused_and_nobody_is_asked(studio, fetcher, canary, url):
    with pytest.raises(ForbiddenAddress) as refused:
        fetcher.asset(url.format(port=canary.port))
    assert refused.value.advice
    assert canary.hits == []
    assert nothing_left(studio) == []


def test_a_name_that_means_this_machine_is_refused_when_it_is_looked_up(fetcher, canary, monkeypatch):
    """The name looks like any other; only its address tells."""
    looked = []

    def hosts(host, port, **_):
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(outside.socket, "getaddrinfo", hosts)
    with pytest.raises(ForbiddenAddress):
        fetcher.asset(f"http://rebind.example:{canary.port}/a.png")
    assert looked == ["rebind.example"]
    assert canary.hits == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(fetcher, canary, monkeypatch):
    """A name that says something else when it is asked again gains nothing: it is not asked again."""
    answers = iter(["203.0.113.7", "127.0.0.1", "127.0.0.1"])

    real = socket.getaddrinfo

    def hosts(host, port, *more, **named):
        if not host.endswith(".example"):
            return real(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(outside.socket, "getaddrinfo", hosts)
    monkeypatch.setattr(outside, "public", lambda address: address == "203.0.113.7")
    monkeypatch.setattr(outside, "CONNECT_S", 0.2)
    with pytest.raises(Unreachable):
        fetcher.asset(f"http://rebind.example:{canary.port}/a.png")
    assert canary.hits == []
    assert next(answers) == "127.0.0.1", "it was looked up once"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inward_is_not_followed(friend, canary, status):
    with listening() as secret:
        secret.answers["/a.png"] = Answer(body=png())
        for where in (f"{secret.url}/a.png", f"//{secret.host}/a.png", "file:///etc/passwd", "http://169.254.169.254/"):
            canary.answers["/moved"] = Answer(status, headers={"location": where})
            with pytest.raises(ForbiddenAddress):
                friend.asset(f"{canary.url}/moved")
        assert secret.hits == []


def test_redirects_among_allowed_addresses_are_followed_but_not_for_ever(friend, canary):
    canary.answers["/moved"] = Answer(302, headers={"location": "/a.png"})
    canary.answers["/round"] = Answer(302, headers={"location": "/round"})
    assert friend.asset(f"{canary.url}/moved").kind == "image"
    with pytest.raises(Unreachable):
        friend.asset(f"{canary.url}/round")
    assert len([hit for hit in canary.hits if hit.path == "/round"]) == outside.MOST_REDIRECTS + 1


def test_what_was_fetched_is_an_asset_under_the_name_of_its_address(friend, canary):
    canary.answers["/blue%20sky.png"] = Answer(body=png())
    asset = friend.asset(f"{canary.url}/blue%20sky.png?size=2")
    assert (asset.kind, asset.name) == ("image", "blue sky.png")
    assert canary.hits[0].headers["host"] == canary.host
    assert "authorization" not in canary.hits[0].headers


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(404), Unreachable),
        (Answer(500, b"no"), Unreachable),
        (Answer(200, b"<html>hello</html>", {"content-type": "image/png"}), Unsupported),
        (Answer(200, b""), Unsupported),
        (Answer(200, b"x" * 300), TooLarge),
        (Answer(200, png(), drips=0.05), TooLarge),
    ],
)
def test_what_is_no_media_or_too_much_leaves_nothing(studio, friend, canary, monkeypatch, answer, fault):
    monkeypatch.setattr(fetch, "MOST_BYTES", len(png()) if answer.drips else 200)
    canary.answers["/b.png"] = answer
    with pytest.raises(fault):
        friend.asset(f"{canary.url}/b.png")
    assert nothing_left(studio) == []
    assert studio.library.list().items == []


def test_a_machine_that_lets_bytes_drop_is_given_up(studio, friend, canary, monkeypatch):
    monkeypatch.setattr(fetch, "MOST_S", 0.5)
    canary.answers["/slow.png"] = Answer(200, b"\x89PNG", drips=0.05)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        friend.asset(f"{canary.url}/slow.png")
    assert time.monotonic() - began < 30
    assert nothing_left(studio) == []


def test_a_studio_that_closes_waits_for_nobody(studio, canary):
    """Neither for one that says nothing at all, nor for one that says little."""
    canary.answers |= {"/mute.png": Answer(200, drips=600), "/slow.png": Answer(200, b"\x89PNG", drips=0.1)}
    fetcher = Fetcher(studio.library, Outside(frozenset({canary.host}), leaving=studio.outside.leaving))
    with ThreadPoolExecutor(2) as two:
        waiting = [two.submit(fetcher.asset, f"{canary.url}/{name}.png") for name in ("mute", "slow")]
        until(lambda: len(canary.hits) == 2)
        studio.close()
        assert all(isinstance(one.exception(30), Unreachable) for one in waiting)
    assert nothing_left(studio) == []


def test_an_offline_studio_asks_nobody(studio, canary):
    offline = Fetcher(studio.library, Outside(frozenset({canary.host}), offline=True))
    with pytest.raises(StudioIsOffline):
        offline.asset(f"{canary.url}/a.png")
    assert canary.hits == []


def test_our_own_addresses_are_known_without_asking_anybody(studio, fetcher, make):
    asset = make("draft-image", prompt="a boat", width=256, height=256)
    for said in (
        asset.id,
        asset.url,
        f"http://127.0.0.1:1{asset.url}",
        f"https://films.example/api/v1/files/{asset.id}",
    ):
        assert fetcher.asset(said) == asset
    with pytest.raises(Fault, match="no asset"):
        fetcher.asset("http://127.0.0.1:1/api/v1/assets/" + "0" * 64 + "/file")


def test_a_data_uri_is_the_file_it_holds(fetcher):
    said = base64.b64encode(png()).decode()
    asset = fetcher.asset(f"data:image/png;base64,{said}")
    assert asset.kind == "image"
    assert fetcher.asset(f"data:;base64,{said.replace('+', '%2B')}").id == asset.id
    captions = fetcher.asset("data:text/plain,1%0A00:00:00,000 --> 00:00:01,000%0AHello%0A")
    assert captions.kind == "captions"


@pytest.mark.parametrize("said", ["data:", "data:image/png", "data:image/png;base64,!", "data:image/png;base64,AAAA="])
def test_a_data_uri_that_holds_nothing_is_refused(studio, fetcher, said):
    with pytest.raises((BadData, Unsupported)):
        fetcher.asset(said)
    assert nothing_left(studio) == []


def test_a_giant_data_uri_is_refused_before_it_is_read(fetcher, monkeypatch):
    monkeypatch.setattr(fetch, "MOST_DATA", 1000)
    with pytest.raises(TooLarge):
        fetcher.asset("data:image/png;base64," + "A" * 2000)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_open_internet_is_open(address):
    assert public(address)
