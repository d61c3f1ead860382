"""Whoever deploys is told what each parameter means, and stopped where it makes no sense."""

import re

import pytest

from testing.template import PARAMETERS, REPOSITORY, RESOURCES, TEMPLATE

OF_AWS = {"AccessDenied", "MaximumConcurrency"}

each_parameter = pytest.mark.parametrize("name", PARAMETERS)


def is_sensible(name: str, value: object) -> bool:
    """Check a value as CloudFormation would."""
    parameter = PARAMETERS[name]
    if "AllowedValues" in parameter:
        return value in parameter["AllowedValues"]
    if parameter["Type"] == "Number":
        return bool(parameter["MinValue"] <= value <= parameter["MaxValue"])
    return re.fullmatch(parameter["AllowedPattern"], str(value)) is not None


@each_parameter
def test_a_parameter_says_what_it_is(name: str) -> None:
    assert PARAMETERS[name]["Description"]


@each_parameter
def test_a_deployment_that_says_nothing_is_sensible(name: str) -> None:
    assert is_sensible(name, PARAMETERS[name]["Default"])


def test_the_page_of_operations_names_only_what_there_is() -> None:
    known = PARAMETERS.keys() | RESOURCES.keys() | TEMPLATE["Outputs"].keys()
    page = (REPOSITORY / "docs/operations.md").read_text()

    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][A-Za-z]*)+)`", page))

    assert named - known == OF_AWS


def test_every_parameter_stands_in_one_group() -> None:
    interface = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]

    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert grouped == list(PARAMETERS)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080", "https://a.example/chat"])
def test_a_management_endpoint_is_an_address(endpoint: str) -> None:
    assert is_sensible("ManagementEndpoint", endpoint)


@pytest.mark.parametrize("endpoint", ["127.0.0.1:8080", "https://a.example/", "http://a b"])
def test_a_management_endpoint_is_nothing_else(endpoint: str) -> None:
    assert not is_sensible("ManagementEndpoint", endpoint)
