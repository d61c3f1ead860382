"""Real clients of a running stack: the words that end-to-end tests are written in."""
