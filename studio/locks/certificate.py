"""The certificate of --tls: an authority of this home's own, made once and to be trusted once, and from it a
certificate for the names and addresses the studio has now."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from studio.types import now

YEARS_OF_TRUST = 10
DAYS = 397  # browsers trust no longer ones
RENEW = timedelta(days=30)


def certificate(home: Path, names: Iterable[str]) -> tuple[Path, Path]:
    """The certificate, with its authority behind it, and its key: the ones that are there while they still fit."""
    folder = home / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = own_authority(folder)
    cert, key, wanted = folder / "homereel.pem", folder / "homereel.key", sorted(set(names))
    if not fits(cert, key, wanted, authority[0]):
        made, its_key = issued(wanted, *authority)
        write(key, secret(its_key))
        write(cert, pem(made) + pem(authority[0]))
    return cert, key


def own_authority(folder: Path) -> tuple[Any, Any]:
    """The authority and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    cert, key = folder / "homereel-ca.pem", folder / "homereel-ca.key"
    if cert.is_file() and key.is_file():
        found = x509.load_pem_x509_certificate(cert.read_bytes())
        if found.not_valid_after_utc > now() + timedelta(days=DAYS):
            return found, load_pem_private_key(key.read_bytes(), None)
    made, its_key = new_authority()
    write(key, secret(its_key))
    write(cert, pem(made))
    return made, its_key


def new_authority() -> tuple[Any, Any]:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    name, key = named(f"Homereel on {socket.gethostname()[:40]}"), new_key()
    usage = {u: u in ("key_cert_sign", "crl_sign") for u in USAGES}
    builder = (
        begun(name, name, key, timedelta(days=365 * YEARS_OF_TRUST))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256()), key


def issued(names: list[str], authority: Any, its_key: Any) -> tuple[Any, Any]:
    """A certificate for these names and addresses, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = new_key()
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(its_key.public_key())
    builder = (
        begun(named("Homereel"), authority.subject, key, timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{u: u == "digital_signature" for u in USAGES}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(above, critical=False)
    )
    return builder.sign(its_key, SHA256()), key


USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def begun(name: Any, issuer: Any, key: Any, lasts: timedelta) -> Any:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))  # clocks differ
        .not_valid_after(now() + lasts)
    )


def fits(cert: Path, key: Path, names: list[str], authority: Any) -> bool:
    """Whether the certificate that is there is ours, for these names, and lasts another month."""
    from cryptography import x509

    if not (cert.is_file() and key.is_file()):
        return False
    try:
        found = x509.load_pem_x509_certificate(cert.read_bytes())
        found.verify_directly_issued_by(authority)
    except Exception:  # broken, or another authority's: it is made anew
        return False
    said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(map(str, (one.value for one in said))) == names and found.not_valid_after_utc > now() + RENEW


def general(name: str) -> Any:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def named(name: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def pem(cert: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(cert.public_bytes(Encoding.PEM))


def secret(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for nobody else's eyes."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    part.replace(path)
