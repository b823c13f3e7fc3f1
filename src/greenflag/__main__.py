"""The way in: `greenflag` and `python -m greenflag`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Start the program.

    Importing makes no garbage, so collecting it meanwhile is waste: a sixth of a start.
    """
    gc.disable()
    try:
        from greenflag.cli.main import main as program

        program()
    except KeyboardInterrupt:  # before the program could see to it itself
        sys.exit(130)


if __name__ == "__main__":
    main()
