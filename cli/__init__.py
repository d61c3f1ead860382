"""The operator's command, `python -m cli`: users, conversations, tokens, connections, data, doctor.

One module a group of commands, which asks, tells and refuses; what it does to the chat is done by
the same functions that serve the clients. It finds everything by the outputs of a deployed stack.
"""
