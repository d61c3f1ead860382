"""The list of mutants matches the code and the tests."""

import pytest

from tests.mutants.listing import TESTS, Mutant, NotInPlace, all_mutants
from tests.mutants.trees import ROOT

MUTANTS = all_mutants()
NAMED = sorted({each for mutant in MUTANTS for each in mutant.tests})
EXPLAINED = [each for each in MUTANTS if each.survives]


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_changes_one_place_of_its_file(mutant: Mutant) -> None:
    original = (ROOT / mutant.path).read_text()

    mutated = mutant.applied_to(original)

    assert mutated != original
    assert mutant.tests
    compile(mutated, mutant.file, "exec")


@pytest.mark.parametrize("text", ["", "seq + 1; seq + 1"])
def test_text_that_occurs_never_or_twice_is_rejected(text: str) -> None:
    mutant = Mutant(file="a.py", breaks="It.", before="seq + 1", after="seq", tests=["unit"])

    with pytest.raises(NotInPlace):
        mutant.applied_to(text)


@pytest.mark.parametrize("named", NAMED)
def test_named_test_exists(named: str) -> None:
    file, _, function = named.partition("::")

    text = (ROOT / TESTS / file).read_text()

    assert f"\ndef {function}(" in text if function else "\ndef test_" in text


def test_the_mutants_that_survive_are_explained_in_the_guarantees() -> None:
    page = " ".join((ROOT / "docs" / "guarantees.md").read_text().split())

    unexplained = [each for each in EXPLAINED if f"{each.breaks} {each.survives}" not in page]

    assert not unexplained
