"""What a command tells: sentences for a person, or one JSON value for a program."""

import json
from collections.abc import Iterable, Mapping, Sequence

import click

type Fact = str | int | bool | Sequence["Fact"] | Mapping[str, "Fact"] | None
type Row = Mapping[str, Fact]


class Teller:
    """Writes to standard output what was asked for, and to standard error why it is not there."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def tell(self, sentence: str, **facts: Fact) -> None:
        """Tell what was done: a sentence, or the facts it states."""
        click.echo(_json(facts) if self.as_json else sentence)

    def show(self, row: Row) -> None:
        """Tell of one thing: a line under the names of its fields."""
        click.echo(_json(row) if self.as_json else "\n".join(_table([row])))

    def list(self, rows: Iterable[Row]) -> None:
        """Tell of many things alike: a line each under the names of their fields."""
        listed = list(rows)
        if self.as_json:
            click.echo(_json(listed))
        elif listed:
            click.echo("\n".join(_table(listed)))

    def mention(self, sentence: str) -> None:
        """Say what a person may want to know while they wait, and a program does not."""
        if not self.as_json:
            click.echo(sentence, err=True)

    def complain(self, sentence: str) -> None:
        click.echo(_json({"error": sentence}) if self.as_json else f"parley: {sentence}", err=True)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _table(rows: Sequence[Row]) -> Iterable[str]:
    names = list(rows[0])
    lines = [names, *([_text(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(map(str.ljust, line, widths)).rstrip()


def _text(fact: Fact) -> str:
    match fact:
        case None:
            return "-"
        case bool():
            return "yes" if fact else "no"
        case _:
            return str(fact)
