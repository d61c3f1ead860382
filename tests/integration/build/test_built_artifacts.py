"""What `make build` writes runs on Lambda without compiling anything first."""

import tomllib
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
BUILD = REPOSITORY / ".aws-sam/build"
DEPENDENCIES = BUILD / "DependenciesLayer/python"
CHAT = BUILD / "ChatLayer/python"

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html, e_machine
ELF_MACHINE = slice(18, 20)
MACHINES = {"arm64": 183, "x86_64": 62}
UNCHECKED_HASH = 0b01
# A cold start unpacks them. As `sam build` leaves them, uncompiled, they have 28 MB.
MOST_MEGABYTES = 20

pytestmark = pytest.mark.skipif(
    not (BUILD / "template.yaml").exists(), reason="nothing is built: `make build` first"
)


def modules_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}


def megabytes_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000


def architecture_of_the_functions() -> str:
    record = tomllib.loads((BUILD.parent / "build.toml").read_text())
    functions = record["function_build_definitions"].values()
    (architecture,) = {str(function["architecture"]) for function in functions}
    return architecture


def machine_of(library: Path) -> int:
    return int.from_bytes(library.read_bytes()[ELF_MACHINE], "little")


def bytecode_is_current(module: Path) -> bool:
    path = Path(cache_from_source(module))
    header = MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little") + source_hash(module.read_bytes())
    return path.exists() and path.read_bytes().startswith(header)


def test_built_code_equals_the_source() -> None:
    written = modules_of(REPOSITORY / "layers/chat")

    built = modules_of(CHAT)

    assert built == written


def test_libraries_match_the_functions_architecture() -> None:
    wanted = MACHINES[architecture_of_the_functions()]

    machines = {path.name: machine_of(path) for path in BUILD.rglob("*.so")}

    assert machines
    assert machines == dict.fromkeys(machines, wanted)


def test_every_module_has_current_bytecode() -> None:
    modules = list(BUILD.rglob("*.py"))

    stale = [str(path.relative_to(BUILD)) for path in modules if not bytecode_is_current(path)]

    assert modules
    assert not stale


def test_layer_packages_are_in_the_runtimes_path() -> None:
    assert (CHAT / "chat/__init__.py").exists()
    assert (DEPENDENCIES / "pynamodb/__init__.py").exists()
    assert not (CHAT / "python").exists()


def test_botocore_data_holds_only_used_services() -> None:
    services = {path.name for path in (DEPENDENCIES / "botocore/data").iterdir() if path.is_dir()}

    assert services == {"dynamodb", "lambda", "s3", "secretsmanager", "sqs"}


def test_the_layers_of_every_function_are_small() -> None:
    assert megabytes_of(CHAT) + megabytes_of(DEPENDENCIES) < MOST_MEGABYTES


def test_the_layer_for_a_providers_tokens_is_small() -> None:
    assert megabytes_of(BUILD / "ExternalIssuersLayer") < MOST_MEGABYTES


def test_boto3_and_cryptography_are_not_packed() -> None:
    packed = {path.name for path in DEPENDENCIES.iterdir()}

    assert not packed & {"boto3", "s3transfer", "cryptography", "aws_xray_sdk", "pydantic"}
