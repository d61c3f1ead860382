import socket

import pytest

from chat.push.resolver import CACHE_SECONDS, Resolver

NOW = 1_795_371_554.0


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

    another_left = resolver.refused(bad)

    assert another_left
    assert [resolver.next(10.0).sockaddr[0] for _ in range(2)] == ["192.0.2.2"] * 2


def test_when_all_addresses_refused_they_are_looked_up_again(
    names: Names, resolver: Resolver
) -> None:
    names.addresses = ["192.0.2.1"]
    another_left = resolver.refused(resolver.next(10.0))

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
