from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.session import Session

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import Endpoint
from chat.push.signing import (
    Credentials,
    CredentialsMissing,
    SessionCredentials,
    Signature,
    SignedRequests,
    Signer,
    quote_id,
)

AT = 1_795_371_554.0  # 2026-11-22T18:19:14Z
A_DAY = 86_400
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
ENDPOINT = Endpoint.parse("https://abc123.execute-api.eu-west-1.amazonaws.com/prod")
ONE = ConnectionId("L0SM9cOFvHcCIhw=")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that finds no credentials but those it is given."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    return Session()


def test_the_sessions_credentials_are_used(session: Session) -> None:
    session.set_credentials("AKIDEXAMPLE", "secret", "token")

    credentials = SessionCredentials(session)()

    assert credentials == Credentials("AKIDEXAMPLE", "secret", "token")


def test_the_environment_is_looked_at_when_a_session_is_not_given(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del session
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    credentials = SessionCredentials()()

    assert credentials == Credentials("AKIDEXAMPLE", "secret", None)


def test_credentials_about_to_expire_are_refreshed(session: Session) -> None:
    fetched = iter(range(10))

    def fetch() -> dict[str, str]:
        expiry = datetime.now(UTC) + timedelta(seconds=1)
        return {
            "access_key": f"AKID{next(fetched)}",
            "secret_key": "secret",
            "token": "token",
            "expiry_time": expiry.isoformat(),
        }

    session._credentials = RefreshableCredentials.create_from_metadata(fetch(), fetch, "test")  # type: ignore[attr-defined]  # noqa: SLF001 -- a session takes only what never expires
    source = SessionCredentials(session)

    keys = [source().access_key for _ in range(2)]

    assert keys == ["AKID1", "AKID2"]


def test_no_credentials_are_an_error(session: Session) -> None:
    with pytest.raises(CredentialsMissing):
        SessionCredentials(session)()


def test_a_signature_never_changes() -> None:
    context = Signer("us-east-1").context(CREDENTIALS, AT)
    signature = Signature(context, "POST", "/prod/%40connections/", "gateway.test", b"hello")

    signed = signature.for_segment(b"L0SM9cOFvHcCIhw%253D")

    assert signed == "8117d3087c433188825f7e74e21b9d227fc635f9cc733390f9cf45b3b2ba62a6"


def test_the_signing_key_of_a_day_is_derived_once() -> None:
    signer = Signer("us-east-1")

    keys = [signer.context(CREDENTIALS, AT + seconds).key for seconds in (0, 60)]

    assert keys[0] is keys[1]


def test_another_day_has_another_signing_key() -> None:
    signer = Signer("us-east-1")
    today, tomorrow = signer.context(CREDENTIALS, AT), signer.context(CREDENTIALS, AT + A_DAY)

    assert (today.scope[:8], tomorrow.scope[:8]) == ("20261122", "20261123")
    assert tomorrow.key is not today.key


def test_other_credentials_have_another_signing_key() -> None:
    signer = Signer("us-east-1")
    before = signer.context(CREDENTIALS, AT)

    after = signer.context(Credentials("AKIDOTHER", "other"), AT)

    assert after.key is not before.key
    assert after.access_key == "AKIDOTHER"


def requests(token: str | None = None) -> SignedRequests:
    context = Signer("eu-west-1").context(Credentials("AKIDEXAMPLE", "secret", token), AT)
    return SignedRequests(ENDPOINT, context, "POST", b'{"type":"typing"}')


def test_a_request_carries_what_botocore_would_send_and_no_more() -> None:
    head, _, body = requests("a-token").to(ONE).decode().partition("\r\n\r\n")

    lines = head.split("\r\n")
    assert lines[:-1] == [
        "POST /prod/@connections/L0SM9cOFvHcCIhw%3D HTTP/1.1",
        "Host: abc123.execute-api.eu-west-1.amazonaws.com",
        "X-Amz-Date: 20261122T181914Z",
        "X-Amz-Security-Token: a-token",
        "Content-Length: 17",
    ]
    assert lines[-1].startswith(
        "Authorization: AWS4-HMAC-SHA256 "
        "Credential=AKIDEXAMPLE/20261122/eu-west-1/execute-api/aws4_request, "
        "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
    )
    assert body == '{"type":"typing"}'


def test_without_a_token_none_is_sent_or_signed() -> None:
    request = requests().to(ONE).decode()

    assert "Token" not in request
    assert "SignedHeaders=host;x-amz-date, " in request


@pytest.mark.parametrize(
    ("connection_id", "segment"),
    [
        ("L0SM9cOFvHcCIhw=", b"L0SM9cOFvHcCIhw%3D"),
        ("a-b_c==", b"a-b_c%3D%3D"),
        ("a=b", b"a%3Db"),
        ("a+b/c", b"a%2Bb%2Fc"),
        ("a b\r\nX: y", b"a%20b%0D%0AX%3A%20y"),
        ("ü~.", b"%C3%BC~."),
        ("\ud800", b"%ED%A0%80"),
    ],
)
def test_an_id_stays_one_segment_of_the_path(connection_id: str, segment: bytes) -> None:
    assert quote_id(connection_id) == segment
