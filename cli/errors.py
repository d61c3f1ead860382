"""How a command ends that does not do what it was asked to, and the exit code of each way."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Click ends with 2 by itself where the command line is wrong."""

    DONE = 0
    FAILED = 1
    WRONG_COMMAND_LINE = 2
    REFUSED = 3
    UNHEALTHY = 4


class Refused(Exception):
    """What was asked for is not to be done, for a reason that is told as it stands."""
