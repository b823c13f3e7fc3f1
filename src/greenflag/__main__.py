"""The way in: `greenflag` and `python -m greenflag`."""

from __future__ import annotations

import gc


def main() -> None:
    """Start the program.

    Importing makes no garbage, so collecting it meanwhile is waste: a sixth of a start.
    """
    gc.disable()
    from greenflag.cli.main import main as program

    program()


if __name__ == "__main__":
    main()
