"""`python -m local.sam.start_lambda`: `sam local start-lambda` with the functions of a local stack.

Part of `make run LAMBDA=sam`, which gives LAMBDA_PORT: where the functions are invoked. It ends
with its standard input, or by a signal, and no container is left.
"""

import os
import signal
import sys
from threading import Thread

from local.deployment import Build
from local.options import Options
from local.sam.command import run_command
from local.sam.containers import sam_local
from local.sam.deployed import Deployed
from local.sam.engine import Engine
from local.tools import LocalStackError


def main() -> int:
    options = Options.from_environment()
    built = Build(options.build, options.project).describe()
    ports = (options.aws_port, options.port)
    where = ("--host", "127.0.0.1", "--port", str(options.lambda_port))
    deployed = Deployed.read(f"http://127.0.0.1:{options.aws_port}")
    with (
        sam_local(Engine.find(), deployed, built, ports) as sam,
        # A container for each function, kept: one invocation at a time.
        sam.started("start-lambda", "--warm-containers", "LAZY", *where) as process,
    ):
        process.wait()
    raise LocalStackError("`sam local start-lambda` has ended")


def _end_with_stdin() -> None:
    # Not through sys.stdin: Python would wait at its end until this thread has finished reading.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=_end_with_stdin, daemon=True).start()
    sys.exit(run_command(main))
