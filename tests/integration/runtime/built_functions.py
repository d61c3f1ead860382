"""The built functions, each in Lambda's own runtime interface client and a process of its own."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from testing.template import FUNCTIONS, GLOBALS, REPOSITORY, referred
from tests.integration.runtime.runtime_api import RuntimeApi

BUILD = Path(os.environ.get("PARLEY_BUILD", REPOSITORY / ".aws-sam/build")).absolute()
# What Lambda's image contains.
RUNTIME = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
END_SECONDS = 10


class BuiltFunctions:
    """Every function of the build, started on its first event and kept warm.

    Args:
        folder: for the runtime interface client and the logs.
        shared: the variables of all functions, such as `AWS_ENDPOINT_URL`.
        variables: give those of one function, by its name in the template.
    """

    def __init__(
        self,
        folder: Path,
        shared: Mapping[str, str],
        variables: Callable[[str], Mapping[str, str]],
    ) -> None:
        self._stack = ExitStack()
        self._running: dict[str, RuntimeApi] = {}
        self._folder = folder
        self._image = _lay_out_runtime(folder / "image")
        self._shared = shared
        self._variables = variables

    def __getitem__(self, name: str) -> RuntimeApi:
        if name not in self._running:
            self._running[name] = self._stack.enter_context(self._started(name))
        return self._running[name]

    def logged(self, name: str) -> list[dict[str, Any]]:
        """Give the lines that a function has written so far."""
        return [json.loads(line) for line in self._log(name).read_text().splitlines()]

    def end(self) -> None:
        self._stack.close()

    @contextmanager
    def _started(self, name: str) -> Iterator[RuntimeApi]:
        logical_name = f"{name.title().replace('_', '')}Function"
        task = BUILD / logical_name
        api = RuntimeApi()
        with api.serving():
            environment = {
                "PATH": os.defpath,
                "PYTHONPATH": os.pathsep.join(map(str, [*_layers(logical_name), self._image])),
                "PYTHONDONTWRITEBYTECODE": "1",
                "LAMBDA_TASK_ROOT": str(task),
                "AWS_LAMBDA_FUNCTION_NAME": name,
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
                "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "AWS_LAMBDA_LOG_FORMAT": GLOBALS["LoggingConfig"]["LogFormat"],
                "AWS_LAMBDA_LOG_LEVEL": GLOBALS["LoggingConfig"]["ApplicationLogLevel"],
                "AWS_LAMBDA_RUNTIME_API": api.address,
                **self._variables(logical_name),
                **self._shared,
            }
            # -S: not even the packages of this environment, only what was built.
            command = [sys.executable, "-S", "-m", "awslambdaric", "app.handler"]
            with self._log(name).open("wb") as log:
                process = subprocess.Popen(command, cwd=task, env=environment, stdout=log)
            try:
                yield api
            finally:
                process.kill()
                process.wait(END_SECONDS)

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def _layers(logical_name: str) -> list[Path]:
    """Give a function's layers, without those that only some deployments have."""
    own = FUNCTIONS[logical_name].properties.get("Layers", [])
    layers = [referred(layer) for layer in (*GLOBALS["Layers"], *own)]
    return [BUILD / layer / "python" for layer in layers if layer]


def _lay_out_runtime(folder: Path) -> Path:
    """Put Lambda's runtime interface client, and nothing beside it, into a new folder."""
    folder.mkdir()
    for name in RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec is not None, f"{name} is not installed"
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return folder
