"""The fields of a frame as rows of a Markdown table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from docs.reference.catalogue import CLIENT_FRAMES, SERVER_FRAMES
from docs.reference.schemas import Schema, frame_schemas

_HEAD = "| field | type | notes |\n| --- | --- | --- |"


@dataclass(frozen=True, slots=True)
class FieldTables:
    """Schemas by name, and the names of those that have a section of their own."""

    schemas: dict[str, Schema]
    shared: list[str]

    def of(self, name: str) -> str:
        """Make the table of what is in a schema; empty where that is only `type`."""
        rows = list(self._rows(self.schemas[name], ""))
        return "\n".join([_HEAD, *rows]) if rows else ""

    def _rows(self, schema: Schema, inside: str) -> Iterator[str]:
        for name, field in schema["properties"].items():
            if not inside and (name == "requestId" or "const" in field):
                continue
            part = self._part(field)
            about = (part or {}).get("description", "")
            left_out = "" if name in schema.get("required", []) else _left_out(field)
            notes = "; ".join(note for note in [left_out, *_ranges(field), about] if note)
            yield f"| `{inside}{name}` | {self._type(field)} | {notes} |"
            if part:
                yield from self._rows(part, f"{inside}{name}.")

    def _part(self, field: Schema) -> Schema | None:
        """Find what is to be shown within a field, because it is nowhere else."""
        name = field.get("$ref")
        found = self.schemas[name] if name and name not in self.shared else {}
        return found if "properties" in found else None

    def _type(self, field: Schema) -> str:  # noqa: PLR0911 -- a case each
        match field:
            case {"$ref": str(name)} if name in self.shared:
                return f"[{name}](#{name.lower()})"
            case {"$ref": str(name)} if "enum" in self.schemas[name]:
                return "[code](protocol.md#errors)"
            case {"$ref": _}:
                return "object"
            case {"anyOf": list(choices)}:
                return " or ".join(self._type(each) for each in choices)
            case {"enum": list(values)}:
                return " or ".join(f"`{value}`" for value in values)
            case {"type": "array", "items": dict(items)}:
                return f"list of {self._type(items)}"
            case {"type": "object", "additionalProperties": dict(values)}:
                return f"object of {self._type(values)}"
            case {"format": "date-time"}:
                return "time"
        return str(field["type"])


def field_tables() -> FieldTables:
    """Make the tables of all frames."""
    schemas = frame_schemas("{name}")
    frames = {frame.__name__ for frame in [*CLIENT_FRAMES, *SERVER_FRAMES]}
    # What has a name in the protocol, and is not the `data` of one frame.
    named = [name for name in schemas if not name.endswith(("Data", "Code"))]
    return FieldTables(schemas, [name for name in named if name not in frames])


def _left_out(field: Schema) -> str:
    default = f": then `{json.dumps(field['default'])}`" if "default" in field else ""
    return f"may be left out{default}"


def _ranges(field: Schema) -> Iterator[str]:
    match field:
        case {"minLength": least, "maxLength": most}:
            yield f"{least} to {most:,} characters"
        case {"minimum": least, "maximum": most}:
            yield f"{least} to {most:,}"
        case {"minItems": least, "maxItems": most}:
            yield f"{least} to {most:,} of them"
        case {"maxItems": most} | {"maxProperties": most}:
            yield f"at most {most:,} of them"
    if "items" in field:
        yield from (f"each {about}" for about in _ranges(field["items"]))
    if "description" in field:
        yield field["description"]
    if "pattern" in field:
        yield f"`{field['pattern']}`"
