"""Who somebody is: password hashes, tokens, and how long a counted_for waits.

Computation alone: what is stored of it lies in `chat.storage`, the steps' order in `chat.actions`.
"""
