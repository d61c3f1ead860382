"""What a deployment makes of the variables that the template declares for a function."""

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from local.deployment import architecture
from local.tools import sam
from testing.template import (
    FUNCTIONS,
    GLOBALS,
    PARAMETERS,
    REPOSITORY,
    referred,
)
from tests.integration.runtime.built_functions import BUILD

type Environment = Callable[[str], Mapping[str, str]]
"""By a function's name in the template."""

type EnvironmentMaker = Callable[[Mapping[str, str]], Environment]
"""Takes what the template's references point to."""


def as_cloudformation(references: Mapping[str, str]) -> Environment:
    """Resolve as CloudFormation does, which leaves out a variable that has no value."""

    def variables(function: str) -> dict[str, str]:
        resolved = {
            name: _resolved(value, references) for name, value in _declared(function).items()
        }
        return {name: value for name, value in resolved.items() if value is not None}

    return variables


def as_sam(references: Mapping[str, str]) -> Environment:
    """Have `sam local` resolve, which gives an empty text for a variable that has no value.

    It knows no queue and no secret: as with `--env-vars`, those are given.
    """
    parameters = {name: value for name, value in references.items() if name in PARAMETERS}
    overrides = {
        function: {
            name: references[referred(value)]
            for name, value in _declared(function).items()
            if referred(value) in references
        }
        for function in FUNCTIONS
    }
    given = {"parameters": parameters | {"Architecture": architecture()}, "overrides": overrides}
    script = REPOSITORY / "tests/integration/runtime/sam_environment.py"
    made = subprocess.run(
        [sam().with_name("python"), script, BUILD / "template.yaml"],
        input=json.dumps(given).encode(),
        # None of this shell's variables: SAM lets those win over the template's.
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    environments: dict[str, dict[str, str]] = json.loads(made.stdout)
    return environments.__getitem__


def _declared(function: str) -> dict[str, Any]:
    declared: dict[str, Any] = GLOBALS["Environment"]["Variables"]
    return declared | FUNCTIONS[function].variables


def _resolved(value: Any, references: Mapping[str, str]) -> str | None:  # noqa: ANN401 -- a template's value
    match value:
        case {"Fn::Sub": str(text)}:
            return text.replace("${AWS::StackName}", "parley")
        case {"Fn::If": ["ManagementEndpointGiven" | "FilesWanted", given, _]}:
            return _resolved(given, references)
        # Nothing else that is asked for by a parameter is there.
        case {"Fn::If": [_, _, otherwise]}:
            return _resolved(otherwise, references)
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": str(name)} if name in PARAMETERS and name not in references:
            return str(PARAMETERS[name]["Default"])
    name = referred(value)
    return references.get(name, name) if name else str(value)
