"""`python -m local.run`: the whole chat on this machine, until Ctrl-C.

PORT and AWS_PORT choose the ports, DATA the folder that keeps everything (.local),
AUTH_DEADLINE_SECONDS how long a connection may stay without authenticating.
"""

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

from local.failures import LocalStackError

if TYPE_CHECKING:
    from local.stack import Stack

_INTERRUPTED = 130
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    # Every request to end, of whatever kind, is answered as a first Ctrl-C is.
    for number in _ENDING:
        signal.signal(number, _interrupt)
    try:
        # Half a second of imports, in which Ctrl-C is not to be answered with a traceback.
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
    # Stopping has its own limits of time; cut short, it would leave things running.
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command's progress


if __name__ == "__main__":
    sys.exit(main())
