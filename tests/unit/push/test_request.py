import pytest

from chat.protocol.ids import ConnectionId
from chat.push.credentials import Credentials
from chat.push.endpoint import Endpoint
from chat.push.request import SignedRequests, quoted
from chat.push.sigv4 import Signer

AT = 1_795_371_554.0  # 2026-11-22T18:19:14Z
ENDPOINT = Endpoint.parse("https://abc123.execute-api.eu-west-1.amazonaws.com/prod")
ONE = ConnectionId("L0SM9cOFvHcCIhw=")


def requests(token: str | None = None) -> SignedRequests:
    stamp = Signer("eu-west-1").stamp(Credentials("AKIDEXAMPLE", "secret", token), AT)
    return SignedRequests(ENDPOINT, stamp, "POST", b'{"type":"typing"}')


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
    assert quoted(connection_id) == segment
