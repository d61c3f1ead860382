"""The rules of the operator's commands, and the storage that no function of the chat needs.

A module here knows nothing of the command line. The rules that clients and operators share are in
`chat.actions`.
"""
