"""The door in front of the API: who is believed about whom, which names and origins it answers to, how often one may
ask, and the addresses that open by themselves."""

from __future__ import annotations

import asyncio
import socket
import time
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import app
from conftest import apart
from studio import api
from studio.api import roles, signing
from studio.api.addresses import given
from studio.api.entry import Entry
from studio.api.guard import Guard
from studio.api.limits import MOST_WRONG, Places, Rate, Tries, neighbours
from studio.people import Person, acting
from studio.settings import Settings
from studio.studio import Studio
from test_api import png

PASSWORD = "three words together"


@pytest.fixture
def door(home):
    """`door(lan=True)(client="192.0.2.7")`: someone at the door of the studio's API, the guard in front."""

    def opened(**settings):
        studio = Studio(Settings.load(home, **{"password": PASSWORD, **settings}))
        studio.locks.settle()
        entry = Entry(studio.locks)
        guard = Guard(api.create(studio, entry), studio, entry)

        def someone(client="192.0.2.7", at="http://127.0.0.1:7860", **headers):
            return TestClient(guard, base_url=at, client=(client, 1234), headers=headers, follow_redirects=False)

        someone.studio = studio
        return someone

    return opened


def key(studio, role="make", name="Ada"):
    made, secret = studio.locks.passes.make("key", name, role)
    return {"authorization": f"Bearer {secret}"}, made.person


# --- names and proxies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "localhost:7860", 200),
        ({}, "homereel.local", 421),
        ({}, "studio.example", 421),
        ({}, "0.0.0.0", 421),
        ({"names": "studio.example, films.lan"}, "films.lan:7860", 200),
        ({"names": "studio.example"}, "evil.studio.example", 421),
        ({"lan": True}, "192.168.1.5", 421),
    ],
)
def test_it_answers_to_its_own_names_alone(door, settings, host, status):
    assert door(**settings)().get("/login", headers={"host": host}).status_code == status


def test_on_the_lan_it_answers_to_the_address_that_the_line_came_to(door):
    asking = door(lan=True)(at="http://192.168.1.5:7860")
    assert asking.get("/login").status_code == 200
    assert asking.get("/login", headers={"host": "192.168.1.6:7860"}).status_code == 421


def token_of(answer):
    """The cookie that was set, as a header: a client keeps a secure one from going out in the clear."""
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


FORWARDED = {"x-forwarded-proto": "https", "x-forwarded-host": "films.example", "x-forwarded-for": "203.0.113.9"}


def test_the_word_of_a_named_proxy_is_believed(door):
    proxy = door(proxy="10.0.0.0/24", names="films.example")(client="10.0.0.2", **FORWARDED)
    answer = proxy.post("/login", json={"password": PASSWORD})
    assert answer.status_code == 200
    assert "Secure" in answer.headers["set-cookie"]
    link = proxy.post("/api/v1/links", json={"name": "Ada", "role": "view"}, headers=token_of(answer))
    assert link.json()["link"].startswith("https://films.example/login#")


def test_nobody_elses_word_is(door):
    opened = door(proxy="10.0.0.2", names="films.example")
    other = opened(client="10.0.0.3", **FORWARDED)
    answer = other.post("/login", json={"password": PASSWORD})
    assert "Secure" not in answer.headers["set-cookie"]
    link = other.post("/api/v1/links", json={"name": "Ada", "role": "view"}, headers=token_of(answer))
    assert link.status_code == 201
    for n in range(MOST_WRONG):
        other.post("/login", json={"password": "x"}, headers={"x-forwarded-for": f"203.0.113.{n}"})
    assert other.post("/login", json={"password": "x"}).status_code == 429, "a new name is no new address"


def test_tries_behind_a_proxy_are_counted_by_who_made_them(door):
    opened = door(proxy="10.0.0.2,10.0.0.9")
    one = opened(client="10.0.0.2", **{"x-forwarded-for": "198.51.100.1, 203.0.113.9, 10.0.0.9"})
    two = opened(client="10.0.0.2", **{"x-forwarded-for": "203.0.113.10"})
    for _ in range(MOST_WRONG + 1):
        last = one.post("/login", json={"password": "x"})
    assert last.status_code == 429
    assert two.post("/login", json={"password": "x"}).status_code == 401
    forged = opened(client="10.0.0.2", **{"x-forwarded-for": "198.51.100.77, 203.0.113.9"})
    assert forged.post("/login", json={"password": "x"}).status_code == 429, "what the client wrote itself is not heard"


