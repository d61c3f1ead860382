import pytest

from tests.world.world import World

ALLOWED = "https://chat.example.com"


def test_without_a_list_every_origin_may_connect(world: World) -> None:
    assert world.connect(origin="https://anywhere.example.com")


def test_a_listed_origin_may_connect(world: World) -> None:
    world.chat = world.with_limits(allowed_origins=frozenset({ALLOWED}))

    assert world.connect(origin=ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        "https://chat.example.com.evil.example",
        "https://evil.example",
        "http://chat.example.com",
        "https://chat.example.com:8443",
        "https://CHAT.example.com",
        "null",
        "",
    ],
)
def test_an_origin_that_is_not_exactly_listed_is_refused(world: World, origin: str) -> None:
    world.chat = world.with_limits(allowed_origins=frozenset({ALLOWED}))

    with pytest.raises(ConnectionRefusedError, match="403"):
        world.connect(origin=origin)


def test_a_client_that_is_no_browser_has_no_origin_and_may_connect(world: World) -> None:
    world.chat = world.with_limits(allowed_origins=frozenset({ALLOWED}))

    assert world.connect(origin=None)
