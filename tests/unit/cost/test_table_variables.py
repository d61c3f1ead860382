"""The benchmarks name tables as the settings of functions do."""

from msgspec.structs import fields

from bench.table_variables import table_variables
from chat.runtime.settings import Settings
from testing.tables import MODELS


def test_each_table_has_the_variable_that_the_settings_read() -> None:
    variables = table_variables({name: name for name in MODELS})

    known = {each.name.upper() for each in fields(Settings)}
    assert set(variables) == {name for name in known if name.endswith("_TABLE")}
