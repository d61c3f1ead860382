"""Names of files: what is kept of what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.protocol.files import clean_name
from chat.protocol.limits import MAX_FILE_NAME_BYTES


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("cat.png", "cat.png"),
        ("My cat (1).png", "My cat (1).png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\cat.png", "cat.png"),
        ("a/b\\c.png", "c.png"),
        ("cat\u202egnp.exe", "catgnp.exe"),
        ("cat\u200b.png", "cat.png"),
        ("cat\n\x00\x7f.png", "cat.png"),
        (" cat.png ", "cat.png"),
        ("Zoe\u0308.png", "Zoë.png"),
        ("猫.png", "猫.png"),
        (".gitignore", ".gitignore"),
    ],
)
def test_name_is_shown_without_folders_and_characters_that_hide_something(
    typed: str, name: str
) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["/", "a/", "\\", "..", ".", " ", "\u202e", "\x00"])
def test_file_without_a_name_gets_one(typed: str) -> None:
    assert clean_name(typed) == "file"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("a" * 300 + ".png", "a" * 251 + ".png"),
        ("猫" * 100 + ".jpeg", "猫" * 83 + ".jpeg"),
        ("a" * 300, "a" * 255),
        ("a." + "b" * 300, "a." + "b" * 253),
    ],
)
def test_long_name_is_cut_before_its_extension(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@given(st.text())
def test_name_is_clean_whatever_was_typed(typed: str) -> None:
    name = clean_name(typed)

    assert 0 < len(name.encode()) <= MAX_FILE_NAME_BYTES
    assert not {*"/\\\x00\r\n\u202e\u2066"} & {*name}
    assert clean_name(name) == name
