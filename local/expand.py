"""Expand the loops of a template with the SAM CLI's own code, for tools that read it as text.

It runs in the SAM CLI's environment: `.tools/sam/bin/python local/expand.py template.yaml`.
`sam build`, `sam deploy` and CloudFormation do not need it: they expand the loops themselves.
"""

import json
import sys
from pathlib import Path
from typing import Any

from samcli.lib.cfn_language_extensions import (
    IntrinsicResolver,
    ProcessingPipeline,
    ResolutionMode,
    TemplateParsingProcessor,
    TemplateProcessingContext,
)
from samcli.lib.cfn_language_extensions.processors.foreach import ForEachProcessor
from samcli.lib.cfn_language_extensions.resolvers.fn_find_in_map import FnFindInMapResolver
from samcli.yamlhelper import yaml_parse


def expand(template: dict[str, Any]) -> dict[str, Any]:
    """Give a template without loops and mappings, and otherwise unchanged.

    SAM's whole pipeline would also replace parameters by their defaults.
    """
    context = TemplateProcessingContext(template, resolution_mode=ResolutionMode.PARTIAL)
    resolver = IntrinsicResolver(context).register_resolver(FnFindInMapResolver)
    loops = ProcessingPipeline([TemplateParsingProcessor(), ForEachProcessor(resolver)])
    expanded = resolver.resolve_value(loops.process_template(context))
    del expanded["Mappings"]
    plain: dict[str, Any] = _plain(expanded)
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any value of a template
    """Write references as a template without loops has them."""
    match value:
        case dict():
            return _plain_function({key: _plain(inner) for key, inner in value.items()})
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value


def _plain_function(value: dict[str, Any]) -> dict[str, Any]:
    match value:
        case {"Ref": {"Fn::Sub": str(name)}}:
            return {"Ref": name}
        case {"Fn::GetAtt": [{"Fn::Sub": str(name)}, attribute]}:
            return {"Fn::GetAtt": [name, attribute]}
        case {"Fn::Sub": [str(text), values]} if all(map(_in_text, values.values())):
            for variable, inner in values.items():
                text = text.replace(f"${{{variable}}}", _in_text(inner))
            return {"Fn::Sub": text}
        case _:
            return value


def _in_text(value: object) -> str:
    """Give the text that stands for a value within `Fn::Sub`, or an empty text if none can."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case _:
            return ""


if __name__ == "__main__":
    json.dump(expand(yaml_parse(Path(sys.argv[1]).read_text())), sys.stdout, indent=1)
