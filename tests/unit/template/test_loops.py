"""The SAM CLI and CloudFormation expand the template's loops completely."""

import tomllib
from pathlib import Path

from testing.template import PARAMETERS, REPOSITORY, RESOURCES, TEMPLATE, expanded

SAM = tomllib.loads((REPOSITORY / "samconfig.toml").read_text())["default"]


def references(value: object) -> set[str]:
    """Name the targets of all `!Ref` and `!GetAtt` in a value."""
    match value:
        case {"Ref": str(target)} | {"Fn::GetAtt": [str(target), _]}:
            return {target}
        case dict():
            return set().union(*map(references, value.values()))
        case list():
            return set().union(*map(references, value))
        case _:
            return set()


def test_loops_are_expanded_before_the_sam_transform() -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
    assert TEMPLATE["Transform"] == ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]


def test_every_loop_is_expanded() -> None:
    names = RESOURCES.keys() | TEMPLATE["Outputs"].keys()

    assert not [name for name in names if not name.isalnum()]


def test_every_template_reference_resolves() -> None:
    pseudo = {name for name in references(TEMPLATE) if name.startswith("AWS::")}

    assert references(TEMPLATE) - pseudo <= RESOURCES.keys() | PARAMETERS.keys()


def test_several_routes_can_name_one_function(tmp_path: Path) -> None:
    text = (REPOSITORY / "template.yaml").read_text()
    named, other = (
        f"Function: {name}Function, Alias: {name}Alias, Integration: {name}Integration}}"
        for name in ("ReadReceipt", "Typing")
    )
    assert text.count(named) == 1
    (tmp_path / "template.yaml").write_text(text.replace(named, other))

    changed = expanded(tmp_path / "template.yaml")["Resources"]

    assert references(changed["ReadReceiptPermission"]["Properties"]["FunctionName"]) == {
        "TypingAlias",
        "TypingFunction",
    }
    assert changed["ReadReceiptRoute"]["Properties"]["RouteKey"] == "read_receipt"
    assert changed["ReadReceiptRoute"]["Properties"]["Target"] == {
        "Fn::Sub": "integrations/${TypingIntegration}"
    }


def test_sam_config_enables_loops() -> None:
    assert SAM["global"]["parameters"]["language_extensions"] is True
    assert SAM["deploy"]["parameters"]["capabilities"].split() == [
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
    ]
