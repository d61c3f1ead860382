"""The variables that `sam local` gives to each function of a built template, by SAM's own code.

The environment that has the SAM CLI runs it. It takes the template's path as its argument, and a
JSON object on standard input: the template's `parameters`, and the `overrides` of `--env-vars`.
"""

import json
import sys
from typing import Any

from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider


def environments(
    template: str, parameters: dict[str, str], overrides: dict[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    stacks, _ = SamLocalStackProvider.get_stacks(
        template, parameter_overrides=parameters, language_extensions_enabled=True
    )
    provider = SamFunctionProvider(stacks)
    runner: Any = LocalLambdaRunner(None, provider, ".", ".", env_vars_values=overrides)
    return {each.name: runner._make_env_vars(each).resolve() for each in provider.get_all()}  # noqa: SLF001 - what it calls itself for every invocation


if __name__ == "__main__":
    json.dump(environments(sys.argv[1], **json.load(sys.stdin)), sys.stdout)
