"""`sam build` and `sam deploy` of the real template to the emulator, each only after a change."""

import fcntl
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.aws import EMULATOR_CREDENTIALS, Credentials, session
from local.tools import environment_without_aws, sam

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_SOURCES = ("template.yaml", "functions", "layers")
_NOT_SOURCES = frozenset({"__pycache__", ".DS_Store"})

_GOOD_STATUSES = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
# Kept in the emulator itself, so it is always as old as what is deployed there.
_STAMP = "/parley/local/deployed"


@dataclass(frozen=True, slots=True)
class Built:
    """The result of a build: the template with its artifacts, and a hash of its sources."""

    template: Path
    fingerprint: str


def architecture() -> str:
    """Name this machine's processor as Lambda does."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def fingerprint(root: Path, names: Iterable[str], *also: str) -> str:
    """Hash the contents of files and folders under `root`, and the strings besides."""
    digest = hashlib.sha256("\0".join(also).encode())
    for path in sorted(path for name in names for path in _files(root / name)):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for found in path.rglob("*"):
        if found.is_file() and not _NOT_SOURCES.intersection(found.parts):
            yield found


@dataclass(frozen=True, slots=True)
class Build:
    """A build of `project` in a folder that several runs may share."""

    folder: Path
    project: Path

    def describe(self) -> Built:
        sources = fingerprint(self.project, _SOURCES, architecture(), sys.version)
        return Built(self._artifacts / "template.yaml", sources)

    def is_current(self, built: Built) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == built.fingerprint

    def perform(self, built: Built, run: Callable[[list[str], Mapping[str, str]], None]) -> None:
        """Build with `run`, which runs a command in an environment and raises if it fails."""
        self._stamp.unlink(missing_ok=True)
        # `sam build` takes the first `python3.13` on the path.
        path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
        for command in self._commands():
            run(command, environment_without_aws() | {"PATH": path})
        self._stamp.write_text(built.fingerprint)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from building while this one builds, or reads what was built."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _commands(self) -> Iterator[list[str]]:
        yield [
            *(str(sam()), "build", "--cached", "--parallel", "--config-env", "local"),
            *("--language-extensions", "--template-file", str(self.project / "template.yaml")),
            *("--build-dir", str(self._artifacts), "--cache-dir", str(self.folder / "cache")),
            *("--parameter-overrides", f"Architecture={architecture()}"),
        ]
        finish = self.project / "layers" / "finish.py"
        if finish.exists():
            yield [sys.executable, str(finish), str(self._artifacts)]

    @property
    def _artifacts(self) -> Path:
        return self.folder / "build"

    @property
    def _stamp(self) -> Path:
        return self.folder / "built"


@dataclass(frozen=True)
class Deployment:
    """The stack in the emulator at `endpoint`, with the template's parameters as given."""

    endpoint: str
    parameters: Mapping[str, str]
    stack_name: str = "parley"
    credentials: Credentials = EMULATOR_CREDENTIALS

    def command(self, built: Built) -> list[str]:
        overrides = [f"{name}={value}" for name, value in sorted(self.parameters.items())]
        return [
            *(str(sam()), "deploy", "--config-env", "local", "--no-progressbar"),
            *("--language-extensions", "--template-file", str(built.template)),
            *("--stack-name", self.stack_name),
            *("--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
            *("--parameter-overrides", *overrides),
        ]

    @property
    def environment(self) -> dict[str, str]:
        return environment_without_aws() | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.credentials.key_id,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret,
            "AWS_DEFAULT_REGION": self.credentials.region,
            "AWS_REGION": self.credentials.region,
            # The seconds between two looks at the state of the stack. The default is 5.
            "SAM_CLI_POLL_DELAY": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def is_current(self, built: Built) -> bool:
        return self._stamp() == self._stamp_of(built)

    def record(self, built: Built) -> None:
        """Record in the emulator that this build is deployed."""
        stamp = self._stamp_of(built)
        ssm = session(self.credentials).client("ssm", endpoint_url=self.endpoint)
        ssm.put_parameter(Name=_STAMP, Value=stamp, Type="String", Overwrite=True)

    def is_stuck(self) -> bool:
        """Whether the emulator has the stack in a state that no deployment can change."""
        stack = self._find_stack()
        return stack is not None and stack["StackStatus"] not in _GOOD_STATUSES

    def outputs(self) -> dict[str, str]:
        stack = self._find_stack()
        outputs = stack.get("Outputs", []) if stack else []
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def _find_stack(self) -> "StackTypeDef | None":
        cloudformation = session(self.credentials).client(
            "cloudformation", endpoint_url=self.endpoint
        )
        try:
            return cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"][0]
        except ClientError as error:
            # CloudFormation's code for a stack that does not exist.
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise

    def _stamp(self) -> str | None:
        ssm = session(self.credentials).client("ssm", endpoint_url=self.endpoint)
        try:
            return str(ssm.get_parameter(Name=_STAMP)["Parameter"]["Value"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise

    def _stamp_of(self, built: Built) -> str:
        identity = json.dumps([built.fingerprint, self.stack_name, sorted(self.parameters.items())])
        return hashlib.sha256(identity.encode()).hexdigest()
