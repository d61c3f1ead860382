import unicodedata
from pathlib import Path

import pytest

from chat.protocol.ids import Username
from cli.passwords import check_password
from cli.refusals import Refused
from tests.unit.cli.shell import GOOD_PASSWORD, Shell

DORA = Username("dora-the-explorer")


@pytest.fixture
def blocklist(tmp_path: Path) -> Path:
    path = tmp_path / "common.txt"
    path.write_text("12345678\nPassword1\ndéjà-vécu\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "password",
    [
        "12345678",
        "x" * 256,
        "пароль-пароль",
        "🦊🦊🦊🦊🦊🦊🦊🦊",
        "a b c d e",
        "        ",
        "\u0000" * 8,
    ],
)
def test_any_character_may_stand_anywhere(password: str) -> None:
    check_password(DORA, password, None)


@pytest.mark.parametrize("password", ["", "1234567", "🦊" * 7])
def test_fewer_than_eight_characters_are_too_few(password: str) -> None:
    with pytest.raises(Refused, match="fewer than 8"):
        check_password(DORA, password, None)


def test_characters_are_counted_as_a_person_sees_them() -> None:
    with pytest.raises(Refused, match="fewer than 8"):
        check_password(DORA, unicodedata.normalize("NFD", "éééé"), None)


def test_more_than_a_frame_may_carry_are_too_many() -> None:
    with pytest.raises(Refused, match="more than 256"):
        check_password(DORA, "x" * 257, None)


def test_the_username_is_no_password() -> None:
    with pytest.raises(Refused, match="is the username"):
        check_password(DORA, "Dora-The-Explorer", None)


@pytest.mark.parametrize("password", ["12345678", "PASSWORD1"])
def test_a_listed_password_is_refused_in_any_case(password: str, blocklist: Path) -> None:
    with pytest.raises(Refused, match="one of those in"):
        check_password(DORA, password, blocklist)


def test_a_listed_password_is_refused_however_a_keyboard_composes_it(blocklist: Path) -> None:
    with pytest.raises(Refused, match="one of those in"):
        check_password(DORA, unicodedata.normalize("NFD", "déjà-vécu"), blocklist)


def test_one_that_only_contains_a_listed_password_is_not(blocklist: Path) -> None:
    check_password(DORA, "12345678 sheep", blocklist)


def test_a_refused_password_creates_nobody(shell: Shell, blocklist: Path) -> None:
    words = ("users", "create", "dora", "--password-stdin", "--blocklist", str(blocklist))

    shell.is_rejected(*words, answering="12345678\n")

    shell.is_rejected("users", "show", "dora")


def test_no_password_is_taken_as_an_argument(shell: Shell) -> None:
    result = shell.types("users", "create", "dora", GOOD_PASSWORD)

    assert "unexpected extra argument" in result.stderr


def test_a_password_is_echoed_nowhere(shell: Shell) -> None:
    result = shell.types("users", "create", "dora", answering=f"{GOOD_PASSWORD}\n" * 2)

    assert GOOD_PASSWORD not in result.output
