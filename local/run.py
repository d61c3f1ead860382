"""`python -m local.run`: the whole chat on this machine, until Ctrl-C.

PORT and AWS_PORT choose the ports, DATA the folder that keeps everything (.local),
AUTH_DEADLINE_SECONDS how long a connection may stay open without authenticating, PARAMETERS other
parameters of the template, such as "EditSeconds=60 DeleteSeconds=60". LAMBDA=sam has the gateway
invoke the functions in the SAM CLI's containers.
"""

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

from local.tools import LocalStackError

if TYPE_CHECKING:
    from local.stack import Stack

_INTERRUPTED = 130
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    # Each signal that asks for the end counts as Ctrl-C.
    for number in _STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        # The imports take half a second, in which Ctrl-C must not print a traceback.
        from local.options import Options  # noqa: PLC0415 - said above
        from local.stack import Stack  # noqa: PLC0415 - as above

        return _run(Stack(Options.from_environment(), _say))
    except LocalStackError as error:
        print(f"parley: {error}", file=sys.stderr)  # noqa: T201 - a command's last word
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(stack: "Stack") -> int:
    with stack:
        _say(f"ready {stack.websocket_url} {stack.http_url}/")
        try:
            stack.watch()
        except KeyboardInterrupt:
            _say("stopping")
        finally:
            _ignore_signals()
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    # Stopping has time limits of its own. If it were interrupted, processes would stay.
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command's progress


if __name__ == "__main__":
    sys.exit(main())
