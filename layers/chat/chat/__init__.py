"""The chat: its wire protocol, its rules, its storage and its pushes, shared by every function."""
