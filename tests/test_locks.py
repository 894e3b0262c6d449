"""The locks: what is open without a credential, what opens the rest, and that a wrong one opens nothing anywhere."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from conftest import PASSWORD
from pipelines.faults import Invalid
from studio.locks import Locks
from studio.locks.passes import UnknownPass
from studio.locks.secrets import hashed, right
from studio.people import HOUSE
from studio.settings import Settings
from studio.studio import Studio
from studio.types import now

# --- in the ledger ---------------------------------------------------------------------------------------------------


@pytest.fixture
def locks(studio) -> Locks:
    return studio.locks


def test_a_home_for_itself_is_open_and_one_for_others_never_is(tmp_path, locks):
    assert not locks.on
    for n, said in enumerate(({"lan": True}, {"host": "0.0.0.0"}, {"proxy": "127.0.0.1"}, {"password": PASSWORD})):
        opened = Studio(Settings.load(tmp_path / str(n), **said)).locks
        made = opened.settle()
        assert opened.on
        assert (made is None) == ("password" in said), "who has no password is given one, once"
        assert opened.enter_by_password(made or PASSWORD)
        assert opened.settle() is None


def test_a_password_from_the_settings_goes_with_them(tmp_path):
    assert Studio(Settings.load(tmp_path, password=PASSWORD)).locks.settle() is None
    without = Studio(Settings.load(tmp_path)).locks
    without.settle()
    assert not without.on
    without.change_password("chosen by hand")
    without.settle()
    assert without.on


def test_no_secret_is_in_the_ledger(studio, locks):
    locks.change_password(PASSWORD)
    secrets = [PASSWORD, locks.passes.make("key", "a", "make")[1], locks.passes.make("link", "b", "view")[1]]
    secrets += [locks.passes.door(), locks.enter_by_password(PASSWORD)]
    dump = "\n".join(studio.db.conn.iterdump())
    assert [secret for secret in secrets if secret in dump] == []


def test_a_password_is_known_again_and_another_is_not():
    kept = hashed(PASSWORD)
    assert right(PASSWORD, kept)
    assert not right(PASSWORD + " ", kept)
    assert not right("", kept)
    assert hashed(PASSWORD) != kept, "salted"


def test_a_short_password_is_refused(locks):
    with pytest.raises(Invalid, match="8"):
        locks.change_password("seven77")


def test_a_new_password_ends_the_sessions_of_the_old_one_alone(locks):
    locks.change_password(PASSWORD)
    mine, _ = locks.enter_by_password(PASSWORD), locks.passes.make("link", "Ada", "make")
    hers = locks.enter_by_link(locks.passes.make("link", "Ada", "make")[1])
    locks.change_password("another one now")
    assert locks.by_cookie(mine) is None
    assert locks.by_cookie(hers).name == "Ada"


def test_the_printed_link_lets_one_browser_in_as_the_house(locks):
    link = locks.passes.door()
    assert locks.by_cookie(locks.enter_by_link(link)) == HOUSE
    assert locks.enter_by_link(link) is None
    earlier, _ = locks.passes.door(), locks.passes.door()
    assert locks.enter_by_link(earlier) is None, "the next start's link takes its place"


def test_a_link_for_one_browser_lets_no_second_in(locks):
    once, link = locks.passes.make("link", "Ada", "view", once=True)
    session = locks.enter_by_link(link)
    assert locks.by_cookie(session) == once.person
    assert locks.enter_by_link(link) is None
    assert locks.by_cookie(session) == once.person


@pytest.mark.parametrize("kind", ["key", "link"])
def test_what_has_ended_or_was_revoked_opens_nothing(studio, locks, kind):
    def enter(secret):
        return locks.by_key(secret) if kind == "key" else locks.enter_by_link(secret)

    made, secret = locks.passes.make(kind, "Ada", "make", expires=now() + timedelta(hours=1))
    session = enter(secret)
    assert session
    studio.db.change("update pass set expires = ? where id = ?", now().timestamp() - 1, made.id)
    assert enter(secret) is None
    assert kind == "key" or locks.by_cookie(session) is None, "a session ends with its link"
    made, secret = locks.passes.make(kind, "Ada", "make")
    session = enter(secret)
    locks.passes.revoke(kind, made.id)
    assert enter(secret) is None
    assert kind == "key" or locks.by_cookie(session) is None
    with pytest.raises(UnknownPass):
        locks.passes.revoke(kind, made.id)


def test_a_key_is_no_link_and_a_link_no_key(locks):
    assert locks.enter_by_link(locks.passes.make("key", "a", "admin")[1]) is None
    assert locks.by_key(locks.passes.make("link", "a", "admin")[1]) is None
    assert locks.by_key(locks.passes.door()) is None


def test_sessions_outlive_the_studio_and_end_together(studio, locks):
    locks.change_password(PASSWORD)
    one, two = locks.enter_by_password(PASSWORD), locks.enter_by_password(PASSWORD)
    again = Studio(studio.settings).locks
    assert again.by_cookie(one) == again.by_cookie(two) == HOUSE
    assert again.sessions.end_all(but=one) == 1
    assert locks.by_cookie(one)
    assert locks.by_cookie(two) is None
    assert locks.sessions.end_all() == 1
    assert locks.by_cookie(one) is None


def test_a_browser_not_seen_for_a_month_is_out(studio, locks):
    session = locks.enter_by_link(locks.passes.make("link", "Ada", "make")[1])
    studio.db.change("update session set seen = ?", now().timestamp() - 29 * 86400)
    assert locks.by_cookie(session), "and being seen makes it a month again"
    studio.db.change("update session set seen = ?", now().timestamp() - 31 * 86400)
    assert locks.by_cookie(session) is None


# --- at the door -----------------------------------------------------------------------------------------------------


def client(server, role=None):
    headers = {"authorization": f"Bearer {server.keys[role]}"} if role else {}
    return httpx.Client(base_url=server.url, timeout=60, headers=headers)


def routes():
    """Every route of the application, the window's and the mounts' too, something in the place of each variable."""
    import tempfile
    from pathlib import Path

    import app

    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings.load(Path(folder) / "home"))
        openly = app.create(studio)
        found = set(walked(openly.guard.app.routes))
        studio.close()
    return sorted(found)


def walked(routes, before=""):
    for route in routes:
        if included := getattr(route, "effective_route_contexts", None):
            yield from walked(included(), before)
            continue
        path = before + getattr(route, "path", "")
        below = getattr(route, "routes", None) or getattr(getattr(route, "app", None), "routes", None)
        if below:
            yield from walked(below, path)
        else:
            for method in sorted(getattr(route, "methods", None) or {"GET", "POST"}):
                yield method, re.sub(r"\{[^}]*\}", "x", path) or "/"


OPEN = {"/health", "/login", "/logout", "/login/x"}


@pytest.fixture(scope="session")
def every_route():
    found = routes()
    doors = {("POST", "/gradio_api/queue/join"), ("GET", "/config"), ("GET", "/api/v1/openapi.json"), ("POST", "/mcp"),
             ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/queue/data"), ("POST", "/fal/files/upload"),
             ("PUT", "/fal/storage/put/x"), ("GET", "/fal/files/x/x"), ("PUT", "/api/uploadthing/put/x"),
             ("POST", "/api/fal"), ("POST", "/v1/images/generations"), ("GET", "/api/v1/jobs/x/events"),
             ("GET", "/api/v1/files/x"), ("PUT", "/api/v1/sync/files/x"), ("GET", "/ui/static")}  # fmt: skip
    assert doors <= set(found)
    assert len(found) > 240
    more = ("/ui/static/api.js", "/ui/timeline/index.js", "/login/../config", "//config", "/fal/queue/fal-ai/flux/dev")
    every = {*found, *(("GET", path) for path in more)}
    return sorted({(method, path) for _, path in every for method in ("HEAD", "OPTIONS")} | every)


UPGRADE = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "eA=="}
NOTHING = {
    "nothing": ("", {}),
    "a dead cookie": ("", {"cookie": "homereel_session=" + "x" * 43}),
    "a forged signature": ("?expires=99999999999&by=house&signature=" + "0" * 64, {}),
    "a key in the address": ("?key=KEY&token=KEY&api_key=KEY&__sign=KEY", {}),
    "a websocket": ("", UPGRADE),
}


@pytest.mark.parametrize("what", NOTHING)
def test_no_route_opens_without_a_credential(locked, every_route, what):
    query, headers = NOTHING[what]
    query = query.replace("KEY", locked.keys["admin"])
    with client(locked) as asking:
        for method, path in every_route:
            if path not in OPEN:
                answer = asking.request(method, path + query, headers=headers)
                assert answer.status_code in (401, 404), (method, path, answer.status_code)
                assert answer.status_code == 401 or re.match("/(monitoring|pwa_icon|gradio_api)", path), (method, path)


@pytest.mark.parametrize(
    "credential",
    [
        {"cookie": "homereel_session=nobody"},
        {"authorization": "Basic aG9tZXJlZWw6eA=="},
        {"authorization": "Bearer"},
        {"x-forwarded-for": "127.0.0.1", "x-forwarded-host": "127.0.0.1"},
    ],
    ids=["a cookie", "basic", "empty", "forwarded"],
)
def test_what_is_no_credential_opens_nothing_and_is_no_try(locked, credential):
    with client(locked) as asking:
        for path in ("/", "/config", "/api/v1/jobs", "/api/v1/openapi.json", "/gradio_api/info", "/ui/static/api.js"):
            assert asking.get(path, headers=credential).status_code == 401, path


def test_no_route_opens_with_a_wrong_key(locked, every_route):
    """The first five are told that it is wrong, the others that it is too often: nobody is told more."""
    from_elsewhere = httpx.HTTPTransport(local_address="127.0.0.3")
    with httpx.Client(base_url=locked.url, transport=from_elsewhere, timeout=60) as asking:
        for n, (method, path) in enumerate(every_route):
            answer = asking.request(method, path, headers={"authorization": f"Bearer hr_{n}"})
            assert answer.status_code in (401, 429, 404), (method, path, answer.status_code)
            assert answer.status_code == 404 or n < 5 or answer.status_code == 429
        assert int(answer.headers["retry-after"]) in range(1, 62)
        good = {"authorization": f"Bearer {locked.keys['make']}"}
        assert asking.get("/api/v1/jobs", headers=good).status_code == 200, "a right key is never slowed"
        assert asking.get("/api/v1/jobs").status_code == 401, "a request with none is not a try"


def test_what_is_open_says_nothing_of_what_is_inside(locked):
    with client(locked) as stranger:
        assert stranger.get("/health").json() == {"status": "ok"}
        page = stranger.get("/", headers={"accept": "text/html"})
        assert page.status_code == 401
        assert page.text == stranger.get("/login").text
        assert not re.search(r"gradio|/assets/|dependencies|draft-|generate_|A fox", page.text)
        assert stranger.get("/").json()["error"]["type"] == "locked", "a program is told in its own language"
        asked = set(re.findall(r"url\(([^)]+)\)", page.text)) | set(re.findall(r'(?:src|href)="([^"]+)"', page.text))
        needed = [url for url in asked if not url.startswith("data:")]
        assert needed
        for url in needed:
            assert stranger.get(url).status_code == 200, url
        for path in ("/login/..%2fhome", "/login/homereel-ca.crt", "/login/", "/login/page.js", "/healthz", "/health/"):
            assert stranger.get(path).status_code in (401, 404), path


def test_both_ways_of_sending_a_key_open_it(locked):
    for scheme in ("Bearer", "bearer", "Key", "KEY"):
        answer = httpx.get(f"{locked.url}/api/v1/jobs", headers={"authorization": f"{scheme} {locked.keys['view']}"})
        assert answer.status_code == 200, scheme


def test_the_link_is_exchanged_for_a_cookie_that_scripts_cannot_read(locked):
    _, link = locked.passes.make("link", "Ada", "view")
    with client(locked) as browser:
        answer = browser.post("/login", json={"link": link})
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("homereel_session=")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert browser.get("/api/v1/sharing").json()["you"]["name"] == "Ada"
        assert browser.get("/login").status_code == 303
        token = browser.cookies["homereel_session"]
        assert browser.post("/logout").status_code == 204
        assert browser.get("/api/v1/sharing").status_code == 401
        kept = {"cookie": f"homereel_session={token}"}
        assert browser.get("/api/v1/sharing", headers=kept).status_code == 401, "the token is dead, not only forgotten"


def test_wrong_passwords_slow_down_and_the_right_link_does_not(locked):
    from_elsewhere = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=locked.url, transport=from_elsewhere, timeout=60) as browser:
        answers = [browser.post("/login", json={"password": f"guess {n}"}).status_code for n in range(7)]
        assert answers == [401] * 5 + [429] * 2
        slowed = browser.post("/login", json={"password": PASSWORD})
        assert slowed.status_code == 429, "or it would be no use"
        assert int(slowed.headers["retry-after"]) in range(1, 62)
        with client(locked) as other:
            assert other.post("/login", json={"password": PASSWORD}).status_code == 200, "elsewhere nobody is slowed"
        _, link = locked.passes.make("link", "Ada", "view")
        assert browser.post("/login", json={"link": "nowhere"}).status_code == 429
        assert browser.post("/login", json={"link": link}).status_code == 200


def test_all_sessions_can_be_ended_but_the_one_that_asks(locked):
    with client(locked) as one, client(locked) as two:
        for browser in (one, two):
            assert browser.post("/login", json={"password": PASSWORD}).status_code == 200
        assert one.get("/config").status_code == 200
        assert one.delete("/api/v1/sessions").json()["ended"] >= 1
        assert one.get("/api/v1/sharing").json()["you"]["role"] == "admin"
        assert two.get("/api/v1/sharing").status_code == 401


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        ("view", "GET", "/api/v1/assets", 200),
        ("view", "GET", "/", 200),
        ("view", "POST", "/api/v1/jobs", 403),
        ("view", "POST", "/gradio_api/queue/join", 403),
        ("view", "POST", "/gradio_api/upload", 403),
        ("view", "POST", "/gradio_api/run/generate_image", 403),
        ("view", "DELETE", "/api/v1/projects/x", 403),
        ("view", "PUT", "/api/v1/projects/x", 403),
        ("view", "POST", "/v1/images/generations", 403),
        ("view", "POST", "/fal/run/x", 403),
        ("view", "GET", "/api/v1/keys", 403),
        ("make", "POST", "/api/v1/projects", 201),
        ("make", "GET", "/api/v1/keys", 403),
        ("make", "GET", "/api/v1/keys/", 403),
        ("make", "POST", "/api/v1/keys", 403),
        ("make", "DELETE", "/api/v1/keys/x", 403),
        ("make", "POST", "/api/v1/links", 403),
        ("make", "DELETE", "/api/v1/sessions", 403),
        ("make", "POST", "/api/v1/models/draft-image/download", 403),
        ("make", "DELETE", "/api/v1/models/draft-image/files", 403),
        ("make", "POST", "/api/v1/queue/pause", 403),
        ("make", "GET", "/metrics", 403),
        ("admin", "GET", "/api/v1/keys", 200),
        ("admin", "POST", "/api/v1/queue/resume", 200),
    ],
)
def test_a_role_opens_what_it_may_and_is_told_what_it_may_not(locked, role, method, path, status):
    with client(locked, role) as asking:
        answer = asking.request(method, path)
        assert answer.status_code == status, answer.text[:200]
        assert status != 403 or answer.json()["error"]["type"] == "not_allowed"


def test_a_key_is_made_shown_once_and_revoked_over_http(locked):
    with client(locked, "admin") as admin:
        made = admin.post("/api/v1/keys", json={"name": " Render  farm ", "role": "make"})
        assert made.status_code == 201
        key = made.json().pop("key")
        assert made.json()["name"] == "Render farm"
        listed = admin.get("/api/v1/keys")
        assert made.json()["id"] in listed.text
        assert key not in listed.text
        auth = {"authorization": f"Key {key}"}
        assert httpx.get(f"{locked.url}/api/v1/jobs", headers=auth).status_code == 200
        assert admin.delete(f"/api/v1/keys/{made.json()['id']}").status_code == 204
        assert httpx.get(f"{locked.url}/api/v1/jobs", headers=auth).status_code in (401, 429)
        for wrong in ({"name": "x", "role": "owner"}, {"name": " ", "role": "view"}, {"role": "view"}):
            assert admin.post("/api/v1/keys", json=wrong).status_code == 422
        past = {"name": "x", "role": "view", "expires": "2020-01-01T00:00:00Z"}
        assert admin.post("/api/v1/keys", json=past).status_code == 422


def test_a_link_comes_with_its_code_and_the_secret_behind_the_hash(locked):
    with client(locked, "admin") as admin:
        made = admin.post("/api/v1/links", json={"name": "Ada", "role": "view"}).json()
        address, _, secret = made["link"].partition("/login#")
        assert len(secret) > 40
        assert made["qr"].startswith("data:image/svg+xml")
        assert address.startswith("http://")
        assert secret not in admin.get("/api/v1/links").text
        assert httpx.post(f"{locked.url}/login", json={"link": secret}).status_code == 200
        assert admin.delete(f"/api/v1/links/{made['id']}").status_code == 204
        assert admin.delete(f"/api/v1/links/{made['id']}").status_code == 404


def test_the_log_and_the_answers_keep_the_secrets(locked):
    with client(locked, "admin") as admin:
        said = "".join(admin.get(path).text for path in ("/api/v1/keys", "/api/v1/sharing", "/config", "/api/v1/jobs"))
    log = (locked.home.parent / "server.log").read_text()
    for secret in (PASSWORD, *locked.keys.values()):
        assert secret not in said + log
