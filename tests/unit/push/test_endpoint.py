import ssl

import pytest

from chat.push.endpoint import Endpoint, default_tls


def test_the_endpoint_of_a_stage_is_taken_apart() -> None:
    endpoint = Endpoint.parse("https://abc123.execute-api.eu-west-1.amazonaws.com/prod/")

    assert endpoint == Endpoint(
        host="abc123.execute-api.eu-west-1.amazonaws.com",
        port=443,
        tls=True,
        authority="abc123.execute-api.eu-west-1.amazonaws.com",
        path_prefix="/prod/@connections/",
        canonical_prefix="/prod/%40connections/",
    )


@pytest.mark.parametrize(
    ("url", "host", "port", "authority"),
    [
        ("http://127.0.0.1:8081", "127.0.0.1", 8081, "127.0.0.1:8081"),
        ("http://LocalHost:80/", "localhost", 80, "localhost"),
        ("https://[::1]:8443/x", "::1", 8443, "[::1]:8443"),
    ],
)
def test_a_port_is_named_to_the_server_unless_the_scheme_implies_it(
    url: str, host: str, port: int, authority: str
) -> None:
    endpoint = Endpoint.parse(url)

    assert (endpoint.host, endpoint.port, endpoint.authority) == (host, port, authority)


@pytest.mark.parametrize(
    "url", ["", "abc.example", "wss://abc.example/prod", "https:///prod", "https://abc.example/?x"]
)
def test_what_is_no_endpoint_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a management endpoint"):
        Endpoint.parse(url)


def test_certificates_and_names_are_verified() -> None:
    context = default_tls()

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
