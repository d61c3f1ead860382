import pytest

from chat.auth.tokens import Claims, SigningKeys, Tokens
from chat.protocol.errors import InvalidToken
from chat.protocol.ids import UserId, Username

ALICE = Claims(UserId("user-alice"), Username("alice"), generation=0, expires_at=9_999_999_000)
OLD, NEW = b"o" * 32, b"n" * 32


class Secret:
    """The deployment's secret, which a rotation changes under a running function."""

    def __init__(self) -> None:
        self.keys = SigningKeys("old", {"old": OLD})
        self.times_read = 0

    def read(self) -> SigningKeys:
        self.times_read += 1
        return self.keys

    def rotate(self) -> None:
        self.keys = SigningKeys("new", {"old": OLD, "new": NEW})


@pytest.fixture
def secret() -> Secret:
    return Secret()


def tokens(secret: Secret) -> Tokens:
    return Tokens(secret.read, "parley", "parley")


def test_token_from_before_a_rotation_is_valid(secret: Secret) -> None:
    running = tokens(secret)
    before = running.issue(ALICE, now_ms=0)
    secret.rotate()

    claims = tokens(secret).verify(before, now_ms=1_000)

    assert claims == ALICE


def test_token_of_a_new_key_is_valid_at_once(secret: Secret) -> None:
    running = tokens(secret)
    running.issue(ALICE, now_ms=0)
    secret.rotate()
    after = tokens(secret).issue(ALICE, now_ms=60_000)

    claims = running.verify(after, now_ms=60_000)

    assert claims == ALICE


def test_unknown_key_ids_do_not_cause_repeated_reads(secret: Secret) -> None:
    running = tokens(secret)
    stranger = Tokens(lambda: SigningKeys("x", {"x": NEW}), "parley", "parley")
    forged = stranger.issue(ALICE, now_ms=0)

    for _ in range(10):
        with pytest.raises(InvalidToken):
            running.verify(forged, now_ms=1_000)

    assert secret.times_read == 1


def test_removed_key_is_rejected_after_five_minutes(secret: Secret) -> None:
    running = tokens(secret)
    token = running.issue(ALICE, now_ms=0)
    secret.keys = SigningKeys("new", {"new": NEW})

    with pytest.raises(InvalidToken):
        running.verify(token, now_ms=5 * 60 * 1000)


def test_short_key_never_signs() -> None:
    weak = Tokens(lambda: SigningKeys("weak", {"weak": b"short"}), "parley", "parley")

    with pytest.raises(ValueError, match="32 bytes"):
        weak.issue(ALICE, now_ms=0)
