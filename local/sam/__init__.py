"""The deployed functions in the SAM CLI's containers, beside a local stack that runs.

`python -m local.sam.invoke` sends one event to the function that it is for, and
`python -m local.sam.start_lambda` serves all functions to the gateway. Both need a container
engine, and they alone.
"""
