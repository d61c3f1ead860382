"""A WebSocket gateway that stands for API Gateway, with its rules and its limits.

`quotas`, `events` and `routing` are pure; `socket` speaks RFC 6455; `connection` applies the rules
between a client and the functions; `management` is `@connections`. Nothing here knows what the
chat's frames mean. Why it exists: docs/decisions/0019-own-gateway.md.
"""
