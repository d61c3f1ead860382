"""A crowd on AWS's documented limits, simulated: an hour at a million connections, and a hiccup.

`python -m bench.crowd` writes docs/a-million-connections.md. The same seed gives the same page. The
inputs are the measured costs of frames, the assumptions on people, and `limits`.
"""
