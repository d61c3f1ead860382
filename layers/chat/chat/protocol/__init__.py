"""The wire contract as types: frames, their decoding and encoding, error codes, limits.

Pure: nothing here reads a clock, a network, a table or the environment.
"""
