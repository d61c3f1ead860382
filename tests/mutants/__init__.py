"""Mutants: faults that are put into the chat on purpose, each of which some test has to find.

`mutants.toml` lists them with the promise that each breaks and the tests that have to fail. `make
mutants` puts them in, one at a time, in copies of the tree. The checkout itself never changes.
"""
