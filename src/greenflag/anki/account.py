"""The account on a sync server: where, who, and the key that stands for the password.

One private JSON file. The password is in no file.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from typing import NamedTuple

from greenflag.errors import GreenflagError

FILE = "account.json"


class Account(NamedTuple):
    """An account; `synced` once the collection here has been one with the server's."""

    server: str
    user: str
    key: str = ""
    synced: bool = False


def read_account(folder: str) -> Account | None:
    """The account kept in a folder; None without one."""
    path = os.path.join(folder, FILE)
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        account = Account(found["server"], found["user"], found["key"], found["synced"] is True)
        if not all(isinstance(text, str) for text in account[:3]):
            raise ValueError
        return account
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise GreenflagError(f"{path}: not readable", "remove it") from None


def keep_account(folder: str, account: Account) -> None:
    """Keep an account, so that only its owner can read it."""
    handle, beside = tempfile.mkstemp(prefix=FILE, dir=folder)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(account._asdict(), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, os.path.join(folder, FILE))
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise
