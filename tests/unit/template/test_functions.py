"""Each function is deployed with the variables its settings need, and a log."""

import pytest
from msgspec.structs import fields

from chat.push.limits import INLINE, QUEUED
from chat.runtime.in_time import MARGIN_SECONDS
from chat.runtime.settings import Settings
from testing.template import (
    FUNCTIONS,
    GLOBALS,
    PARAMETERS,
    REPOSITORY,
    RESOURCES,
    TEMPLATE,
    Function,
    referred,
    resources,
)

# Given by Lambda itself.
GIVEN = {"AWS_REGION"}
ROOTS = "chat/runtime/amazon_roots.pem"
SETTINGS = {setting.name.upper(): setting for setting in fields(Settings)}
LAYERS = resources("AWS::Serverless::LayerVersion")
LONGEST_ROUTE_SECONDS = 29
IN_BACKGROUND = {
    "AuthDeadlineFunction",
    "DefaultFunction",
    "DeleteFilesFunction",
    "DisconnectFunction",
    "HeartbeatFunction",
    "NotifyFunction",
    "PresenceFunction",
    "ReadReceiptFunction",
    "RelayEventsFunction",
    "RotateSigningKeyFunction",
    "TypingFunction",
}
"""The functions that no user waits for."""
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_RESOURCES = 500

each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())


def read_by_others(variable: str) -> bool:
    # The release makes one version of a function differ from another.
    return variable.startswith("POWERTOOLS_") or variable == "RELEASE"


def test_every_folder_is_a_function_and_every_function_a_folder() -> None:
    folders = {path.parent for path in REPOSITORY.glob("functions/*/app.py")}

    assert {function.folder for function in FUNCTIONS.values()} == folders