@pytest.mark.parametrize("path", ["/studio", ""])
def test_under_a_path_it_is_found_whether_the_proxy_takes_that_off_or_not(door, path):
    opened = door(root_path="/studio", proxy="10.0.0.2")
    asking = opened(client="10.0.0.2")
    assert asking.get(f"{path}/health").json() == {"status": "No worker is running."}
    assert path == "" or asking.get(path).headers["location"] == "/studio/"
    page = asking.get(f"{path}/login")
    assert 'root = "/studio"' in page.text
    assert asking.get(f"{path}/login/sans.ttf").status_code == 200
    assert asking.get(f"{path}/api/v1/jobs").status_code == 401
    entered = asking.post(f"{path}/login", json={"password": PASSWORD})
    assert "Path=/studio;" in entered.headers["set-cookie"]
    token = token_of(entered)
    assert asking.get(f"{path}/api/v1/jobs", headers=token).status_code == 200
    assert asking.get(f"{path}/login", headers=token).headers["location"] == "/studio/"
    guest, _ = key(opened.studio, "make")
    assert asking.get(f"{path}/api/v1/keys", headers=guest).status_code == 403, "roles go by the path below it"


# --- origins ---------------------------------------------------------------------------------------------------------


def test_a_named_origin_may_use_the_api_and_no_other(door):
    opened = door(origin="https://app.example")
    auth, _ = key(opened.studio)
    for origin, status in (("https://app.example", 200), ("https://app.example.evil", 403), ("null", 403)):
        asking = opened(origin=origin, **auth, **{"sec-fetch-site": "cross-site"})
        answer = asking.get("/api/v1/jobs")
        assert answer.status_code == status
        assert answer.headers.get("access-control-allow-origin") == (origin if status == 200 else None)
        assert "access-control-allow-credentials" not in answer.headers
        before = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
        flight = asking.options("/api/v1/jobs", headers=before)
        assert flight.status_code == (204 if status == 200 else 403)
        assert ("authorization" in flight.headers.get("access-control-allow-headers", "")) == (status == 200)
    asking = opened(origin="https://app.example")
    assert asking.get("/api/v1/jobs").status_code == 401, "it still needs a key"
    assert asking.post("/api/v1/jobs", headers=auth, json={"model": "x"}).status_code in (404, 422)


def test_no_answer_waits_for_the_other_ends_word_on_its_first_half():
    """Nagle's algorithm would hold each one back by 40 ms."""

    async def accepted():
        server = await asyncio.start_server(lambda *ends: lines.append(ends), sock=app.listening("127.0.0.1", "auto"))
        async with server:
            _, mine = await asyncio.open_connection(*server.sockets[0].getsockname())
            while not lines:
                await asyncio.sleep(0)
            line = lines[0][1].get_extra_info("socket")
            told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            lines[0][1].close()
            mine.close()
            return told

    lines = []
    assert apart(lambda: asyncio.run(accepted()))


def test_nothing_here_speaks_websocket(door):
    for path in ("/", "/gradio_api/queue/data", "/api/v1/jobs"):
        with pytest.raises(WebSocketDisconnect), door()().websocket_connect(path):
            pass


# --- how often -------------------------------------------------------------------------------------------------------


