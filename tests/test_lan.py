"""The studio on a network: a browser at another address than this machine's own comes in by the printed link, lets
others in, and keeps out who has none; over https, with a certificate that its own authority vouches for."""

from __future__ import annotations

import os
import re
import socket
import ssl
import stat
from datetime import timedelta

import httpx
import pytest

from conftest import Server, free_port
from studio.locks import certificate
from studio.locks.lan import addresses
from studio.locks.qr import picture, printed


class LanServer(Server):
    """One that is spoken to at this machine's address on its network, over https, trusting only its own authority."""

    @property
    def url(self) -> str:
        return f"https://{addresses()[0]}:{self.port}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, verify=self.trust())

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.home / "tls" / "homereel-ca.pem"))

    def up(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.printed()
        try:
            return "Share, at the top" in self.printed() and self.client().get("/health").status_code == 200
        except (httpx.TransportError, OSError):
            return False

    def printed(self) -> str:
        return (self.home.parent / "server.log").read_text(errors="replace")


@pytest.fixture(scope="module")
def lan(tmp_path_factory):
    if not addresses():
        pytest.skip("this machine is on no network")
    server = LanServer(tmp_path_factory.mktemp("lan") / "home", free_port()).start("--lan", "--tls")
    yield server
    server.stop()


@pytest.fixture
def visit(browser, lan):
    """`visit(address)`: someone's own browser there."""
    contexts = []

    def visit(address):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, ignore_https_errors=True)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url.removeprefix(lan.url)))
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def test_it_is_locked_and_prints_how_to_come_in(lan):
    said = lan.printed()
    assert re.search(rf"{re.escape(lan.url)}/login#[\w-]{{40,}}", said)
    assert re.search(r"Password   [a-z]+-[a-z]+-[a-z]+-[a-z0-9]+ ", said)
    assert "▀" in said or "█" in said, "a code to scan"
    assert "homereel-ca.crt" in said
    with lan.client() as stranger:
        assert stranger.get("/api/v1/jobs").status_code == 401
        authority = stranger.get("/login/homereel-ca.crt")
        assert authority.text.startswith("-----BEGIN CERTIFICATE-----")
        assert "KEY" not in authority.text
    here = httpx.get(f"https://127.0.0.1:{lan.port}/config", verify=lan.trust())
    assert here.status_code == 401, "on this machine, too"


def test_whoever_has_no_link_sees_the_lock_and_nothing_else(visit, lan):
    page = visit(f"{lan.url}/?tab=library")
    page.get_by_role("heading", name="Come in").wait_for()
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Open the studio").click()
    page.get_by_text("That is not the password.").wait_for()
    assert {url for url in page.asked if not url.startswith("data:")} <= {
        "/?tab=library", "/login", "/login/sans.ttf", "/login/sans-600.ttf", "/api/v1/sharing", "/favicon.ico",
    }  # fmt: skip
    page.get_by_label("Password").fill(re.search(r"Password   (\S+)", lan.printed())[1])
    page.get_by_role("button", name="Open the studio").click()
    page.locator("homereel-header .sharer").wait_for(timeout=60_000)
    assert page.url.endswith("tab=library"), "where one was going"
    assert page.evaluate("isSecureContext")


def test_the_link_lets_in_whoever_follows_it_and_they_can_let_others_in(visit, lan):
    link = re.search(rf"{re.escape(lan.url)}/login#\S+", lan.printed())[0]
    page = visit(link)
    page.locator("homereel-header .sharer").wait_for(timeout=60_000)
    secret = link.partition("#")[2]
    assert secret not in page.url + "".join(page.asked), "it never was in an address that anybody logs"
    second = visit(link)
    second.get_by_text("does not open the studio any more").wait_for()

    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_label("Who it is for").fill("Ada’s <b>tablet</b>")
    page.get_by_role("radio", name="May look").check()
    page.get_by_role("button", name="Make a link").click()
    page.get_by_alt_text("The link as a code to scan").wait_for()
    hers = page.get_by_label("The link", exact=True).input_value()
    page.get_by_role("button", name="Done").click()

    ada = visit(hers)
    ada.locator("homereel-header .sharer").wait_for(timeout=60_000)
    ada.get_by_role("button", name="Share", exact=True).click()
    ada.get_by_text("You are in as Ada’s <b>tablet</b>.").wait_for()
    assert not ada.get_by_role("button", name="Make a link").is_visible()
    ada.locator("html[data-role=view]").wait_for()
    ada.get_by_role("tab", name="Image").click()
    assert ada.locator("#image-go").evaluate("go => getComputedStyle(go).pointerEvents") == "none", "she may look"

    row = page.locator(".share .pass", has_text="tablet")
    row.get_by_role("button").click()
    row.get_by_text("Revoke for good").click()
    row.wait_for(state="detached")
    ada.reload()
    ada.get_by_role("heading", name="Come in").wait_for()


