"""How a browser treats a downloaded file: it shows or saves it, under which name."""

from urllib.parse import quote

_SHOWN = ("image/", "audio/", "video/")
# These are documents with scripts, which a browser runs if it shows them.
_DOCUMENTS = ("xml", "svg", "html")


def content_disposition(name: str, media_type: str) -> str:
    """Say whether a browser may show a file itself, and what it saves it as (RFC 6266).

    Images, audio and video are shown. All else is saved, as are images that are documents.
    """
    kind = "inline" if is_shown(media_type) else "attachment"
    plain = name.encode("ascii", "replace").decode().translate({ord('"'): "'", ord("%"): "_"})
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def is_shown(media_type: str) -> bool:
    """Tell whether a browser shows files of a type by themselves without running anything."""
    is_document = any(each in media_type for each in _DOCUMENTS)
    return media_type.startswith(_SHOWN) and not is_document
