"""Makes what can be known from the code: `docs/asyncapi.yaml` and `docs/frames.md`.

`make docs` writes both; a test fails while they are not what the code says now. The words about a
frame are its docstring, the examples are in `docs/examples/`.
"""
