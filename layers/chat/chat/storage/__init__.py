"""The tables and every operation on them, one module a table or aggregate.

A module here promises what one operation does to stored data, alone and beside others that run
at the same time. Which operations make up a frame is decided in `chat.actions`.
"""
