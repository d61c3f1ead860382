"""Each folder of functions is deployed, told what its settings ask for, and logged."""

from dataclasses import fields

import pytest

from chat.runtime.settings import Settings
from tests.unit.template.deployment import (
    FUNCTIONS,
    GLOBALS,
    PARAMETERS,
    REPOSITORY,
    RESOURCES,
    Function,
    referred,
    resources,
)

# Given by Lambda itself.
GIVEN = {"AWS_REGION"}
SETTINGS = {setting.name.upper(): setting for setting in fields(Settings)}
LAYERS = resources("AWS::Serverless::LayerVersion")
LONGEST_ROUTE_SECONDS = 29

each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())


def read_by_the_library(variable: str) -> bool:
    return variable.startswith("POWERTOOLS_")


def test_every_folder_is_a_function_and_every_function_a_folder() -> None:
    folders = {path.parent for path in REPOSITORY.glob("functions/*/app.py")}

    assert {function.folder for function in FUNCTIONS.values()} == folders


@each_function
def test_a_function_bears_the_name_of_its_folder_everywhere(function: Function) -> None:
    name = function.folder.name

    assert function.name == f"{name.title().replace('_', '')}Function"
    assert function.properties["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}
    assert function.variables["POWERTOOLS_SERVICE_NAME"] == name


@each_function
def test_a_function_is_told_only_what_the_settings_read(function: Function) -> None:
    told = GLOBALS["Environment"]["Variables"] | function.variables

    assert {name for name in told if not read_by_the_library(name)} <= SETTINGS.keys() - GIVEN


def test_every_setting_is_told_to_some_function() -> None:
    told = {variable for function in FUNCTIONS.values() for variable in function.variables}

    assert SETTINGS.keys() - GIVEN <= told


def test_parameters_and_settings_have_the_same_defaults() -> None:
    told = {
        name: value for function in FUNCTIONS.values() for name, value in function.variables.items()
    }
    by_parameter = {
        variable: PARAMETERS[referred(value)]["Default"]
        for variable, value in told.items()
        if referred(value) in PARAMETERS
    }

    assert by_parameter == {variable: SETTINGS[variable].default for variable in by_parameter}


@each_function
def test_a_function_writes_to_a_log_of_its_own_that_expires(function: Function) -> None:
    log = referred(function.properties["LoggingConfig"]["LogGroup"])

    properties = RESOURCES[log]["Properties"]

    name = function.folder.name
    assert properties["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{name}"}
    assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert function.targets("logs:CreateLogStream", "logs:PutLogEvents") == {log}


def test_every_log_expires() -> None:
    for properties in resources("AWS::Logs::LogGroup").values():
        assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_functions_write_lines_of_json_without_those_on_each_invocation() -> None:
    assert GLOBALS["LoggingConfig"] == {"LogFormat": "JSON", "SystemLogLevel": "WARN"}


def test_no_function_outlasts_the_gateways_patience() -> None:
    assert GLOBALS["Timeout"] <= LONGEST_ROUTE_SECONDS
    assert not [name for name, function in FUNCTIONS.items() if "Timeout" in function.properties]


def test_functions_and_layers_are_for_the_same_python_and_processor() -> None:
    processor = {"Ref": "Architecture"}

    assert GLOBALS["Architectures"] == [processor]
    for name, layer in LAYERS.items():
        assert layer["CompatibleArchitectures"] == [processor]
        assert layer["CompatibleRuntimes"] == [GLOBALS["Runtime"]]
        assert RESOURCES[name]["Metadata"] == {
            "BuildMethod": GLOBALS["Runtime"],
            "BuildArchitecture": processor,
        }


def test_every_function_has_both_layers() -> None:
    assert {referred(layer) for layer in GLOBALS["Layers"]} == LAYERS.keys()
    assert not [name for name, function in FUNCTIONS.items() if "Layers" in function.properties]


def test_functions_are_traced_by_the_service() -> None:
    assert GLOBALS["Tracing"] == "Active"
