"""The operator's command, `python -m cli`: of users, tokens, connections, the page, and the rest.

One module a group of commands, which asks, tells and refuses; what it does to the chat is done by
the same functions that serve the clients. It finds everything by the outputs of a deployed stack.
"""
