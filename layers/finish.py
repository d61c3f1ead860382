#!/usr/bin/env python3
"""Finish what `sam build` has built: trim what nothing reads, compile what everything imports.

    python3.13 layers/finish.py .aws-sam/build

The same build gives the same bytes wherever it was made, and finishing twice changes nothing.
Why, and why not otherwise: docs/decisions/0003-compiled-layers.md.
"""

import argparse
import compileall
import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

# The services that the functions make botocore clients for; what is pushed to connections is
# signed and sent without one.
SERVICES = frozenset({"dynamodb", "events", "lambda", "s3", "secretsmanager", "sqs"})

# Where Lambda unpacks: named in the compiled code instead of the folder it was built in.
LAYER_ROOT = "/opt"
FUNCTION_ROOT = "/var/task"

RUNTIME = (3, 13)


def artifacts(build: Path) -> Iterator[Path]:
    """Give each built layer and function."""
    return (folder for folder in sorted(build.iterdir()) if folder.is_dir())


def trim_botocore(artifact: Path) -> None:
    """Leave of botocore's data what its clients for SERVICES read."""
    data = artifact / "python" / "botocore" / "data"
    if not data.is_dir():
        return

    services = {folder.name: folder for folder in data.iterdir() if folder.is_dir()}
    if missing := SERVICES - services.keys():
        raise SystemExit(f"{data}: no data for {', '.join(sorted(missing))}")
    for name in services.keys() - SERVICES:
        shutil.rmtree(services[name])
    trim_endpoints(data / "endpoints.json")
    for model in data.rglob("service-2.json.gz"):
        trim_model(model)


def trim_endpoints(path: Path) -> None:
    """Leave of the endpoints of all services in all regions those of SERVICES.

    A client parses the whole file when it is made: 1.2 MB, 39 ms.
    """
    endpoints = json.loads(path.read_text())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in SERVICES}
    path.write_text(json.dumps(endpoints, separators=(",", ":")))


def trim_model(path: Path) -> None:
    """Leave of a service's model what requests are made by, without its manual.

    A client parses all of it when it is made: 490 KB for DynamoDB, of which 380 KB are for people.
    """
    model = without_manual(json.loads(gzip.decompress(path.read_bytes())))
    path.with_suffix("").write_text(json.dumps(model, separators=(",", ":")))
    path.unlink()


def without_manual(model: object) -> object:
    """Leave out the texts named `documentation`; a member of that name is no text.

    botocore requires those of a client's parameters.
    """
    match model:
        case dict():
            return {
                name: part if name == "clientContextParams" else without_manual(part)
                for name, part in model.items()
                if not (name == "documentation" and isinstance(part, str))
            }
        case list():
            return [without_manual(part) for part in model]
        case _:
            return model


def compile_modules(artifact: Path) -> None:
    """Put beside each module its bytecode, which the runtime then takes without looking further.

    Packing and unpacking changes the modules' times, and the folder is read-only on Lambda: a
    bytecode that is checked by time would be thrown away at every cold start.
    """
    compiled = compileall.compile_dir(
        artifact,
        quiet=1,
        force=True,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        stripdir=str(artifact),
        prependdir=LAYER_ROOT if (artifact / "python").is_dir() else FUNCTION_ROOT,
    )
    if not compiled:
        raise SystemExit(f"{artifact}: not everything compiles")


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000


def finish(build: Path) -> Iterator[str]:
    """Finish each artifact; give a line on each layer, whose size is what there is to know."""
    for artifact in artifacts(build):
        before = megabytes(artifact)
        trim_botocore(artifact)
        trimmed = megabytes(artifact)
        compile_modules(artifact)
        if (artifact / "python").is_dir():
            yield (
                f"{artifact.name}: {before:.1f} MB as built, {trimmed:.1f} MB trimmed, "
                f"{megabytes(artifact):.1f} MB compiled"
            )


def main(arguments: list[str]) -> None:
    if sys.version_info[:2] != RUNTIME:
        raise SystemExit("bytecode is for one Python alone: run this with 3.13")
    parser = argparse.ArgumentParser(description=__doc__, usage="%(prog)s .aws-sam/build")
    parser.add_argument("build", type=Path)
    build: Path = parser.parse_args(arguments).build
    if not (build / "template.yaml").is_file():
        raise SystemExit(f"{build}: nothing that `sam build` has built")
    for line in finish(build):
        print(line)  # noqa: T201 - a command tells what it did


if __name__ == "__main__":
    main(sys.argv[1:])
