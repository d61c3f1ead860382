import socket
import ssl

import pytest

from chat.push.endpoint import CACHE_SECONDS, Endpoint, Resolver, default_tls

NOW = 1_795_371_554.0


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


class Names:
    """Stands in for DNS, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.addresses: list[str] | None = []

    def getaddrinfo(self, host: str, port: int, *, type: int, flags: int) -> object:  # noqa: A002 -- as socket has it
        if flags == socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is a name")
        self.asked += 1
        if self.addresses is None:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return [(socket.AF_INET, type, 6, "", (ip, port)) for ip in self.addresses]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    return names


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def resolver(clock: Clock) -> Resolver:
    return Resolver("gateway.test", 443, wall_clock=clock)


def test_sockets_are_spread_over_all_addresses(names: Names, resolver: Resolver) -> None:
    names.addresses = ["192.0.2.1", "192.0.2.2"]

    given = [resolver.next(10.0).sockaddr[0] for _ in range(4)]

    assert given == ["192.0.2.1", "192.0.2.2"] * 2


def test_an_address_is_remembered_for_a_while(
    names: Names, resolver: Resolver, clock: Clock
) -> None:
    names.addresses = ["192.0.2.1"]
    resolver.next(10.0)
    clock.now += CACHE_SECONDS - 1

    resolver.next(10.0)

    assert names.asked == 1


def test_an_address_is_looked_up_again_after_a_while(
    names: Names, resolver: Resolver, clock: Clock
) -> None:
    names.addresses = ["192.0.2.1"]
    resolver.next(10.0)
    names.addresses = ["192.0.2.9"]
    clock.now += CACHE_SECONDS

    address = resolver.next(10.0)

    assert address.sockaddr == ("192.0.2.9", 443)


def test_an_old_address_is_better_than_none(names: Names, resolver: Resolver, clock: Clock) -> None:
    names.addresses = ["192.0.2.1"]
    resolver.next(10.0)
    names.addresses = None
    clock.now += 3_600

    address = resolver.next(10.0)

    assert address.sockaddr == ("192.0.2.1", 443)


def test_a_name_that_does_not_resolve_is_an_error(names: Names, resolver: Resolver) -> None:
    names.addresses = None

    with pytest.raises(socket.gaierror):
        resolver.next(10.0)


def test_a_name_without_addresses_is_an_error(names: Names, resolver: Resolver) -> None:
    names.addresses = []

    with pytest.raises(OSError, match=r"gateway\.test"):
        resolver.next(10.0)


def test_an_address_that_refused_is_put_aside_while_another_is_left(
    names: Names, resolver: Resolver
) -> None:
    names.addresses = ["192.0.2.1", "192.0.2.2"]
    bad = resolver.next(10.0)

    another_left = resolver.discard(bad)

    assert another_left
    assert [resolver.next(10.0).sockaddr[0] for _ in range(2)] == ["192.0.2.2"] * 2


def test_when_all_addresses_refused_they_are_looked_up_again(
    names: Names, resolver: Resolver
) -> None:
    names.addresses = ["192.0.2.1"]
    another_left = resolver.discard(resolver.next(10.0))

    resolver.next(10.0)

    assert not another_left
    assert names.asked == 2


def test_an_address_for_a_host_is_not_asked_for(clock: Clock) -> None:
    resolver = Resolver("127.0.0.1", 8081, wall_clock=clock)

    address = resolver.next(10.0)

    assert address == (socket.AF_INET, ("127.0.0.1", 8081))


def test_a_host_that_cannot_be_a_name_is_an_error(clock: Clock) -> None:
    resolver = Resolver("a" * 64 + ".test", 443, wall_clock=clock)

    with pytest.raises(OSError, match="not a host name"):
        resolver.next(10.0)
