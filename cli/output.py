"""What a command prints: sentences for a person, or one JSON value for a program."""

import json
from collections.abc import Iterable, Mapping, Sequence

import click

type Value = str | int | bool | Sequence["Value"] | Mapping[str, "Value"] | None
type Row = Mapping[str, Value]


class Output:
    """Prints results to standard output, and errors to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def message(self, sentence: str, **values: Value) -> None:
        """Print what was done: a sentence, or the values in it."""
        click.echo(_json(values) if self.as_json else sentence)

    def record(self, row: Row) -> None:
        """Print one thing: a line under the names of its fields."""
        click.echo(_json(row) if self.as_json else "\n".join(_table([row])))

    def table(self, rows: Iterable[Row]) -> None:
        """Print things of one kind: a line for each under the names of their fields."""
        listed = list(rows)
        if self.as_json:
            click.echo(_json(listed))
        elif listed:
            click.echo("\n".join(_table(listed)))

    def progress(self, sentence: str) -> None:
        """Print what a waiting person wants to know, and a program does not."""
        if not self.as_json:
            click.echo(sentence, err=True)

    def error(self, sentence: str) -> None:
        click.echo(_json({"error": sentence}) if self.as_json else f"parley: {sentence}", err=True)


def help_epilog(*commands: str) -> str:
    """Make the examples at the end of a command's help, each given without `parley`."""
    # Click joins lines into paragraphs, except those after this character.
    return "\n".join(["\b", "Examples:", *(f"  parley {each}" for each in commands)])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _table(rows: Sequence[Row]) -> Iterable[str]:
    names = list(rows[0])
    lines = [names, *([_text(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(map(str.ljust, line, widths)).rstrip()


def _text(value: Value) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