def test_a_key_from_the_panel_opens_the_api(visit, lan):
    page = visit(lan.url)
    page.get_by_label("Password").fill(re.search(r"Password   (\S+)", lan.printed())[1])
    page.get_by_role("button", name="Open the studio").click()
    page.get_by_role("button", name="Share", exact=True).click(timeout=60_000)
    page.get_by_label("Who it is for").fill("Render farm")
    page.get_by_role("radio", name="a key").check()
    page.get_by_role("button", name="Make a key").click()
    key = page.get_by_label("The key", exact=True).input_value()
    with lan.client() as program:
        answer = program.get("/api/v1/sharing", headers={"authorization": f"Bearer {key}"})
        assert answer.json()["you"]["role"] == "make"


# --- its parts -------------------------------------------------------------------------------------------------------


def test_the_authority_stays_while_the_certificate_follows_the_names(tmp_path):
    cert, key = certificate.certificate(tmp_path, ["localhost", "127.0.0.1"])
    first, authority = cert.read_bytes(), (tmp_path / "tls" / "homereel-ca.pem").read_bytes()
    assert certificate.certificate(tmp_path, ["127.0.0.1", "localhost"])[0].read_bytes() == first
    certificate.certificate(tmp_path, ["localhost", "192.168.1.5", "homereel.local"])
    assert cert.read_bytes() != first
    assert (tmp_path / "tls" / "homereel-ca.pem").read_bytes() == authority
    for secret in (key, tmp_path / "tls" / "homereel-ca.key"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    cert.write_text("nonsense")
    certificate.certificate(tmp_path, ["localhost"])
    assert b"BEGIN CERTIFICATE" in cert.read_bytes()


def test_a_certificate_is_made_anew_before_it_ends(tmp_path, monkeypatch):
    cert, _ = certificate.certificate(tmp_path, ["localhost"])
    first = cert.read_bytes()
    later = certificate.now() + timedelta(days=certificate.DAYS - 20)
    monkeypatch.setattr(certificate, "now", lambda: later)
    certificate.certificate(tmp_path, ["localhost"])
    assert cert.read_bytes() != first


def test_what_the_terminal_shows_is_a_code_that_a_camera_reads():
    import cv2
    import numpy as np

    address = "http://192.168.1.5:7860/login#a-secret"
    assert picture(address).startswith("data:image/svg+xml")
    lines = printed(address).splitlines()
    assert len({len(line) for line in lines}) == 1
    upper, lower = ([[mark in marks for mark in line] for line in lines] for marks in ("█▀", "█▄"))
    light = np.array([row for pair in zip(upper, lower, strict=True) for row in pair], np.uint8) * 255
    seen = np.pad(light.repeat(8, 0).repeat(8, 1), 32, constant_values=255)
    assert cv2.QRCodeDetector().detectAndDecode(seen)[0] == address


def test_the_name_is_found_on_the_network(monkeypatch):
    """Where multicast goes, as on most LANs; elsewhere the announcement says that it does not stand."""
    from zeroconf import Zeroconf

    from studio.locks.lan import Announcement

    ips = addresses()
    monkeypatch.setattr(socket, "gethostname", lambda: f"tests-{os.getpid()}")  # other studios may be announced here
    announcement = Announcement(ips, 7860, tls=False, name="homereel-test.local")
    if not ips or not announcement.begin():
        pytest.skip("no multicast here")
    try:
        other = Zeroconf(interfaces=ips)
        kind = "_http._tcp.local."
        found = other.get_service_info(kind, announcement.info.name, timeout=5000)
        other.close()
        assert found is not None
        assert found.server == "homereel-test.local."
        assert set(found.parsed_addresses()) == set(ips)
    finally:
        announcement.end()
