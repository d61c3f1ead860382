"""Text that people type: normalised before it is compared or measured."""

import unicodedata

from chat.protocol.ids import Username

# Marks, embeddings, overrides and isolates that turn text around (Unicode Annex 9, section 2).
_TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
# Letters and symbols that are drawn as nothing.
_BLANK = {*"\u115f\u1160\u2800\u3164\uffa0"}
_SHOWN = {"L", "N", "P", "S"}


def composed(text: str) -> str:
    """Normalise a text (NFC): a keyboard may send é as one character or as two."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Fold a text for a search: what differs only in case or in composition is equal then.

    A canonical caseless match (Unicode 3.13, D145), but that the letter i is the same with a dot,
    without one, and with two (Turkish has both).
    """
    if text.isascii():
        return text.lower()
    return composed(composed(text).casefold()).replace("i\u0307", "i").replace("\u0131", "i")


def case_mapped(username: str) -> Username:
    """Map the width and case of a username.

    The profile UsernameCaseMapped of RFC 8265, section 3.3, up to the rule of directions: a user of
    this service is called in ASCII (`chat.storage.users.is_username`), which has one direction.
    """
    return Username(composed("".join(map(_narrow, username)).lower()))


def displayable(text: str, most: int) -> str | None:
    """Make a text that is shown as a name out of what was typed: composed, and trimmed.

    Returns None if it has more than so many characters then, has controls or turns text around, or
    shows nothing.
    """
    shown = composed(text).strip()
    if len(shown) > most or not any(map(_is_seen, shown)):
        return None
    return shown if all(map(is_harmless, shown)) else None


def is_harmless(character: str) -> bool:
    """Tell whether a character is no control, and leaves the direction of other text as it is."""
    return character not in _TURNING and unicodedata.category(character) not in _CONTROLS


def _narrow(character: str) -> str:
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    return chr(int(code, 16)) if kind in {"<wide>", "<narrow>"} else character


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in _SHOWN and character not in _BLANK
