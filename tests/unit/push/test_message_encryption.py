"""Messages are encrypted as RFC 8291 says, whose example is tried (section 5, appendix A)."""

from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chat.push.message_encryption import (
    MAX_MESSAGE_BYTES,
    RECORD_BYTES,
    UnusableKeys,
    decode_base64url,
    encrypt,
)
from testing.push_receiver import Receiver

RECEIVER_PUBLIC = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
RECEIVER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = b"When I grow up, I want to be a watermelon"
ENCRYPTED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode_base64url(text)), ec.SECP256R1())


def test_message_is_encrypted_as_in_the_standards_example() -> None:
    encrypted = encrypt(
        MESSAGE,
        RECEIVER_PUBLIC,
        AUTH,
        private_key=private_key(SENDER_PRIVATE),
        salt=decode_base64url(SALT),
    )

    assert urlsafe_b64encode(encrypted).decode() == ENCRYPTED


def test_receiver_of_the_standards_example_reads_it() -> None:
    receiver = Receiver(private_key(RECEIVER_PRIVATE), decode_base64url(AUTH))

    assert receiver.public_key == RECEIVER_PUBLIC
    assert receiver.decrypt(decode_base64url(ENCRYPTED)) == MESSAGE


@pytest.mark.parametrize("length", [0, 1, 3072, MAX_MESSAGE_BYTES])
def test_receiver_reads_what_was_sent(length: int) -> None:
    receiver = Receiver.new()

    encrypted = encrypt(b"x" * length, receiver.public_key, receiver.auth)

    assert receiver.decrypt(encrypted) == b"x" * length
    assert len(encrypted) <= RECORD_BYTES


def test_same_message_is_never_encrypted_alike() -> None:
    receiver = Receiver.new()

    first, second = (encrypt(MESSAGE, receiver.public_key, receiver.auth) for _ in range(2))

    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


@pytest.mark.parametrize("key", ["B" + "A" * 86, "", RECEIVER_PUBLIC[:-4]])
def test_key_that_is_no_point_of_the_curve_is_rejected(key: str) -> None:
    with pytest.raises(UnusableKeys):
        encrypt(MESSAGE, key, AUTH)
