"""A template is expanded to the resources that CloudFormation makes of its loops."""

import subprocess
from pathlib import Path

import pytest

from testing.template import expanded

HEAD = """
Transform: AWS::LanguageExtensions
Parameters:
  Days: {Type: Number, Default: 3}
Mappings:
  Functions: {SignOut: {Name: sign_out}, Typing: {Name: typing}}
Conditions:
  Kept: !Equals [!Ref Days, 3]
Resources:
"""

LOOP = """
  Fn::ForEach::Logs:
    - F
    - [SignOut, Typing]
    - ${F}Log:
        Type: A::Log
        Properties:
          Name: !Sub ['${Days}-${Name}', {Name: !FindInMap [Functions, !Ref F, Name]}]
          Of: {Ref: !Sub '${F}Function'}
          Version: !GetAtt [!Sub '${F}Function', Version]
          Alias: !Sub ['of/${Alias}', {Alias: {Ref: !Sub '${F}Alias'}}]
          Arn: !Sub ['of/${Arn}', {Arn: !GetAtt [!Sub '${F}Function', Arn]}]
"""

BY_HAND = """
  SignOutLog:
    Type: A::Log
    Properties:
      Name: !Sub ${Days}-sign_out
      Of: !Ref SignOutFunction
      Version: !GetAtt SignOutFunction.Version
      Alias: !Sub of/${SignOutAlias}
      Arn: !Sub of/${SignOutFunction.Arn}
  TypingLog:
    Type: A::Log
    Properties:
      Name: !Sub ${Days}-typing
      Of: !Ref TypingFunction
      Version: !GetAtt TypingFunction.Version
      Alias: !Sub of/${TypingAlias}
      Arn: !Sub of/${TypingFunction.Arn}
"""

BESIDE = """
  Alarm:
    Type: A::Alarm
    Properties:
      Days: !If [Kept, !Ref Days, !Ref AWS::NoValue]
      Name: !Sub ['${Word}', {Word: !If [Kept, a, b]}]
"""


def write(folder: Path, text: str) -> Path:
    template = folder / "template.yaml"
    template.write_text(HEAD + text)
    return template


def test_an_expanded_loop_equals_a_template_written_by_hand(tmp_path: Path) -> None:
    by_loop = expanded(write(tmp_path, LOOP))

    by_hand = expanded(write(tmp_path, BY_HAND))

    assert by_loop == by_hand
    assert by_hand["Resources"]["TypingLog"]["Properties"] == {
        "Name": {"Fn::Sub": "${Days}-typing"},
        "Of": {"Ref": "TypingFunction"},
        "Version": {"Fn::GetAtt": ["TypingFunction", "Version"]},
        "Alias": {"Fn::Sub": "of/${TypingAlias}"},
        "Arn": {"Fn::Sub": "of/${TypingFunction.Arn}"},
    }


def test_the_template_outside_loops_is_unchanged(tmp_path: Path) -> None:
    template = expanded(write(tmp_path, BESIDE))

    assert template["Conditions"] == {"Kept": {"Fn::Equals": [{"Ref": "Days"}, 3]}}
    assert template["Resources"]["Alarm"]["Properties"] == {
        "Days": {"Fn::If": ["Kept", {"Ref": "Days"}, {"Ref": "AWS::NoValue"}]},
        "Name": {"Fn::Sub": ["${Word}", {"Word": {"Fn::If": ["Kept", "a", "b"]}}]},
    }


def test_a_loop_over_an_unknown_list_is_rejected(tmp_path: Path) -> None:
    unknown = write(tmp_path, LOOP.replace("[SignOut, Typing]", "!GetAtt Functions.Names"))

    with pytest.raises(subprocess.CalledProcessError):
        expanded(unknown)
