"""Files: the bucket that holds them, and how a client reaches it without the service's keys.

Which message has which file is in the tables, so it belongs to `chat.storage`.
"""