def test_tries_are_forgotten_after_a_minute_and_a_right_one_is_none(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    tries = Tries()
    for _ in range(MOST_WRONG):
        assert tries.wrong("192.0.2.1") == 0
    tries.right("192.0.2.1")
    assert tries.wrong("192.0.2.1") == 0
    assert 55 < tries.wrong("192.0.2.1") <= 61
    assert tries.wrong("192.0.2.2") == 0
    clock[0] += 61
    assert tries.wrong("192.0.2.1") == 0


def test_one_household_is_one_address():
    assert neighbours("2001:db8:1:2::7") == neighbours("2001:db8:1:2:ffff::1") != neighbours("2001:db8:1:3::7")
    assert neighbours("::ffff:192.0.2.1") == neighbours("192.0.2.1") != neighbours("192.0.2.2")
    assert neighbours("fe80::1%eth0") == neighbours("fe80::2")


def test_tries_of_very_many_addresses_are_not_all_kept():
    tries = Tries()
    for n in range(20_000):
        tries.wrong(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(tries.of) <= 10_000


def test_a_rate_lets_as_many_through_as_it_says_and_then_tells_when(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    rate = Rate(60)
    assert [rate.wait_s("ada") for _ in range(61)] == [0] * 60 + [2]
    assert rate.wait_s("bob") == 0
    clock[0] += 2
    assert [rate.wait_s("ada") for _ in range(3)] == [0, 0, 2]


def test_a_guest_who_asks_too_often_is_told_when_to_go_on_and_nobody_else_is(door):
    opened = door()
    ada, _ = key(opened.studio)
    bob, _ = key(opened.studio)
    answers = [opened(**ada).post("/api/v1/assets/trash", json={"ids": ["x"]}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {404}
    entry = opened().app.entry
    entry.changes = Rate(2)
    answers = [opened(**ada).post("/api/v1/assets/trash", json={"ids": ["x"]}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["error"]["type"] == "too_many_requests"
    assert opened(**ada).get("/api/v1/jobs").status_code == 200, "looking is another matter"
    assert opened(**bob).post("/api/v1/assets/trash", json={"ids": ["x"]}).status_code == 404


def test_a_guest_may_have_so_much_open_at_once_and_files_less_than_that(door):
    opened = door()
    _, ada = key(opened.studio)
    _, bob = key(opened.studio)
    _, owner = key(opened.studio, "admin")
    entry = opened().app.entry
    entry.requests, entry.uploads = Places(3), Places(1)
    with entry.seated(ada, True) as first, entry.seated(ada, True) as second, entry.seated(ada, False) as third:
        assert (first, third) == (None, None)
        assert second.status_code == 429, "and takes no place"
        assert int(second.headers["retry-after"]) > 0
        with entry.seated(ada, False) as fourth, entry.seated(ada, False) as fifth:
            assert (fourth, fifth.status_code) == (None, 429)
        with entry.seated(bob, True) as his, entry.seated(owner, True) as one, entry.seated(owner, True) as two:
            assert (his, one, two) == (None, None, None)
    with entry.seated(ada, True) as again:
        assert again is None
    assert not entry.requests.taken


# --- addresses that open by themselves -------------------------------------------------------------------------------


def test_a_signed_address_opens_its_file_and_nothing_else(door):
    opened = door()
    auth, ada = key(opened.studio)
    asset = opened(**auth).post("/api/v1/assets", files={"file": ("a.png", png())}).json()
    other = opened(**auth).post("/api/v1/assets", files={"file": ("b.png", png(80, 80))}).json()
    secret = opened.studio.locks.signing_key
    with acting(ada):
        address = signing.signed(asset["url"], secret)
    stranger = opened()
    assert stranger.get(asset["url"]).status_code == 401
    assert stranger.get(address).content == png()
    assert stranger.head(address).status_code == 200
    assert stranger.get(address, headers={"range": "bytes=0-3"}).content == png()[:4]
    assert stranger.get(f"{address}&download=true").headers["content-disposition"].startswith("attachment")
    query = address.partition("?")[2]
    mark = query[-1]
    for tampered in (
        f"{other['url']}?{query}",
        f"/api/v1/assets/{asset['id']}?{query}",
        f"/api/v1/assets/{asset['id']}/thumbnail?{query}",
        f"/api/v1/keys?{query}",
        f"/config?{query}",
        address[:-1] + ("0" if mark != "0" else "1"),
        address.replace("expires=", "expires=9"),
        address.replace(f"by={ada.id}", "by=house"),
        address.replace("signature=", "signatur="),
    ):
        assert stranger.get(tampered).status_code == 401, tampered
    for method in ("DELETE", "POST", "PATCH", "PUT"):
        assert stranger.request(method, address).status_code == 401, method
    thumbnail = signing.signed(f"/api/v1/assets/{asset['id']}/thumbnail", secret)
    assert stranger.get(thumbnail).status_code == 200
    assert stranger.get(signing.signed(f"/api/v1/files/{asset['id']}", secret)).status_code == 200
    bob = key(opened.studio)[1]
    with acting(bob):
        assert stranger.get(signing.signed(asset["url"], secret)).status_code == 404, "it opens what its maker may see"
    opened.studio.locks.passes.revoke("key", ada.id)
    assert stranger.get(address).status_code == 401, "and ends with them"


def test_a_signature_ends_and_outlives_the_server(door, home):
    secret = door().studio.locks.signing_key
    assert secret == Studio(Settings.load(home)).locks.signing_key
    for valid_s, opens in ((5, True), (-1, False)):
        path, query = signing.signed("/api/v1/files/x", secret, valid_s).split("?")
        assert signing.is_signed(path, query, secret) is opens
    path, query = signing.signed("/api/v1/files/x", secret).split("?")
    assert not signing.is_signed(path, query, b"another secret")
    for nonsense in (
        "",
        "signature=",
        "expires=x&signature=y",
        "expires=99999999999999&by=&signature=%00",
        "expires=٣",
    ):
        assert not signing.is_signed(path, nonsense, secret)


def test_an_uploads_address_takes_its_parts_and_belongs_to_who_asked_for_it():
    secret = b"secret"
    with acting(Person("ada1", "Ada", "make")):
        path, query = signing.signed("/fal/storage/put/abc?name=a%20b.mp4", secret).split("?")
    assert signing.signer(query) == "ada1"
    assert query.startswith("name=a%20b.mp4&")
    for part in ("", "/1", "/complete", "/multipart/up1/2"):
        assert signing.is_signed(path + part, query, secret, below=True), part
    assert not signing.is_signed(f"{path}/1", query, secret)
    assert not signing.is_signed("/fal/storage/put/abcd", query, secret, below=True)
    assert not signing.is_signed("/fal/storage", query, secret, below=True)


@pytest.mark.parametrize(
    ("method", "path", "way"),
    [
        ("GET", "/api/v1/assets/x/file", "file"),
        ("HEAD", "/api/v1/files/x", "file"),
        ("GET", "/api/v1/assets/x", None),
        ("GET", "/api/v1/assets/x/y/file", None),
        ("DELETE", "/api/v1/files/x", None),
        ("PUT", "/fal/storage/put/x", "upload"),
        ("POST", "/fal/storage/put/x/complete", "upload"),
        ("GET", "/fal/storage/put/x", None),
        ("POST", "/api/v1/jobs", None),
        ("POST", "/gradio_api/upload", None),
    ],
)
def test_what_can_be_signed_for(method, path, way):
    assert roles.signable(method, path) == way


def test_a_route_that_nobody_thought_of_is_for_those_who_make():
    assert roles.needed("POST", "/brand/new") == "make"
    assert roles.needed("PROPFIND", "/brand/new") == "make"
    assert roles.needed("GET", "/brand/new") == "view"
    for end in ("", "/", "/x", "\n", "\n/x"):
        assert roles.needed("GET", f"/api/v1/keys{end}") == "admin"
    assert roles.needed("POST", "/api/v1/keys/") == roles.needed("PUT", "/api/v1/links/x") == "admin"


def test_a_locked_house_gives_out_addresses_that_open_by_themselves(studio):
    file, queue = "/api/v1/assets/x/file", "/fal/queue/fal-ai/flux/requests/x"
    with signing.sealing(studio.locks):
        assert given("http://films", file) == f"http://films{file}"
        studio.locks.change_password("the old lighthouse")
        parts = urlsplit(given("http://films", file))
        assert given("http://films", queue) == f"http://films{queue}"
    assert signing.is_signed(parts.path, parts.query, studio.locks.signing_key)
    assert not signing.is_signed(queue, parts.query, studio.locks.signing_key)
