"""Push services know the deployment by a key, as RFC 8292 says."""

import jwt
import pytest

from chat.push.message_encryption import decode_base64url
from chat.push.vapid import TOKEN_SECONDS, Vapid, private_key_of, public_key_of
from testing.push_receiver import read_authorization

SECRET = b"s" * 64
NOW = 1_795_371_554
ORIGIN = "https://push.example.net"
SUBJECT = "mailto:chat@example.com"

# The example of RFC 8292, section 2.4.
EXAMPLE = (
    "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJl"
    "eHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HL"
    "GkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u6"
    "1m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
)


@pytest.fixture
def vapid() -> Vapid:
    return Vapid(private_key_of(SECRET), SUBJECT)


def test_reader_of_these_tests_accepts_the_standards_example() -> None:
    key, subject = read_authorization(EXAMPLE, ORIGIN, 1_453_523_768 - 3600)

    assert subject == "mailto:push@example.com"
    assert key.startswith("BA1Hxzyi")


def test_push_service_reads_key_and_subject(vapid: Vapid) -> None:
    header = vapid.authorization(ORIGIN, NOW)

    assert read_authorization(header, ORIGIN, NOW) == (vapid.public_key, SUBJECT)


def test_token_is_for_one_push_service(vapid: Vapid) -> None:
    header = vapid.authorization(ORIGIN, NOW)

    with pytest.raises(jwt.InvalidAudienceError):
        read_authorization(header, "https://push.example.org", NOW)


def test_token_is_used_again_until_shortly_before_it_expires(vapid: Vapid) -> None:
    first = vapid.authorization(ORIGIN, NOW)

    assert vapid.authorization(ORIGIN, NOW + TOKEN_SECONDS - 3600) == first
    later = vapid.authorization(ORIGIN, NOW + TOKEN_SECONDS - 3599)
    read_authorization(later, ORIGIN, NOW + TOKEN_SECONDS)


def test_key_is_the_same_for_the_same_secret_and_another_for_another() -> None:
    keys = [public_key_of(private_key_of(each)) for each in (SECRET, SECRET, b"t" * 64)]

    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_public_key_is_an_uncompressed_point(vapid: Vapid) -> None:
    raw = decode_base64url(vapid.public_key)

    assert (len(raw), raw[0]) == (65, 4)


def test_short_secret_is_rejected() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        private_key_of(b"s" * 31)
