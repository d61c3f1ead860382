"""The demo gets the tables' names in the same variables as the functions."""

from local.stack import table_variables
from testing.template import FUNCTIONS, resources


def test_each_table_has_the_variable_that_functions_read() -> None:
    tables = resources("AWS::DynamoDB::Table")
    in_functions = {
        variable: value["Ref"]
        for function in FUNCTIONS.values()
        for variable, value in function.variables.items()
        if isinstance(value, dict) and value.get("Ref") in tables
    }

    variables = table_variables({name: name for name in [*tables, "PageUrl"]})

    assert in_functions.items() <= variables.items()
    assert "PageUrl" not in variables.values()
