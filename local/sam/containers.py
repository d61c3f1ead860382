"""`sam local` with all that it needs, and none of its containers left behind."""

import os
import signal
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from local.aws import EMULATOR_CREDENTIALS
from local.deployment import Built
from local.sam.deployed import Deployed
from local.sam.engine import DESKTOP_HOST, LAMBDA_IMAGE, Engine
from local.sam.relay import relay
from local.sam.template import Addresses, sam_template, write
from local.tools import sam

# Nothing else of this shell: a variable that a function declares would win over the deployed one.
_KEPT = frozenset(
    {"PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONFIG"}
    | {"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"}
)
_STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class SamLocal:
    """Starts `sam local` commands on the deployed functions."""

    template: Path
    emulator: str

    @contextmanager
    def started(
        self, command: str, *arguments: str, output: int | None = None, log: int | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command as long as the block does, and not longer."""
        line = [str(sam()), "local", command, *arguments, "--template-file", str(self.template)]
        with _ended(
            subprocess.Popen(  # noqa: S603 - a command of our own
                # It is fetched once: SAM would look for a newer one before each invocation.
                [*line, "--skip-pull-image"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=log,
                env=_environment(os.environ, self.emulator),
            )
        ) as process:
            yield process


@contextmanager
def sam_local(
    engine: Engine, deployed: Deployed, built: Built, ports: tuple[int, ...]
) -> Iterator[SamLocal]:
    """Let the built functions reach the `ports` of this machine's loopback."""
    # Not by SAM: a connection that waits meanwhile would be closed as not authenticated in time.
    engine.fetch_image(LAMBDA_IMAGE)
    run = ("PARLEY_RUN", uuid.uuid4().hex)
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="parley-sam-")))
        held.callback(engine.remove_containers, "=".join(run))
        addresses = held.enter_context(_reachable(engine, ports))
        # Every service but API Gateway's own, which has a variable of ours.
        emulator = f"http://127.0.0.1:{ports[0]}"
        variables = dict([run, ("AWS_ENDPOINT_URL", addresses.seen_from_a_container(emulator))])
        template = write(sam_template(deployed, built, addresses, variables), folder)
        yield SamLocal(template, emulator)


@contextmanager
def _reachable(engine: Engine, ports: tuple[int, ...]) -> Iterator[Addresses]:
    bridge = engine.bridge_address()
    with ExitStack() as relays:
        if bridge:
            yield Addresses(
                {port: f"{bridge}:{relays.enter_context(relay(bridge, port))}" for port in ports}
            )
        else:
            yield Addresses({port: f"{DESKTOP_HOST}:{port}" for port in ports})


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close(process.stdin, process.stdout, process.stderr)


def _close(*streams: IO[bytes] | None) -> None:
    for stream in streams:
        if stream is not None:
            stream.close()


def _environment(ours: Mapping[str, str], emulator: str) -> dict[str, str]:
    """Give the SAM CLI the emulator's credentials, and nothing of the developer's."""
    return {name: value for name, value in ours.items() if name in _KEPT} | {
        "AWS_ACCESS_KEY_ID": EMULATOR_CREDENTIALS.key_id,
        "AWS_SECRET_ACCESS_KEY": EMULATOR_CREDENTIALS.secret,
        "AWS_DEFAULT_REGION": EMULATOR_CREDENTIALS.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # SAM asks whose account it is before each invocation, and asks again for seconds if AWS is
        # out of reach. AWS_ENDPOINT_URL would go into the containers, where it differs.
        "AWS_ENDPOINT_URL_STS": emulator,
        "SAM_CLI_TELEMETRY": "0",
    }
