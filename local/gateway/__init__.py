"""A WebSocket front that stands in for API Gateway, with its rules and its limits.

One module a concern: `limits`, `events` and `routing` are pure; `socket` speaks RFC 6455;
`connection` holds the rules between a client and the functions; `management` is `@connections`.
What the chat means is not known here.
"""
