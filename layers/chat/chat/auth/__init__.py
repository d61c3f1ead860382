"""Authentication: password hashes, tokens, and how long a user is locked out after failures.

Computation alone: what is stored of it lies in `chat.storage`, the steps' order in `chat.actions`.
"""
