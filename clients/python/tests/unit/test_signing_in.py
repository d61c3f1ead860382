"""The user stays signed in over every connection, or the chat ends and says why."""

import pytest

from clients.python.tests.support.owner import SESSION_SECONDS, Owner
from parley_client.engine.sign_in import Credentials
from parley_client.errors import ParleyError

BY_TOKEN = Credentials(token="given")
BY_PROVIDER = Credentials(has_provider=True)


def presented(owner: Owner) -> dict[str, str]:
    """Return the credentials that were presented last."""
    data: dict[str, str] = owner.sent("authenticate")[-1]["data"]
    return {name: each for name, each in data.items() if name != "accepts"}


def opening(credentials: Credentials | None = None) -> Owner:
    owner = Owner(credentials)
    owner.engine.start()
    owner.opens()
    return owner


def test_password_is_presented_first_and_the_sessions_token_after_it() -> None:
    owner = Owner()

    owner.comes_online()
    first = presented(owner)
    owner.loses_connection()
    owner.comes_online()

    assert first == {"username": "alice", "password": "alice's password"}
    assert presented(owner) == {"token": "token-1"}


def test_each_token_is_given_away() -> None:
    owner = Owner()

    owner.comes_online()
    owner.loses_connection()
    owner.comes_online()

    assert [each.token for each in owner.identities] == ["token-1", "token-2"]
    assert owner.identities[0].user.username == "alice"


def test_password_is_presented_again_if_the_token_is_refused() -> None:
    owner = Owner()
    owner.comes_online()
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()

    owner.refuses(owner.sent("authenticate")[-1], "token_expired")

    assert "password" in presented(owner)


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (None, "invalid_credentials"),
        (None, "too_many_attempts"),
        (None, "conflict"),
        (BY_TOKEN, "invalid_token"),
    ],
)
def test_user_who_is_refused_at_first_is_told_why(
    credentials: Credentials | None, code: str
) -> None:
    owner = opening(credentials)

    owner.refuses(owner.sent("authenticate")[-1], code)

    assert owner.states[-1] == ("closed", code)


@pytest.mark.parametrize("code", ["internal", "rate_limited"])
def test_service_that_fails_is_asked_again_on_another_connection(code: str) -> None:
    owner = opening()

    owner.refuses(owner.sent("authenticate")[-1], code)
    owner.comes_online()

    assert owner.engine.state == "online"


def test_service_that_does_not_answer_is_asked_again_on_another_connection() -> None:
    owner = opening()

    owner.passes(15.0)
    owner.comes_online()

    assert owner.engine.state == "online"


def test_user_with_too_many_connections_waits_for_another_to_end() -> None:
    owner = Owner()
    owner.comes_online()
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()

    owner.refuses(owner.sent("authenticate")[-1], "conflict")
    owner.comes_online()

    assert owner.engine.state == "online"


def test_lockout_is_waited_for_once_the_user_was_signed_in() -> None:
    owner = Owner()
    owner.comes_online()
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()
    owner.refuses(owner.sent("authenticate")[-1], "token_expired")

    owner.refuses(owner.sent("authenticate")[-1], "too_many_attempts", {"retry_after_seconds": 60})
    owner.passes(60.0)
    owner.signs_in()

    assert owner.engine.state == "online"


def test_provider_is_asked_first_and_when_the_token_is_refused() -> None:
    owner = opening(BY_PROVIDER)
    owner.engine.token_came(owner.asked_tokens()[-1], "provided")
    first = presented(owner)
    owner.signs_in()
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()
    second = presented(owner)
    owner.refuses(owner.sent("authenticate")[-1], "token_expired")
    owner.engine.token_came(owner.asked_tokens()[-1], "provided again")

    assert (first, second) == ({"token": "provided"}, {"token": "token-1"})
    assert presented(owner) == {"token": "provided again"}


def test_refused_token_of_the_provider_ends_the_chat() -> None:
    owner = opening(BY_PROVIDER)
    owner.engine.token_came(owner.asked_tokens()[-1], "provided")

    owner.refuses(owner.sent("authenticate")[-1], "invalid_token")

    assert owner.states[-1] == ("closed", "invalid_token")
    assert len(owner.asked_tokens()) == 1


def test_provider_without_a_token_ends_the_chat() -> None:
    owner = opening(BY_PROVIDER)

    owner.engine.token_came(owner.asked_tokens()[-1], None)

    assert owner.states[-1] == ("closed", "signed_out")


