"""Load on the local stack by an outside client: Artillery's WebSocket engine. `make load`."""
