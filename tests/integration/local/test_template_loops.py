"""The emulator writes out the template's loops as the SAM CLI does; it knows fewer references."""

import json
import subprocess
from pathlib import Path

from local.tools import emulator_python, sam
from testing.template import REPOSITORY, RESOURCES

READ = """
import json, sys
from pathlib import Path
from samcli.yamlhelper import yaml_parse
print(json.dumps(yaml_parse(Path(sys.argv[1]).read_text())))
"""
WRITE_OUT = """
import json, sys
from ministack.services.cloudformation.language_extensions import apply
template = json.load(sys.stdin)
defaults = {name: str(each["Default"]) for name, each in template["Parameters"].items()}
print(json.dumps(apply(template, defaults)))
"""


def run(python: Path, code: str, *arguments: str, given: str = "") -> str:
    command = [str(python), "-c", code, *arguments]
    return subprocess.run(
        command, input=given, stdout=subprocess.PIPE, check=True, text=True
    ).stdout


def test_the_emulator_finds_what_every_loop_refers_to() -> None:
    template = run(sam().with_name("python"), READ, str(REPOSITORY / "template.yaml"))

    written_out = json.loads(run(emulator_python(), WRITE_OUT, given=template))

    assert written_out["Resources"].keys() == RESOURCES.keys()
