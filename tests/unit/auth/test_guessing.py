import pytest

from chat.auth.guessing import network_of, wait_seconds


def test_the_first_guesses_cost_no_waiting() -> None:
    assert [wait_seconds(guesses) for guesses in range(5)] == [0, 0, 0, 0, 0]


def test_every_further_guess_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_seconds(guesses) for guesses in range(5, 13)]

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_wait_stays_a_wait_however_often_somebody_guesses() -> None:
    assert wait_seconds(1_000_000) == 900


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("gateway", "unknown"),
    ],
)
def test_guesses_are_counted_for_what_one_customer_has(address: str, network: str) -> None:
    assert network_of(address) == network
