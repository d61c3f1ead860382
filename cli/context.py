"""What every command gets: a deployment whose tables are bound, and where to print."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate

import click

from chat.actions.services import Services
from cli.deployment import Deployment
from cli.output import Output


@dataclass(frozen=True, slots=True)
class CommandContext:
    deployment: Deployment
    output: Output

    @property
    def services(self) -> Services:
        return self.deployment.services


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """The flags before the command. The deployment is found when a command runs, not for help."""

    find_deployment: Callable[[], Deployment]
    output: Output


def pass_context[**P, R](command: Callable[Concatenate[CommandContext, P], R]) -> Callable[P, R]:
    """Find the deployment, and give a command its context as the first argument."""

    @wraps(command)
    def with_context(*args: P.args, **kwargs: P.kwargs) -> R:
        options: GlobalOptions = click.get_current_context().obj
        context = CommandContext(options.find_deployment(), options.output)
        return command(context, *args, **kwargs)

    return with_context
