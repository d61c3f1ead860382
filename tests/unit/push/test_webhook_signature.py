"""Signatures are those of Standard Webhooks."""

import hmac
from base64 import b64encode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from chat.push.webhook_signature import key_of, shown_secret, sign

# The vector of the libraries of Standard Webhooks:
# https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, TIMESTAMP, PAYLOAD = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_signature_equals_the_test_vector_of_standard_webhooks() -> None:
    assert sign([key_of(SECRET)], MESSAGE, TIMESTAMP, PAYLOAD) == SIGNATURE


def test_secret_is_read_with_and_without_its_prefix() -> None:
    assert key_of(SECRET) == key_of(SECRET.removeprefix("whsec_"))
    assert shown_secret(key_of(SECRET)) == SECRET


def test_each_key_signs_while_the_secret_is_being_changed() -> None:
    signatures = sign([b"new" * 8, key_of(SECRET)], MESSAGE, TIMESTAMP, PAYLOAD)

    first, second = signatures.split(" ")
    assert second == SIGNATURE
    assert first == sign([b"new" * 8], MESSAGE, TIMESTAMP, PAYLOAD) != SIGNATURE


@given(
    st.binary(min_size=24, max_size=64),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(0, 2**40),
    st.binary(),
)
def test_id_time_and_body_are_signed_with_a_dot_between_them(
    key: bytes, webhook_id: str, timestamp: int, body: bytes
) -> None:
    text = f"{webhook_id}.{timestamp}.".encode()

    expected = b64encode(hmac.digest(key, text + body, sha256)).decode()

    assert sign([key], webhook_id, timestamp, body) == f"v1,{expected}"
