"""The chat simulated in memory, and the words that tests are written in."""
