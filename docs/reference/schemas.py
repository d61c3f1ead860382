"""JSON schemas of all frames, as they are on the wire."""

from typing import Any

import msgspec

from chat.protocol.client_frames import ClientFrame
from chat.protocol.limits import (
    MAX_CONTENT_BYTES,
    MAX_DISPLAY_NAME,
    MAX_PASSWORD,
    MAX_PICTURE_BYTES,
    MAX_REASON,
    MAX_SEARCH_TEXT,
    MAX_TITLE,
)
from docs.reference.catalogue import CLIENT_FRAMES, SERVER_FRAMES
from docs.reference.error_table import error_rows

type Schema = dict[str, Any]

# What the actions check, and what a schema cannot say but in words.
BEYOND_TYPES: dict[str, Schema] = {
    "AuthenticateData": {
        "description": "`username` and `password`, or `token`",
        "oneOf": [{"required": ["username", "password"]}, {"required": ["token"]}],
    },
    "HistoryData": {
        "description": "`after_seq`, or `before_seq`, or neither",
        "not": {"required": ["after_seq", "before_seq"]},
    },
}
_CONTENT = {
    "description": f"at most {MAX_CONTENT_BYTES:,} bytes of UTF-8",
    "maxLength": MAX_CONTENT_BYTES,
}
_BASE64: Schema = {
    # As `format`, `contentEncoding` alone is no check.
    "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "maxLength": MAX_PICTURE_BYTES * 4 // 3,
}
_PICTURE = {
    "description": f"base64 of at most {MAX_PICTURE_BYTES:,} bytes: WebP, JPEG or PNG",
}
_COMPOSED = (
    ("AuthenticateData", "password", MAX_PASSWORD),
    ("CreateConversationData", "title", MAX_TITLE),
    ("ReportMessageData", "reason", MAX_REASON),
    ("SearchData", "text", MAX_SEARCH_TEXT),
    ("SetProfileData", "display_name", MAX_DISPLAY_NAME),
    ("FindPeopleData", "prefix", MAX_DISPLAY_NAME),
)
# `format` alone is no check to most readers of schemas (RFC 3339, section 5.6).
_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
_TIMES = frozenset(
    {
        "at",
        "banned_at",
        "created_at",
        "deleted_at",
        "edited_at",
        "expires_at",
        "last_activity_at",
        "muted_until",
        "read_at",
        "server_time",
    }
)


def frame_schemas(ref_template: str = "#/components/schemas/{name}") -> dict[str, Schema]:
    """Make the schema of every frame, and of what is in them, by the name of its type."""
    frames = [*CLIENT_FRAMES, *SERVER_FRAMES]
    _, schemas = msgspec.json.schema_components(frames, ref_template=ref_template)
    for schema in schemas.values():
        _name_discriminators(schema)
    for each in frames:
        # What it says is said of the message.
        schemas[each.__name__].pop("description", None)
    for frame in CLIENT_FRAMES:
        _name_type(frame, schemas[frame.__name__])
    for name, schema in schemas.items():
        schema.update(BEYOND_TYPES.get(name, {}))
    for name in ("ChatMessageData", "EditMessageData"):
        schemas[name]["properties"]["content"].update(_CONTENT)
    for name in ("SetProfileData", "Profile"):
        picture = schemas[name]["properties"]["picture"]
        picture.update(_PICTURE)
        picture["anyOf"][0].update(_BASE64)
    for name, field, most in _COMPOSED:
        schemas[name]["properties"][field]["description"] = (
            f"at most {most} once they are composed (NFC)"
        )
    schemas["MuteMemberData"]["properties"]["until"]["pattern"] = _TIME
    schemas["SetNotificationsData"]["properties"]["muted_until"]["pattern"] = _TIME
    _split_codes(schemas, ref_template)
    return {name: _as_sent(schema) for name, schema in schemas.items()}


def _name_discriminators(schema: Any) -> None:  # noqa: ANN401 -- any part of a schema
    """Give the discriminators of a schema as AsyncAPI has them: by the name of the field alone."""
    if isinstance(schema, list):
        for each in schema:
            _name_discriminators(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("discriminator"), dict):
            schema["discriminator"] = schema["discriminator"]["propertyName"]
        for each in schema.values():
            _name_discriminators(each)


def _name_type(frame: type[ClientFrame], schema: Schema) -> None:
    """Add what chose the route, and is no field of the frame any more."""
    schema["properties"] = {"type": {"const": frame.type_name}, **schema["properties"]}
    schema["required"] = ["type", *schema["required"]]


def _split_codes(schemas: dict[str, Schema], ref_template: str) -> None:
    """Name the codes of `error` and those of `auth_error` apart; some are both's."""
    del schemas["ErrorCode"]
    for frame in ("Error", "AuthError"):
        name = f"{frame}Code"
        schemas[name] = {"title": name, **_codes(schemas[frame]["properties"]["type"]["enum"][0])}
        schemas[frame]["properties"]["code"] = {"$ref": ref_template.format(name=name)}


def _codes(type_: str) -> Schema:
    rows = [row for row in error_rows() if type_ in row.frames]
    meanings = "\n".join(f"- `{row.code}`: {row.when}" for row in rows)
    return {"type": "string", "description": meanings, "enum": [row.code for row in rows]}


def _as_sent(schema: Schema) -> Schema:
    """Say it as the wire has it: what may be left out is never null, times have a format."""
    properties: dict[str, Schema] = schema.get("properties", {})
    for name, each in properties.items():
        if each.get("default", ...) is None:
            del each["default"]
            each.update(each.pop("anyOf")[0])
        if name in _TIMES:
            each["format"] = "date-time"
        if name == "type" and "enum" in each:
            each["const"] = each.pop("enum")[0]
        if "pattern" in each:
            # Python's end of text; in the regular expressions of JSON Schema it would be a letter.
            each["pattern"] = each["pattern"].replace(r"\Z", "$")
    if not schema.get("required", True):
        del schema["required"]
    return schema
