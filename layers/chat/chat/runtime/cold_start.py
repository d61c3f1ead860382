"""A function's cold start: Lambda gives it a whole processor, but the first frame only a share."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.runtime.handlers import Handler

ON_LAMBDA = "AWS_LAMBDA_INITIALIZATION_TYPE"
"""Set wherever the function's start is told apart from its first event.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""


def start(function: str) -> "Handler":
    """Import what a function consists of, on Lambda put it together, and give its handler."""
    with init_phase():
        from chat.runtime.bootstrap import services  # noqa: PLC0415 -- as above
        from chat.runtime.routes import handler_of  # noqa: PLC0415 -- after the collector stopped

        return handler_of(function, services)


@contextmanager
def init_phase() -> Iterator[None]:
    """Import what a function consists of; on Lambda, build its services as well.

    Nothing that a start makes is garbage: the collector rests meanwhile, and from then on looks
    only at what frames leave behind.
    """
    gc.disable()
    prepare_process()
    try:
        yield
        if ON_LAMBDA in os.environ:
            _warm_up()
    finally:
        gc.freeze()
        gc.enable()


def prepare_process() -> None:
    """On Lambda, keep libraries from logging each start, and from reading an empty variable."""
    if ON_LAMBDA in os.environ:
        # Lambda's runtime has set the root logger to the function's level, at which they log.
        logging.getLogger().setLevel(logging.WARNING)
        _unset_empty_variables()


def _unset_empty_variables() -> None:
    """Unset what CloudFormation leaves out: `sam local` gives a variable without a value as "".

    botocore would take an empty AWS_CA_BUNDLE for the name of a file.
    """
    for name in [name for name, value in os.environ.items() if not value]:
        del os.environ[name]


def _warm_up() -> None:
    from chat.runtime.bootstrap import warm_up  # noqa: PLC0415 -- as above
    from chat.runtime.log import logger  # noqa: PLC0415 -- after the collector was stopped

    try:
        warm_up()
    except Exception:  # noqa: BLE001 -- the first frame meets it again, and is answered
        logger().exception("not put together at the start")
