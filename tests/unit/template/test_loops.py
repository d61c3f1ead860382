"""The template's loops are known to the SAM CLI and to CloudFormation, and leave no gap."""

import tomllib

from testing.template import PARAMETERS, REPOSITORY, RESOURCES, TEMPLATE

SAM = tomllib.loads((REPOSITORY / "samconfig.toml").read_text())["default"]


def references(value: object) -> set[str]:
    """Name what `!Ref` and `!GetAtt` lead to, anywhere in a value."""
    match value:
        case {"Ref": str(target)} | {"Fn::GetAtt": [str(target), _]}:
            return {target}
        case dict():
            return set().union(*map(references, value.values()))
        case list():
            return set().union(*map(references, value))
        case _:
            return set()


def test_loops_are_expanded_before_sam_makes_its_functions_of_them() -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
    assert TEMPLATE["Transform"] == ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]


def test_every_loop_is_written_out() -> None:
    names = RESOURCES.keys() | TEMPLATE["Outputs"].keys()

    assert not [name for name in names if not name.isalnum()]


def test_every_reference_leads_somewhere() -> None:
    pseudo = {name for name in references(TEMPLATE) if name.startswith("AWS::")}

    assert references(TEMPLATE) - pseudo <= RESOURCES.keys() | PARAMETERS.keys()


def test_a_deployment_by_sam_alone_allows_loops() -> None:
    assert SAM["global"]["parameters"]["language_extensions"] is True
    assert SAM["deploy"]["parameters"]["capabilities"].split() == [
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
    ]
