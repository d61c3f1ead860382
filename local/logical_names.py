"""The template's names of deployed functions, the only ones that `sam local start-lambda` knows."""

from collections.abc import Callable
from functools import cache

from local.aws import session


def logical_name_in(endpoint: str) -> Callable[[str], str]:
    """Make a translation from a function's deployed name, as the CloudFormation there knows it."""
    cloudformation = session().client("cloudformation", endpoint_url=endpoint)

    @cache
    def logical_names() -> dict[str, str]:
        resources = [
            resource
            for stack in cloudformation.describe_stacks()["Stacks"]
            for resource in cloudformation.describe_stack_resources(StackName=stack["StackName"])[
                "StackResources"
            ]
        ]
        return {each.get("PhysicalResourceId", ""): each["LogicalResourceId"] for each in resources}

    return lambda deployed_name: logical_names()[deployed_name]