def test_failure_of_the_provider_ends_the_chat_only_at_first() -> None:
    failed = ParleyError("token_failed", "It failed.")
    first = opening(BY_PROVIDER)
    first.engine.token_failed(first.asked_tokens()[-1], failed)
    owner = opening(BY_PROVIDER)
    owner.engine.token_came(owner.asked_tokens()[-1], "provided")
    owner.signs_in()
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()
    owner.refuses(owner.sent("authenticate")[-1], "token_expired")

    owner.engine.token_failed(owner.asked_tokens()[-1], failed)

    assert first.states[-1] == ("closed", "token_failed")
    assert owner.states[-1] == ("offline", "token_failed")


def test_slow_provider_is_not_waited_for_longer_than_its_deadline() -> None:
    owner = opening(BY_PROVIDER)
    asking = owner.asked_tokens()[-1]

    owner.passes(30.0)
    owner.engine.token_came(asking, "too late")

    assert owner.states[-1] == ("closed", "timeout")
    assert owner.sent("authenticate") == []


def test_token_for_a_lost_connection_is_not_presented() -> None:
    owner = opening(BY_PROVIDER)
    asking = owner.asked_tokens()[-1]

    owner.loses_connection()
    owner.engine.token_came(asking, "too late")

    assert owner.sent("authenticate") == []


def test_session_is_renewed_before_it_ends_without_a_pause() -> None:
    owner = Owner()
    owner.comes_online()

    owner.passes(SESSION_SECONDS / 2 + 1)
    renewal = presented(owner)
    owner.sends("meanwhile")
    meanwhile = owner.sent("chat_message")
    owner.signs_in()

    assert renewal == {"token": "token-1"}
    assert len(meanwhile) == 1
    assert owner.identities[-1].token == "token-2"
    assert owner.states == [("connecting", None), ("online", None)]


def test_renewal_that_fails_is_repeated() -> None:
    owner = Owner()
    owner.comes_online()
    owner.passes(SESSION_SECONDS / 2 + 1)

    owner.refuses(owner.sent("authenticate")[-1], "internal")
    owner.passes(61.0)
    owner.signs_in()

    assert owner.identities[-1].token == "token-2"


def test_session_that_ended_is_renewed_on_the_same_connection_and_the_request_repeated() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello")

    owner.refuses(owner.sent("chat_message")[-1], "auth_expired")
    assert presented(owner) == {"token": "token-1"}
    owner.signs_in()
    owner.passes(2.0)

    assert len(owner.sent("chat_message")) == 2
    assert waiting.outcomes == []
    assert owner.closed() == []


def test_wrong_wall_clock_does_not_renew_all_the_time() -> None:
    owner = Owner()
    owner.engine.start()
    owner.opens()
    owner.answers(
        owner.sent("authenticate")[-1], "auth_success", owner.session(seconds=-SESSION_SECONDS)
    )

    owner.passes(300.0)

    assert len(owner.sent("authenticate")) == 1


def test_token_of_another_user_ends_the_chat() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("of alice")
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()

    owner.signs_in("bob")

    assert waiting.code == "another_user"
    assert owner.sent("chat_message") == []


def test_user_who_was_signed_out_elsewhere_sends_nothing_more() -> None:
    owner = Owner()
    owner.comes_online()
    waiting, following = owner.sends("hello"), owner.follows()

    owner.comes({"type": "signed_out", "data": {"reason": "sign_out"}})
    later = owner.sends("later")

    assert (waiting.code, later.code) == ("signed_out", "signed_out")
    assert following.stream.error is not None
    assert following.stream.error.code == "signed_out"
    assert owner.closed() == [owner.connection]
    assert owner.engine.next_at is None


def test_user_who_signs_out_gets_an_answer() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.calls("sign_out")

    owner.answers(owner.sent("sign_out")[-1], "signed_out", {"reason": "sign_out"})

    assert waiting.code is None
    assert owner.engine.state == "closed"


def test_session_that_ends_before_its_sign_out_is_answered_is_not_renewed() -> None:
    owner = Owner()
    owner.comes_online()
    late, waiting = owner.sends("hello"), owner.calls("sign_out")

    owner.refuses(owner.sent("chat_message")[-1], "not_authenticated")
    presented_again = len(owner.sent("authenticate")) - 1
    owner.answers(owner.sent("sign_out")[-1], "signed_out", {"reason": "sign_out"})

    assert presented_again == 0
    assert waiting.code is None
    assert late.code == "signed_out"


def test_answer_that_makes_no_sense_is_asked_for_again() -> None:
    owner = opening()

    owner.answers(owner.sent("authenticate")[-1], "auth_success", {"token": "alone"})

    assert owner.states[-1] == ("offline", "internal")


def test_secrets_are_in_no_representation() -> None:
    owner = Owner()
    owner.comes_online()

    for secret in (Credentials("secret", False, "bob", "secret"), *owner.effects):  # noqa: FBT003
        assert "secret" not in repr(secret)
        assert "password" not in repr(secret).replace("password=None", "")
    assert "token-1" not in repr(owner.identities[0])
