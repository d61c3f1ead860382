"""How a command ends that does not do what it was asked to do."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Click itself ends with 2 if the command line is wrong."""

    DONE = 0
    FAILED = 1
    WRONG_COMMAND_LINE = 2
    REFUSED = 3
    UNHEALTHY = 4


class CommandRefused(Exception):
    """The command does nothing, for a reason that is printed as it is."""
