"""The local stack: an AWS emulator, the real deployment in it, a front door, and demo data.

`python -m local.run` starts it all, `local.stack.Stack` does so for tests. Nothing in here is
deployed: on AWS, API Gateway stands where `local.gateway` stands here.
"""
