"""The operator's command, `python -m cli`.

`commands` parses and prints, `admin` has the rules, and `doctor` the checks of a deployment. What
clients can do as well is done by the functions that serve them. The outputs of the deployed stack
name everything else.
"""
