import pytest

from chat.auth.lockout import MAX_LOCKOUT_SECONDS, client_network, lockout_seconds


def test_first_failures_cause_no_lockout() -> None:
    assert [lockout_seconds(guesses) for guesses in range(5)] == [0] * 5


def test_lockout_doubles_up_to_a_maximum() -> None:
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
def test_lockout_is_defined_for_any_number_of_failures(guesses: int) -> None:
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
def test_network_is_the_prefix_of_one_customer(address: str, network: str) -> None:
    assert client_network(address) == network
