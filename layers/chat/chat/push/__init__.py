"""Pushes: frames posted to live connections, by this function or by another through a queue.

Who gets a frame, and what follows from an outcome, is decided by `chat.actions`.
"""
