"""Real clients of a running stack."""
