import unicodedata

import pytest
from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError

from chat.auth.passwords import LANES, MEMORY_KIB, PASSES, Passwords

PASSWORDS = Passwords()


@pytest.mark.parametrize("password", ["x", "correct horse battery staple", "😀" * 256, "\0", " "])
def test_a_password_is_that_of_its_hash(password: str) -> None:
    hashed = PASSWORDS.hash(password)

    assert PASSWORDS.is_right(password, hashed)


def test_a_password_is_itself_however_a_keyboard_composes_it() -> None:
    hashed = PASSWORDS.hash(unicodedata.normalize("NFC", "déjà vu"))

    assert PASSWORDS.is_right(unicodedata.normalize("NFD", "déjà vu"), hashed)


def test_letters_that_only_look_alike_are_different_ones() -> None:
    assert not PASSWORDS.is_right("ＡＢＣ", PASSWORDS.hash("ABC"))  # noqa: RUF001 -- so it is meant


@pytest.mark.parametrize("guess", ["", "Secret", "secret ", "secre", "secret\0"])
def test_nothing_else_is_that_of_its_hash(guess: str) -> None:
    hashed = PASSWORDS.hash("secret")

    assert not PASSWORDS.is_right(guess, hashed)


def test_the_same_password_has_another_hash_each_time() -> None:
    assert PASSWORDS.hash("secret") != PASSWORDS.hash("secret")


def cost(parameters: Parameters) -> tuple[Type, int, int, int]:
    return (
        parameters.type,
        parameters.memory_cost,
        parameters.time_cost,
        parameters.parallelism,
    )


def test_a_hash_has_todays_parameters() -> None:
    parameters = extract_parameters(PASSWORDS.hash("secret"))

    assert cost(parameters) == (Type.ID, MEMORY_KIB, PASSES, LANES)


def test_the_parameters_are_at_least_owasps() -> None:
    assert (MEMORY_KIB, PASSES, LANES) >= (19_456, 2, 1)


@pytest.mark.parametrize("passwords", [PASSWORDS, Passwords(64, 3, 2)], ids=["OWASP's", "others"])
def test_a_guess_at_nobody_costs_what_a_guess_at_somebody_costs(passwords: Passwords) -> None:
    somebodys = extract_parameters(passwords.hash("secret"))

    assert extract_parameters(passwords.nobodys_hash) == somebodys


@pytest.mark.parametrize("guess", ["", "secret", "\0" * 32])
def test_nobody_has_no_password(guess: str) -> None:
    assert not PASSWORDS.is_right(guess, PASSWORDS.nobodys_hash)


def test_a_hash_of_today_needs_no_renewal() -> None:
    assert not PASSWORDS.needs_renewal(PASSWORDS.hash("secret"))
    assert not PASSWORDS.needs_renewal(PASSWORDS.nobodys_hash)


@pytest.mark.parametrize(
    "older",
    [
        PasswordHasher(time_cost=1, memory_cost=MEMORY_KIB, parallelism=1),
        PasswordHasher(time_cost=PASSES, memory_cost=1024, parallelism=1),
        PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=2),
        PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1, type=Type.I),
    ],
    ids=["passes", "memory", "lanes", "type"],
)
def test_a_hash_of_other_parameters_needs_renewal_and_still_verifies(
    older: PasswordHasher,
) -> None:
    hashed = older.hash("secret")

    assert PASSWORDS.needs_renewal(hashed)
    assert PASSWORDS.is_right("secret", hashed)


def test_what_is_no_hash_is_a_fault_and_no_wrong_password() -> None:
    with pytest.raises(InvalidHashError):
        PASSWORDS.is_right("secret", "plain text")
