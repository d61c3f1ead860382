"""The owner's own functions, which the service asks before it acts.

No tables, no frames and no pushes.
"""
