"""The rules of the chat, one module a client frame or event.

The only place that combines storage, push and auth.
"""