@each_function
def test_function_is_named_after_its_folder_everywhere(function: Function) -> None:
    name = function.folder.name

    assert function.name == f"{name.title().replace('_', '')}Function"
    assert function.properties["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}
    assert function.variables["POWERTOOLS_SERVICE_NAME"] == name


@each_function
def test_function_has_only_variables_that_settings_read(function: Function) -> None:
    variables_of = GLOBALS["Environment"]["Variables"] | function.variables

    assert {name for name in variables_of if not read_by_others(name)} <= SETTINGS.keys() - GIVEN


@each_function
def test_function_has_less_memory_if_no_user_waits_for_it(function: Function) -> None:
    memory = function.properties.get("MemorySize", GLOBALS["MemorySize"])

    is_in_background = function.name in IN_BACKGROUND
    assert referred(memory) == ("BackgroundMemorySize" if is_in_background else "MemorySize")


def test_every_setting_is_set_for_a_function() -> None:
    variables_of = {variable for function in FUNCTIONS.values() for variable in function.variables}

    assert SETTINGS.keys() - GIVEN <= variables_of | GLOBALS["Environment"]["Variables"].keys()


def test_functions_trust_only_amazons_certificate_authorities_where_possible() -> None:
    variables_of = GLOBALS["Environment"]["Variables"]["AWS_CA_BUNDLE"]
    conditions = TEMPLATE["Conditions"]

    assert variables_of == {
        "Fn::If": ["AmazonRootsSuffice", f"/opt/python/{ROOTS}", {"Ref": "AWS::NoValue"}]
    }
    assert (REPOSITORY / "layers/chat" / ROOTS).is_file()
    assert conditions["AmazonRootsSuffice"]["Fn::And"] == [
        {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws"]},
        {"Fn::Not": [{"Condition": "ManagementEndpointGiven"}]},
    ]


def test_parameters_and_settings_have_the_same_defaults() -> None:
    variables_of = {
        name: value for function in FUNCTIONS.values() for name, value in function.variables.items()
    }
    by_parameter = {
        variable: PARAMETERS[referred(value)]["Default"]
        for variable, value in variables_of.items()
        if referred(value) in PARAMETERS
    }

    assert by_parameter == {
        variable: as_text(SETTINGS[variable].default) for variable in by_parameter
    }


def as_text(default: object) -> object:
    """Write a default as a parameter does, which separates several values by commas."""
    return ",".join(sorted(default)) if isinstance(default, frozenset) else default


@each_function
def test_function_has_its_own_expiring_log_group(function: Function) -> None:
    log = referred(function.properties["LoggingConfig"]["LogGroup"])

    properties = RESOURCES[log]["Properties"]

    name = function.folder.name
    assert properties["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{name}"}
    assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert function.targets("logs:CreateLogStream", "logs:PutLogEvents") == {log}


def test_every_log_expires() -> None:
    for properties in resources("AWS::Logs::LogGroup").values():
        assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_functions_log_json_without_platform_lines() -> None:
    assert GLOBALS["LoggingConfig"]["LogFormat"] == "JSON"
    assert GLOBALS["LoggingConfig"]["SystemLogLevel"] == "WARN"


def test_lambda_keeps_lines_without_a_level() -> None:
    # Lines of metrics have none and count as INFO:
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    assert GLOBALS["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
    assert GLOBALS["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == {"Ref": "LogLevel"}


@each_function
def test_function_timeout_is_below_the_gateways_limit(
    function: Function,
) -> None:
    is_of_a_route = not function.consumed_queues and function.name != "RelayEventsFunction"

    assert function.timeout_seconds <= LONGEST_ROUTE_SECONDS or not is_of_a_route


def test_push_limit_leaves_every_function_time_to_answer() -> None:
    timeouts = {name: function.timeout_seconds for name, function in FUNCTIONS.items()}

    assert min(timeouts.values()) >= INLINE.seconds + MARGIN_SECONDS
    assert timeouts["FanoutFunction"] >= QUEUED.seconds + MARGIN_SECONDS


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


def test_every_function_has_the_layers_of_all() -> None:
    of_all = {referred(layer) for layer in GLOBALS["Layers"]}

    assert of_all == {"DependenciesLayer", "ChatLayer"}
    assert of_all | {"ExternalIssuersLayer"} == LAYERS.keys()


def test_only_functions_that_need_cryptography_have_its_layer_and_only_if_configured() -> None:
    added = {
        name: function.properties["Layers"]
        for name, function in FUNCTIONS.items()
        if "Layers" in function.properties
    }

    layer, nothing = {"Ref": "ExternalIssuersLayer"}, {"Ref": "AWS::NoValue"}
    if_wanted = [{"Fn::If": ["CryptographyWanted", layer, nothing]}]
    assert added == {"AuthenticateFunction": if_wanted, "NotifyFunction": if_wanted}
    assert TEMPLATE["Conditions"]["CryptographyWanted"] == {
        "Fn::Or": [{"Condition": "ExternalIssuerWanted"}, {"Condition": "WebPushWanted"}]
    }
    assert RESOURCES["AuthenticateExternalLogins"]["Condition"] == "ExternalIssuerWanted"


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("AuthenticateFunction", "AuthenticateConcurrency"),
        ("ChatMessageFunction", "MessageConcurrency"),
    ],
)
def test_concurrency_is_reserved_if_configured(name: str, parameter: str) -> None:
    reserved = FUNCTIONS[name].properties["ReservedConcurrentExecutions"]

    assert reserved == {
        "Fn::If": [f"{parameter}Given", {"Ref": parameter}, {"Ref": "AWS::NoValue"}]
    }
    assert PARAMETERS[parameter]["Default"] == 0


def test_template_fits_one_stack() -> None:
    made_by_the_transform = sum(len(each.consumed_queues) for each in FUNCTIONS.values())

    assert len(RESOURCES) + made_by_the_transform < MOST_RESOURCES


def test_functions_are_traced_by_the_service() -> None:
    assert GLOBALS["Tracing"] == "Active"
