"""The certificate authorities that the functions trust."""

import re
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROOTS = Path(__file__).parents[3] / "layers/chat/chat/runtime/amazon_roots.pem"

# https://www.amazontrust.com/repository/: SHA-256 of the subject public key information.
PUBLISHED = {
    "Amazon Root CA 1": "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
    "Amazon Root CA 2": "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
    "Amazon Root CA 3": "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
    "Amazon Root CA 4": "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
    "Starfield Services Root Certificate Authority - G2": (
        "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92"
    ),
}


def key_hash(certificate: x509.Certificate) -> str:
    digest = hashes.Hash(hashes.SHA256())
    key = certificate.public_key()
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()


# Starfield's serial number is zero, which is no longer done.
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_certificate_authorities_are_those_amazon_publishes() -> None:
    held = x509.load_pem_x509_certificates(ROOTS.read_bytes())

    names = re.findall(r"^# (.*)\n-----BEGIN", ROOTS.read_text(), re.MULTILINE)

    assert dict(zip(names, map(key_hash, held), strict=True)) == PUBLISHED
