"""The parameters of an OpenID provider, and of the user pool that may take its place."""

import re

import pytest

from testing.template import FUNCTIONS, PARAMETERS, TEMPLATE

VARIABLES = FUNCTIONS["AuthenticateFunction"].properties["Environment"]["Variables"]


def accepts(parameter: str, value: str) -> bool:
    return re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize("missing", ["ExternalAudience", "ExternalKeysUrl"])
def test_issuer_needs_its_other_parameters(missing: str) -> None:
    rule = TEMPLATE["Rules"]["ExternalIssuerIsComplete"]

    asserted = [each["Assert"] for each in rule["Assertions"]]

    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalIssuer"}, ""]}]}
    assert {"Fn::Not": [{"Fn::Equals": [{"Ref": missing}, ""]}]} in asserted


def test_user_pool_beside_another_issuer_is_rejected() -> None:
    rule = TEMPLATE["Rules"]["ExternalIssuerIsComplete"]

    asserted = [each["Assert"] for each in rule["Assertions"]]

    assert {"Fn::Equals": [{"Ref": "UserPool"}, "false"]} in asserted


@pytest.mark.parametrize("url", ["", "https://login.example.com/keys", "http://127.0.0.1:8090/k"])
def test_address_of_keys_is_encrypted_or_on_this_machine(url: str) -> None:
    assert accepts("ExternalKeysUrl", url)


@pytest.mark.parametrize(
    "url", ["http://login.example.com/keys", "http://127.0.0.1.example.com/", "file:///etc/passwd"]
)
def test_other_addresses_of_keys_are_rejected(url: str) -> None:
    assert not accepts("ExternalKeysUrl", url)


def test_several_audiences_are_separated_by_commas() -> None:
    assert accepts("ExternalAudience", "web-client,phone-client")


@pytest.mark.parametrize(
    ("variable", "of_the_pool"),
    [
        ("EXTERNAL_ISSUER", "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${ChatUserPool}"),
        ("EXTERNAL_AUDIENCE", "ChatUserPoolClient"),
        (
            "EXTERNAL_KEYS_URL",
            "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${ChatUserPool}/.well-known/jwks.json",
        ),
        ("EXTERNAL_USERNAME_CLAIM", "cognito:username"),
    ],
)
def test_user_pool_is_the_issuer_if_wanted(variable: str, of_the_pool: str) -> None:
    condition, with_pool, _ = VARIABLES[variable]["Fn::If"]

    value = with_pool if isinstance(with_pool, str) else next(iter(with_pool.values()))

    assert (condition, value) == ("UserPoolWanted", of_the_pool)


def test_backend_and_logins_know_the_same_issuer() -> None:
    backend = FUNCTIONS["BackendFunction"].properties["Environment"]["Variables"]

    assert backend["EXTERNAL_ISSUER"] == VARIABLES["EXTERNAL_ISSUER"]


@pytest.mark.parametrize(
    ("output", "resource"),
    [("UserPoolId", "ChatUserPool"), ("UserPoolClientId", "ChatUserPoolClient")],
)
def test_outputs_name_what_a_website_needs_of_the_user_pool(output: str, resource: str) -> None:
    described = TEMPLATE["Outputs"][output]

    assert described["Value"] == {"Ref": resource}
    assert described["Condition"] == "UserPoolWanted"
