"""Makes what follows from the code: `docs/asyncapi.yaml`, `docs/frames.md`, and events of frames.

`make docs` writes them; a test fails while they are not what the code says now. The words about a
frame are its docstring, the examples are in `docs/examples/`.
"""
