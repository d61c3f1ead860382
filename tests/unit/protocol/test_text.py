import unicodedata

import pytest

from chat.protocol.limits import MAX_DECOMPOSED
from chat.protocol.text import case_mapped, composed, displayable, folded


@pytest.mark.parametrize(
    "typed", ["alice", "Alice", "ALICE", "\uff41\uff4c\uff49\uff43\uff45", "\uff21lic\uff45"]
)
def test_usernames_that_differ_in_width_or_case_are_equal(typed: str) -> None:
    assert case_mapped(typed) == "alice"


@pytest.mark.parametrize("other", ["alic\u0435", "al\u200bice", "alice ", "ﬁona", "a\u0301lice"])
def test_lookalike_usernames_differ(other: str) -> None:
    assert case_mapped(other) not in {"alice", "fiona"}


def test_normalization_expands_no_character_beyond_the_bound() -> None:
    longest = max(len(unicodedata.normalize("NFD", chr(code))) for code in range(0x110000))

    assert longest == MAX_DECOMPOSED


@pytest.mark.parametrize(
    "title", ["Lunch", "Größe", "東京", "👩‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "שלום", "مرحبا", "+1", "a\u200db"]
)
def test_visible_text_is_unchanged(title: str) -> None:
    assert displayable(title, 128) == title


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("  Lunch\t", "Lunch"), ("\u00a0Lunch\u3000", "Lunch"), ("e\u0301te\u0301", "été")],
)
def test_title_is_trimmed_and_normalized(typed: str, shown: str) -> None:
    assert displayable(typed, 128) == shown


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        " ",
        "\u3000",
        "\u00ad",
        "\u200b\u200b",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u3164",
        "\u115f\u1160",
        "\uffa0",
        "\u2800",
        "\ufe0f",
        "\u034f",
        "\u0301",
        "\U000e0020",
    ],
)
def test_invisible_text_is_no_title(nothing: str) -> None:
    assert displayable(nothing, 128) is None


@pytest.mark.parametrize(
    "character", [*"\0\x07\n\r\x7f\x9f\u2028\u2029", *"\u202a\u202b\u202d\u202e\u2066\u2067\u2068"]
)
def test_control_and_direction_characters_are_rejected(character: str) -> None:
    assert displayable(f"in{character}voice", 128) is None


def test_title_is_measured_after_normalization() -> None:
    decomposed = unicodedata.normalize("NFD", "각" * 128)

    assert len(decomposed) > 128
    assert displayable(decomposed, 128) == "각" * 128
    assert displayable("각" * 129, 128) is None
    assert composed(decomposed) == "각" * 128


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Straße", "STRASSE"),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("ПРИВЕТ", "привет"),
        ("cafe\u0301", "CAFÉ"),
        ("CAFÉ", "cafe\u0301"),
        ("İstanbul", "istanbul"),
        ("istanbul", "İSTANBUL"),
        ("\u0131s\u0131", "ISI"),
        ("東京", "東京"),
        ("नमस्ते", "नमस्ते"),
        ("\ufb01n", "FIN"),
        ("\u1100\u1161", "가"),
    ],
)
def test_texts_that_differ_in_case_or_composition_are_folded_alike(content: str, text: str) -> None:
    assert folded(content) == folded(text)


@pytest.mark.parametrize(("one", "other"), [("café", "cafe"), ("ö", "o"), ("は", "ば")])
def test_letters_with_other_marks_stay_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_folding_twice_changes_nothing_more() -> None:
    changing = [
        chr(code) for code in range(0x110000) if folded(folded(chr(code))) != folded(chr(code))
    ]

    assert changing == []
