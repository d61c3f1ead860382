"""A command that ends in order, however it is asked to end."""

import signal
import sys
from collections.abc import Callable
from types import FrameType

from local.tools import LocalStackError

_INTERRUPTED = 130
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_command(command: Callable[[], int]) -> int:
    """Run it, and give its exit code. Each signal that asks for the end counts as Ctrl-C."""
    for number in _STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return command()
    except LocalStackError as error:
        print(f"parley: {error}", file=sys.stderr)  # noqa: T201 - a command's last word
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    # Nothing interrupts the removal of the containers.
    for each in _STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
