import unicodedata

import pytest
from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError

from chat.auth.passwords import LANES, MEMORY_KIB, PASSES, Passwords

PASSWORDS = Passwords()


@pytest.mark.parametrize("password", ["x", "correct horse battery staple", "😀" * 256, "\0", " "])
def test_password_matches_its_hash(password: str) -> None:
    hashed = PASSWORDS.hash(password)

    assert PASSWORDS.is_right(password, hashed)


def test_password_matches_in_any_unicode_normal_form() -> None:
    hashed = PASSWORDS.hash(unicodedata.normalize("NFC", "déjà vu"))

    assert PASSWORDS.is_right(unicodedata.normalize("NFD", "déjà vu"), hashed)


def test_lookalike_letters_are_different_passwords() -> None:
    assert not PASSWORDS.is_right("ＡＢＣ", PASSWORDS.hash("ABC"))  # noqa: RUF001 -- so it is meant


@pytest.mark.parametrize("guess", ["", "Secret", "secret ", "secre", "secret\0"])
def test_other_passwords_do_not_match(guess: str) -> None:
    hashed = PASSWORDS.hash("secret")

    assert not PASSWORDS.is_right(guess, hashed)


def test_hashes_of_the_same_password_differ() -> None:
    assert PASSWORDS.hash("secret") != PASSWORDS.hash("secret")


def cost(parameters: Parameters) -> tuple[Type, int, int, int]:
    return (
        parameters.type,
        parameters.memory_cost,
        parameters.time_cost,
        parameters.parallelism,
    )


def test_hash_uses_the_current_parameters() -> None:
    parameters = extract_parameters(PASSWORDS.hash("secret"))

    assert cost(parameters) == (Type.ID, MEMORY_KIB, PASSES, LANES)


def test_parameters_meet_the_owasp_minimum() -> None:
    assert (MEMORY_KIB, PASSES, LANES) >= (19_456, 2, 1)


@pytest.mark.parametrize("passwords", [PASSWORDS, Passwords(64, 3, 2)], ids=["OWASP's", "others"])
def test_verifying_for_an_unknown_user_takes_equal_work(passwords: Passwords) -> None:
    somebodys = extract_parameters(passwords.hash("secret"))

    assert extract_parameters(passwords.nobodys_hash) == somebodys


@pytest.mark.parametrize("guess", ["", "secret", "\0" * 32])
def test_unknown_user_matches_no_password(guess: str) -> None:
    assert not PASSWORDS.is_right(guess, PASSWORDS.nobodys_hash)


def test_current_hash_needs_no_renewal() -> None:
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


def test_malformed_hash_is_an_internal_error() -> None:
    with pytest.raises(InvalidHashError):
        PASSWORDS.is_right("secret", "plain text")
