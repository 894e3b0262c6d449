"""Which addresses this machine has on its networks, and the name by which a network without a name server finds it."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Sequence
from typing import Any

log = logging.getLogger(__name__)

NAME = "homereel.local"
NOT_OURS = ("docker", "br-", "veth", "virbr", "cni", "flannel", "podman", "lxc")  # networks inside this machine


def addresses() -> list[str]:
    """This machine's IPv4 addresses that others reach it by; first the one it reaches others by."""
    import ifaddr

    found = []
    for adapter in ifaddr.get_adapters():
        if not adapter.name.startswith(NOT_OURS):
            found += [ip.ip for ip in adapter.ips if isinstance(ip.ip, str)]
    reachable = [
        ip for ip in found if not (ipaddress.ip_address(ip).is_loopback or ipaddress.ip_address(ip).is_link_local)
    ]
    first = outward()
    return sorted(dict.fromkeys(reachable), key=lambda ip: ip != first)


def outward() -> str:
    """The address that traffic for elsewhere leaves by. Nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:  # no way out: a network of its own
            return ""
        return str(probe.getsockname()[0])


class Announcement:
    """homereel.local on the LAN, for as long as it stands. Where multicast does not go, the studio does without."""

    def __init__(self, ips: Sequence[str], port: int, tls: bool, name: str = NAME):
        self.ips, self.port, self.tls, self.name = list(ips), port, tls, name
        self.zeroconf: Any = None
        self.info: Any = None

    def begin(self) -> bool:
        """Says whether the name stands. Two studios on one LAN share it: then either may answer."""
        try:
            from zeroconf import ServiceInfo, Zeroconf

            self.zeroconf = Zeroconf(interfaces=self.ips)
            kind = "_https._tcp.local." if self.tls else "_http._tcp.local."
            host = socket.gethostname().split(".")[0][:40] or "studio"
            self.info = ServiceInfo(
                kind, f"Homereel on {host}.{kind}", port=self.port, server=f"{self.name}.", properties={"path": "/"},
                addresses=[socket.inet_aton(ip) for ip in self.ips],
            )  # fmt: skip
            self.zeroconf.register_service(self.info, allow_name_change=True)
            return True
        except Exception as error:  # whatever the network has against it, the studio opens
            log.info("%s is not announced: %s", self.name, error or type(error).__name__)
            self.end()
            return False

    def end(self) -> None:
        if self.zeroconf is not None:
            self.zeroconf.close()
            self.zeroconf = None
