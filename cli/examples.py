"""Examples at the end of a command's help, each a line that can be typed."""


def examples(*commands: str) -> str:
    """Write click's epilog of commands, given as they follow `python -m cli`."""
    # Click joins lines into paragraphs but for those that follow this character.
    return "\n".join(["\b", "Examples:", *(f"  python -m cli {each}" for each in commands)])
