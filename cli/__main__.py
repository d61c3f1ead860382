import sys
from pathlib import Path

# The package that the functions have as a layer is installed nowhere.
sys.path.insert(0, str(Path(__file__).parents[1] / "layers" / "chat"))

from cli.main import parley

if __name__ == "__main__":
    parley.main(prog_name="python -m cli")
