"""What every command is handed: a deployment whose tables are bound, and the way to tell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate

import click

from chat.actions.services import Services
from cli.deployment import Deployment
from cli.telling import Teller


@dataclass(frozen=True, slots=True)
class Operator:
    deployment: Deployment
    teller: Teller

    @property
    def services(self) -> Services:
        return self.deployment.services


@dataclass(frozen=True, slots=True)
class Setting:
    """What the flags said; a command that needs the deployment looks for it, so not for help."""

    find: Callable[[], Deployment]
    teller: Teller


def pass_operator[**P, R](command: Callable[Concatenate[Operator, P], R]) -> Callable[P, R]:
    """Hand a command its operator as the first argument."""

    @wraps(command)
    def with_operator(*args: P.args, **kwargs: P.kwargs) -> R:
        setting: Setting = click.get_current_context().obj
        return command(Operator(setting.find(), setting.teller), *args, **kwargs)

    return with_operator
