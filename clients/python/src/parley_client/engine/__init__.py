"""The client's rules, without any input or output: no socket, no clock, no thread.

The engine is given what happens (a socket opened, text arrived, time passed, a request is wanted)
and gives back effects for its owner to carry out. So a test decides when anything happens.
"""
