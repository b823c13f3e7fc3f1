"""What all tests share: the real home is out of reach, and a journey takes one call."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import platformdirs
import pytest
from hypothesis import settings

# The same examples in every run: a failure is the change's, not the day's. To look further:
# pytest --hypothesis-profile=default --hypothesis-seed=random
settings.register_profile("greenflag", deadline=None, derandomize=True, database=None)
settings.load_profile("greenflag")

_REAL_DATA = Path(platformdirs.user_data_dir("greenflag", appauthor=False))
"""Where the data of whoever runs the tests would be; read before the home is hidden."""

_UNSET = ("GREENFLAG_HOME", "GREENFLAG_NOW", "EDITOR", "VISUAL", "NO_COLOR", "COLUMNS", "LINES")
_MOVED = {
    "HOME": "",
    "XDG_DATA_HOME": ".local/share",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": ".run",
}


@pytest.fixture(scope="session", autouse=True)
def hidden_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of the tests' own in the place of the real one, also for programs they start."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [*_UNSET, *(name for name in os.environ if name.startswith("XDG_"))]:
            patch.delenv(name, raising=False)
        for name, folder in _MOVED.items():
            patch.setenv(name, str(home / folder))
        yield home


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The data folder of whoever runs the tests; for looking whether it is left alone."""
    return _REAL_DATA


Living = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def living_in() -> Living:
    """A context in which the machine stands in a time zone (`with living_in("Asia/Kolkata")`)."""

    @contextmanager
    def living(zone: str) -> Iterator[None]:
        if "/" in zone and not os.path.exists(f"/usr/share/zoneinfo/{zone}"):
            pytest.skip(f"this machine knows no {zone}")
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("TZ", zone)
                time.tzset()
                yield
        finally:
            time.tzset()

    return living
