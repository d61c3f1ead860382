"""The local stack: an AWS emulator with the real deployment, a gateway of our own, and demo data.

`python -m local.run` starts it, `local.stack.Stack` starts it for tests. Nothing in here is
deployed: on AWS, API Gateway does what `local.gateway` does here.
"""
