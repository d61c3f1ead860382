"""Each parameter is described, and invalid values are rejected."""

import re

import pytest

from testing.template import PARAMETERS, REPOSITORY, RESOURCES, TEMPLATE

OF_AWS = {"AccessDenied", "MaximumConcurrency"}
FAULTS_IN_A_LOG = {"NoPublicAddress", "TimeoutError"}

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
def test_every_parameter_has_a_description(name: str) -> None:
    assert PARAMETERS[name]["Description"]


@each_parameter
def test_default_parameters_are_valid(name: str) -> None:
    assert is_sensible(name, PARAMETERS[name]["Default"])


def test_operations_page_names_only_existing_parameters() -> None:
    known = PARAMETERS.keys() | RESOURCES.keys() | TEMPLATE["Outputs"].keys()
    page = (REPOSITORY / "docs/operations.md").read_text()

    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][A-Za-z]*)+)`", page))

    assert named - known == OF_AWS | FAULTS_IN_A_LOG


def test_every_parameter_is_in_one_group() -> None:
    interface = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]

    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert grouped == list(PARAMETERS)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080", "https://a.example/chat"])
def test_management_endpoint_accepts_urls(endpoint: str) -> None:
    assert is_sensible("ManagementEndpoint", endpoint)


@pytest.mark.parametrize("endpoint", ["127.0.0.1:8080", "https://a.example/", "http://a b"])
def test_management_endpoint_rejects_other_values(endpoint: str) -> None:
    assert not is_sensible("ManagementEndpoint", endpoint)
