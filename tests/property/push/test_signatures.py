import string
from datetime import UTC, datetime

from botocore.awsrequest import AWSRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import Endpoint
from chat.push.signing import Credentials, SignedRequests, Signer
from tests.integration.push.botocore_signature import authorization

_PRINTABLE = string.ascii_letters + string.digits + "+/=-_."
# A path segment of dots alone may be removed on the way.
_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: text.strip(".")
)
connection_ids = st.builds(
    lambda stem, padding: ConnectionId(stem + padding),
    st.text(string.ascii_letters + string.digits + "-_+/", min_size=1, max_size=24),
    st.sampled_from(["", "=", "=="]),
) | _text.map(ConnectionId)
credentials = st.builds(
    Credentials,
    access_key=st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=20),
    secret_key=st.text(_PRINTABLE, min_size=1, max_size=80),
    token=st.none() | st.text(_PRINTABLE, min_size=1, max_size=2_000),
)
stages = st.sampled_from(["", "/prod", "/$default", "/a_b-c", "/two/parts"])
hosts = st.sampled_from(["abc.execute-api.eu-west-1.amazonaws.com", "127.0.0.1:8081", "[::1]:80"])
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- Hypothesis wants its bounds without a zone
regions = st.sampled_from(["us-east-1", "eu-west-1", "ap-southeast-2"])


@settings(max_examples=2_000, deadline=None)
@given(
    connection_id=connection_ids,
    credentials=credentials,
    origin=st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), hosts, stages),
    moment=moments,
    region=regions,
    method=st.sampled_from(["POST", "DELETE"]),
    body=st.binary(max_size=2_000),
)
def test_every_request_is_signed_as_botocore_signs_it(  # noqa: PLR0913 -- all that a signature depends on
    *,
    connection_id: ConnectionId,
    credentials: Credentials,
    origin: str,
    moment: datetime,
    region: str,
    method: str,
    body: bytes,
) -> None:
    context = Signer(region).context(credentials, moment.timestamp())

    request = SignedRequests(Endpoint.parse(origin), context, method, body).to(connection_id)

    head, _, sent_body = request.partition(b"\r\n\r\n")
    first_line, *fields = head.decode().split("\r\n")
    headers = dict(field.split(": ", 1) for field in fields)
    path = first_line.split(" ")[1]
    scheme = origin.partition("://")[0]
    again = AWSRequest(method, f"{scheme}://{headers['Host']}{path}", data=sent_body)
    for name in ("X-Amz-Date", "X-Amz-Security-Token"):
        if name in headers:
            again.headers[name] = headers[name]
    assert headers["Authorization"] == authorization(again, credentials, region)
    assert sent_body == body
