import unicodedata
from pathlib import Path

import pytest

from chat.protocol.ids import Username
from cli.admin.passwords import check_password
from cli.errors import CommandRefused
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
def test_password_may_have_any_characters(password: str) -> None:
    check_password(DORA, password, None)


@pytest.mark.parametrize("password", ["", "1234567", "🦊" * 7])
def test_password_with_fewer_than_eight_characters_is_rejected(password: str) -> None:
    with pytest.raises(CommandRefused, match="fewer than 8"):
        check_password(DORA, password, None)


def test_characters_are_counted_after_composition() -> None:
    with pytest.raises(CommandRefused, match="fewer than 8"):
        check_password(DORA, unicodedata.normalize("NFD", "éééé"), None)


def test_password_that_no_frame_can_carry_is_rejected() -> None:
    with pytest.raises(CommandRefused, match="more than 256"):
        check_password(DORA, "x" * 257, None)


def test_username_is_rejected_as_a_password() -> None:
    with pytest.raises(CommandRefused, match="is the username"):
        check_password(DORA, "Dora-The-Explorer", None)


@pytest.mark.parametrize("password", ["12345678", "PASSWORD1"])
def test_listed_password_is_rejected_in_any_case(password: str, blocklist: Path) -> None:
    with pytest.raises(CommandRefused, match="a list of passwords to reject"):
        check_password(DORA, password, blocklist)


def test_listed_password_is_rejected_in_any_composition(blocklist: Path) -> None:
    with pytest.raises(CommandRefused, match="a list of passwords to reject"):
        check_password(DORA, unicodedata.normalize("NFD", "déjà-vécu"), blocklist)


def test_password_that_contains_a_listed_one_is_accepted(blocklist: Path) -> None:
    check_password(DORA, "12345678 sheep", blocklist)


def test_rejected_password_creates_no_user(shell: Shell, blocklist: Path) -> None:
    words = ("users", "create", "dora", "--password-stdin", "--blocklist", str(blocklist))

    shell.is_rejected(*words, answering="12345678\n")

    shell.is_rejected("users", "show", "dora")


def test_password_is_not_accepted_as_an_argument(shell: Shell) -> None:
    result = shell.types("users", "create", "dora", GOOD_PASSWORD)

    assert "unexpected extra argument" in result.stderr


def test_password_is_never_printed(shell: Shell) -> None:
    result = shell.types("users", "create", "dora", answering=f"{GOOD_PASSWORD}\n" * 2)

    assert GOOD_PASSWORD not in result.output
