import pytest

from tests.world.people import Person
from tests.world.sockets import Frame
from tests.world.world import PASSWORD_OF_ALL, World

WRONG = "not the password"
HOME = "192.0.2.1"
ELSEWHERE = "198.51.100.7"


def guess(
    world: World, username: str = "alice", password: str = WRONG, address: str = HOME
) -> Frame:
    """Guess on a fresh connection, as guessers do."""
    data = {"username": username, "password": password}
    reply = world.send(world.connect(address), {"type": "authenticate", "data": data})
    assert reply is not None
    return reply


@pytest.fixture
def five_wrong_guesses(world: World, alice: Person) -> None:
    assert alice
    codes = {guess(world)["code"] for _ in range(5)}
    assert codes == {"invalid_credentials"}


@pytest.mark.usefixtures("five_wrong_guesses")
def test_the_sixth_guess_has_to_wait(world: World) -> None:
    refused = guess(world)

    assert (refused["type"], refused["code"]) == ("auth_error", "too_many_attempts")
    assert refused["data"] == {"retry_after_seconds": 60}


@pytest.mark.usefixtures("five_wrong_guesses")
def test_the_wait_grows_with_every_further_guess(world: World) -> None:
    waits = [guess(world)["data"]["retry_after_seconds"] for _ in range(4)]

    assert waits == [60, 120, 240, 480]


@pytest.mark.usefixtures("five_wrong_guesses")
def test_while_one_has_to_wait_even_the_right_password_is_not_looked_at(world: World) -> None:
    assert guess(world, password=PASSWORD_OF_ALL)["code"] == "too_many_attempts"


@pytest.mark.usefixtures("five_wrong_guesses")
def test_after_the_wait_the_right_password_is_let_in(world: World) -> None:
    world.passes(seconds=30)

    assert guess(world, password=PASSWORD_OF_ALL)["type"] == "auth_success"


@pytest.mark.usefixtures("five_wrong_guesses")
def test_nobody_is_locked_out_by_guesses_from_elsewhere(world: World) -> None:
    reply = guess(world, password=PASSWORD_OF_ALL, address=ELSEWHERE)

    assert reply["type"] == "auth_success"


@pytest.mark.usefixtures("five_wrong_guesses")
def test_another_user_at_the_same_address_is_not_affected(world: World, bob: Person) -> None:
    reply = guess(world, username=bob.user.username, password=PASSWORD_OF_ALL)

    assert reply["type"] == "auth_success"


def test_live_connections_and_tokens_of_the_user_are_not_affected(
    world: World, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob)
    for _ in range(8):
        guess(world)

    hers.says("Still here", to=conversation)

    again = {"type": "authenticate", "data": {"token": hers.token}}
    reply = world.send(world.connect(HOME), again)
    assert reply is not None
    assert reply["type"] == "auth_success"


def test_nobody_waits_as_somebody_does(world: World) -> None:
    codes = [guess(world, username="nobody")["code"] for _ in range(6)]

    assert codes == ["invalid_credentials"] * 5 + ["too_many_attempts"]


def test_being_right_forgets_what_was_wrong(world: World, alice: Person) -> None:
    assert alice
    for _ in range(4):
        guess(world)
    guess(world, password=PASSWORD_OF_ALL)

    codes = {guess(world)["code"] for _ in range(5)}

    assert codes == {"invalid_credentials"}


@pytest.mark.usefixtures("five_wrong_guesses")
def test_after_a_day_without_guesses_everything_is_forgotten(world: World) -> None:
    world.passes(seconds=24 * 60 * 60)

    assert guess(world)["code"] == "invalid_credentials"


def test_guesses_at_one_user_from_everywhere_have_a_ceiling(world: World, alice: Person) -> None:
    assert alice
    world.chat = world.with_limits(guesses_of_user_per_hour=3)
    for number in range(3):
        guess(world, address=f"203.0.113.{number}")

    refused = guess(world, address=ELSEWHERE)

    assert refused["code"] == "too_many_attempts"
    assert 0 < refused["data"]["retry_after_seconds"] <= 3600


def test_guesses_of_one_network_at_everybody_have_a_ceiling(world: World) -> None:
    world.chat = world.with_limits(guesses_of_network_per_hour=3)
    for number in range(3):
        guess(world, username=f"user{number}")

    refused = guess(world, username="user4")

    assert refused["code"] == "too_many_attempts"


def test_right_passwords_use_up_no_ceiling(world: World, alice: Person) -> None:
    assert alice
    world.chat = world.with_limits(guesses_of_user_per_hour=1, guesses_of_network_per_hour=1)

    replies = [guess(world, password=PASSWORD_OF_ALL)["type"] for _ in range(3)]

    assert replies == ["auth_success"] * 3


def test_three_failures_on_one_connection_bring_its_deadline_forward(world: World) -> None:
    connection_id = world.connect()
    world.waiting.deadlines.clear()
    data = {"username": "nobody", "password": "wrong"}

    for _ in range(3):
        world.send(connection_id, {"type": "authenticate", "data": data})

    assert world.waiting.deadlines == [(connection_id, 1)]


def test_one_connection_authenticates_only_so_often(world: World, alice: Person) -> None:
    hers = alice.arrives()
    world.chat = world.with_limits(authentications_per_minute=1)

    refused = hers.sends("authenticate", data={"token": hers.token})

    assert (refused["type"], refused["code"]) == ("auth_error", "too_many_attempts")
