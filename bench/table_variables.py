"""The environment variables that name the tables of functions."""

import re
from collections.abc import Mapping


def table_variables(tables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for tables, given by their names in the template."""
    return {_variable(name): table for name, table in tables.items()}


def _variable(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
