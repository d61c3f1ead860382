"""The clients of the chat, and what of a client's folder browsers get."""
