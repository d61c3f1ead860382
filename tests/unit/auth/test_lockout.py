import pytest

from chat.auth.lockout import MAX_LOCKOUT_SECONDS, client_network, lockout_seconds


def test_the_first_guesses_are_free() -> None:
    assert [lockout_seconds(guesses) for guesses in range(5)] == [0] * 5


def test_from_then_on_each_wait_is_twice_the_one_before_up_to_the_longest() -> None:
    assert [lockout_seconds(guesses) for guesses in range(5, 12)] == [
        30,
        60,
        120,
        240,
        480,
        900,
        900,
    ]


@pytest.mark.parametrize("guesses", [10**3, 10**9])
def test_any_number_of_guesses_has_a_wait(guesses: int) -> None:
    assert lockout_seconds(guesses) == MAX_LOCKOUT_SECONDS


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("a guess", "unknown"),
    ],
)
def test_guesses_are_counted_for_what_one_customer_of_a_provider_has(
    address: str, network: str
) -> None:
    assert client_network(address) == network
