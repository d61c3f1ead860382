"""Files that people upload, and their names, made safe to show and to save."""

import unicodedata

from msgspec import Struct

from chat.protocol.ids import AttachmentId, ConversationId
from chat.protocol.limits import MAX_FILE_NAME_BYTES
from chat.protocol.text import composed, is_harmless

NAMELESS = "file"
_MAX_EXTENSION_BYTES = 32


class File(Struct, frozen=True, kw_only=True):
    """A file that was announced, wherever it lies. `size` is in bytes."""

    conversation_id: ConversationId
    attachment_id: AttachmentId
    name: str
    size: int
    media_type: str


def clean_name(typed: str) -> str:
    """Make a file's name out of what a client sent.

    The folders are left out, and characters that are not shown or that change the direction of
    text. A name that is too long is cut before its extension. Never empty.
    """
    last = typed.replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in composed(last) if _is_kept(each)).strip()
    return _cut(kept) if kept.strip(".") else NAMELESS


def _is_kept(character: str) -> bool:
    # Format characters join letters in some scripts, but in a name they hide what it ends in.
    return is_harmless(character) and unicodedata.category(character) != "Cf"


def _cut(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _MAX_EXTENSION_BYTES:
        stem, dot, extension = name, "", ""
    room = MAX_FILE_NAME_BYTES - len(f"{dot}{extension}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore')}{dot}{extension}"
