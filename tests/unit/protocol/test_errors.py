import inspect

import pytest

from chat.protocol import errors
from chat.protocol.encoding import error_frame
from chat.protocol.errors import (
    AlreadyAuthenticated,
    AuthRefusal,
    AuthTimeout,
    BadRequest,
    ErrorCode,
    InvalidCredentials,
    InvalidToken,
    NotAMember,
    NotAuthenticated,
    ProtocolError,
    RateLimited,
    TokenExpired,
    TooLarge,
    TooManyAttempts,
)
from chat.protocol.server_frames import AuthError, Error

OF_ERROR = {
    "bad_request",
    "unknown_type",
    "too_large",
    "not_authenticated",
    "auth_expired",
    "auth_timeout",
    "not_a_member",
    "forbidden",
    "muted",
    "rate_limited",
    "conflict",
    "refused",
    "internal",
}
OF_AUTH_ERROR = {
    "invalid_credentials",
    "invalid_token",
    "token_expired",
    "too_many_attempts",
    "already_authenticated",
    "bad_request",
}


def all_errors() -> dict[str, type[ProtocolError]]:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    return {k.code: k for k in kinds if issubclass(k, ProtocolError) and hasattr(k, "code")}


def test_the_codes_are_those_of_the_protocol() -> None:
    assert {code.value for code in ErrorCode} == OF_ERROR | OF_AUTH_ERROR


def test_every_code_but_internal_has_one_protocol_error() -> None:
    assert all_errors().keys() == set(ErrorCode) - {ErrorCode.INTERNAL}


def test_auth_error_has_the_codes_of_failed_authentication() -> None:
    told_so = {code for code, kind in all_errors().items() if issubclass(kind, AuthRefusal)}

    assert told_so | {"bad_request"} == OF_AUTH_ERROR


@pytest.mark.parametrize(
    "refusal",
    [
        InvalidCredentials(),
        InvalidToken(),
        TokenExpired(),
        AlreadyAuthenticated(),
        TooManyAttempts(3),
    ],
    ids=lambda each: each.code,
)
@pytest.mark.parametrize("authenticating", [True, False])
def test_failed_authentication_is_encoded_as_auth_error(
    refusal: ProtocolError, *, authenticating: bool
) -> None:
    frame = error_frame(refusal, authenticating=authenticating)

    assert isinstance(frame, AuthError)
    assert frame.code == refusal.code


def test_bad_request_is_encoded_by_what_was_requested() -> None:
    refusal = BadRequest("The username is missing.", "data.username")

    told = error_frame(refusal, authenticating=True), error_frame(refusal)

    assert [type(frame) for frame in told] == [AuthError, Error]
    assert [frame.data for frame in told] == [{"field": "data.username"}] * 2


@pytest.mark.parametrize("refusal", [AuthTimeout(), TooLarge("Too much.", 5), NotAuthenticated()])
def test_other_rejections_are_encoded_as_error(refusal: ProtocolError) -> None:
    frame = error_frame(refusal, authenticating=True)

    assert isinstance(frame, Error)


@pytest.mark.parametrize("kind", [RateLimited, TooManyAttempts])
def test_rate_limit_error_carries_the_wait(kind: type[RateLimited | TooManyAttempts]) -> None:
    refusal = kind(retry_after_seconds=7)

    assert refusal.data == {"retry_after_seconds": 7}
    assert "7 s" in refusal.message


def test_error_without_details_has_no_data() -> None:
    frame = error_frame(NotAMember())

    assert frame.data is None


@pytest.mark.parametrize("kind", all_errors().values(), ids=all_errors().keys())
def test_every_error_has_a_message(kind: type[ProtocolError]) -> None:
    takes_more = set(inspect.signature(kind.__init__).parameters) - {"self", "message"}

    assert takes_more or kind.message or kind is errors.Conflict
