"""The way out to other machines, for addresses that a client wrote: to the open internet, never into the house.

What counts is the address really connected to. A name is looked up once, every address it has must be a public one,
and the connection goes to the very address that was looked at: a name that answers differently the second time, a
redirect, or a number in another notation leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpcore

from pipelines.faults import Invalid

SCHEMES = {"http": 80, "https": 443}
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
LONGEST_URL = 4000
CONNECT_S, SILENT_S, LOOK_S = 5.0, 10.0, 0.5
INSIDE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
UNCLEAN = re.compile(r"[\s\\\x00-\x1f\x7f]")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
HEADERS = {"user-agent": "Homereel", "accept-encoding": "identity"}


class ForbiddenAddress(Invalid):
    """It leads into this machine, this network, or to where no address leads."""


class Unreachable(Invalid):
    """The other machine cannot be found, does not answer, or does not answer with what was asked for."""


class StudioIsOffline(Invalid):
    """STUDIO_OFFLINE is set: nothing is asked of another machine."""


@dataclass(frozen=True)
class Outside:
    """`friends` are machines of this network, as host:port, that may be spoken to all the same."""

    friends: frozenset[str] = frozenset()
    offline: bool = False
    leaving: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set when the studio closes: whoever waits for another machine gives up."""

    def check(self, url: str) -> SplitResult:
        """Refuses what can be refused without asking anybody. Raises `ForbiddenAddress` or `StudioIsOffline`."""
        parts = readable(url)
        if self.offline:
            raise StudioIsOffline("The studio is offline.", "Upload the file, or start it without STUDIO_OFFLINE.")
        host, port = str(parts.hostname), port_of(parts)
        number = as_number(host)
        inside = not public(number) if number else host.lower().rstrip(".").endswith(INSIDE)
        if inside and not self.knows(host, port):
            raise forbidden(host)
        return parts

    def knows(self, host: str, port: int) -> bool:
        return f"{host.lower()}:{port}" in self.friends

    @contextmanager
    def get(self, url: str, seconds: float) -> Iterator[httpcore.Response]:
        """The answer to a GET, redirects followed, its body not yet read; it must be there within `seconds`."""
        until = time.monotonic() + seconds
        for _ in range(MOST_REDIRECTS + 1):
            with self.asked("GET", url, max(0.1, until - time.monotonic())) as answer:
                where = dict(answer.headers).get(b"location", b"").decode("latin-1")
                if answer.status not in REDIRECTS or not where:
                    yield answer
                    return
            url = urljoin(url, where)
        raise Unreachable("The address redirects again and again.", "Give the file's own address.")

    @contextmanager
    def asked(
        self, method: str, url: str, seconds: float, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Iterator[httpcore.Response]:
        """One request, and its answer as it stands; after `seconds` whatever has not come is given up."""
        parts = self.check(url)
        patience = {"connect": min(CONNECT_S, seconds), "read": SILENT_S, "write": SILENT_S, "pool": SILENT_S}
        careful = Careful(self, time.monotonic() + seconds)
        with said_in_words(str(parts.hostname)), httpcore.ConnectionPool(network_backend=careful) as pool:
            wanted = [*{"host": host_of(parts), **HEADERS, **(headers or {})}.items()]
            target = httpcore.URL(
                scheme=parts.scheme.lower(), host=ascii_host(parts), port=port_of(parts), target=target_of(parts)
            )
            with pool.stream(method, target, headers=wanted, content=body, extensions={"timeout": patience}) as answer:
                yield answer


class Careful(httpcore.NetworkBackend):
    """Connects to addresses that were looked at, and to no other."""

    def __init__(self, outside: Outside, until: float):
        self.outside, self.until, self.plain = outside, until, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        friend = self.outside.knows(host, port)
        addresses = looked_up(host, port)
        if not friend and not all(map(public, addresses)):
            raise forbidden(host)
        stream = self.plain.connect_tcp(addresses[0], port, timeout, local_address, socket_options)
        here, there = stream.get_extra_info("client_addr"), stream.get_extra_info("server_addr")
        if not friend and here[0] == there[0]:  # a public address, but this machine's own
            stream.close()
            raise forbidden(host)
        return Timed(stream, self.until, self.outside.leaving)


class Timed(httpcore.NetworkStream):
    """A connection for so long: one that lets a byte drop now and then does not hold us, nor keep us from leaving."""

    def __init__(self, stream: httpcore.NetworkStream, until: float, leaving: threading.Event):
        self.stream, self.until, self.leaving = stream, until, leaving

    def left(self, timeout: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return min(left, timeout or left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        silent = time.monotonic() + self.left(timeout)
        while not self.leaving.is_set():
            try:
                return self.stream.read(max_bytes, min(LOOK_S, self.left(timeout)))
            except httpcore.ReadTimeout:
                if time.monotonic() >= silent:
                    raise
        raise httpcore.ReadError("the studio closes")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Timed(self.stream.start_tls(ssl_context, server_hostname, self.left(timeout)), self.until, self.leaving)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def readable(url: str) -> SplitResult:
    """The parts of an http or https address. Raises `ForbiddenAddress` for every other."""
    try:
        parts = urlsplit(url)
        port_of(parts)
        ascii_host(parts)
    except (ValueError, UnicodeError):
        raise ForbiddenAddress(f"{url[:80]!r} is no address.", "Give one like https://example.com/a.png.") from None
    if parts.scheme.lower() not in SCHEMES or not parts.hostname or UNCLEAN.search(url) or len(url) > LONGEST_URL:
        raise ForbiddenAddress(f"{url[:80]!r} is no http or https address.", "Give one like https://example.com/a.png.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddress("The address carries a name or a password.", "Give one without.")
    return parts


def port_of(parts: SplitResult) -> int:
    return parts.port or SCHEMES.get(parts.scheme.lower(), 0)


def ascii_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if ":" in host else host.encode("idna").decode()


def host_of(parts: SplitResult) -> str:
    """The Host header."""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else ascii_host(parts)
    return host if parts.port is None else f"{host}:{parts.port}"


def target_of(parts: SplitResult) -> str:
    target = f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
    return quote(target, safe="/?%:@!$&'()*+,;=-._~[]")


def as_number(host: str) -> str:
    """The IP address that a host is, in whatever notation: dotted, decimal, octal, hex; "" for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return ""


def looked_up(host: str, port: int) -> list[str]:
    """Every address a name has now."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise Unreachable(f"{host} cannot be found.", "See whether the address is right.") from None


def public(address: str) -> bool:
    """Whether an IP address is one of the open internet's; an IPv4 address inside an IPv6 one is judged itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return public(str(ip.ipv4_mapped))
        if ip in NAT64:
            return public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def forbidden(host: str) -> ForbiddenAddress:
    return ForbiddenAddress(
        f"{host[:100]} is not on the open internet.",
        "Upload the file instead, or have the machine named in STUDIO_LAN_HOSTS.",
    )


@contextmanager
def said_in_words(host: str) -> Iterator[None]:
    try:
        yield
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise Unreachable(f"{host} does not answer: {type(error).__name__}.", "Try again later.") from error
    except (ValueError, UnicodeError):
        raise Unreachable(f"{host} cannot be asked.", "See whether the address is right.") from None
