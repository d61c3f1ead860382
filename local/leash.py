"""`python -m local.leash COMMAND …`: runs a command that must not outlive its starter.

The command ends with its standard input, which is ours: it ends when the parent does, however
that goes. For programs that do not look at theirs, as the SAM CLI.
"""

import os
import signal
import subprocess
import sys
from threading import Thread


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: _end_session())
    Thread(target=_watch, daemon=True).start()
    return subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - the caller's command


def _watch() -> None:
    # Not through sys.stdin: Python would wait for this thread to let go of it.
    while os.read(0, 1024):
        pass
    _end_session()


def _end_session() -> None:
    # We are started in a session of our own: this is the command, its children, and us.
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
