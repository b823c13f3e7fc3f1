"""Deck files that are broken in every way we could think of."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

NOTE = b"- kind: basic\n  id: %s\n  front: F\n  back: B\n"
GOOD = b"deck: Good\nnotes:\n" + NOTE % b"good"


def deck(*notes: bytes, head: bytes = b"deck: D\n") -> bytes:
    return head + b"notes:\n" + b"".join(notes)


def note(extra: bytes, id_: bytes = b"n") -> bytes:
    return NOTE % id_ + b"  " + extra + b"\n"


BOMB = deck(
    b"- &a {kind: basic, id: a0, front: F, back: B}\n",
    *(b"- &%c [%s]\n" % (98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(9)),
)

FILES: Mapping[str, tuple[bytes, int, str]] = {
    "a-list.yaml": (b"- a\n- b\n", 1, "a list instead of a deck"),
    "a-number.yaml": (b"12\n", 1, "a number instead of a deck"),
    "a-text.yaml": (b"just words\n", 1, "a text instead of a deck"),
    "alias-bomb.yaml": (BOMB, 3, "an anchor on a list or mapping"),
    "alias-to-nothing.yaml": (deck(note(b"note: *nothing")), 7, "an alias to nothing"),
    "area.yaml": (deck(note(b"competency: juggling")), 7, "unknown competency juggling"),
    "binary.yaml": (bytes(range(256)) * 4, 2, ""),
    "bool.yaml": (deck(note(b"note: yes")), 7, "note is yes or no"),
    "brackets.yaml": (b"deck: D\nnotes: " + b"[" * 100_000, 2, "nested deeper than"),
    "braces.yaml": (b"{" * 100_000, 1, ""),
    "colon.yaml": (deck(note(b"note: one: two")), 7, "a colon inside plain text"),
    "directives.yaml": (b"%X a\n" * 5000 + GOOD, 2, "begin with %"),
    "doubled-key.yaml": (deck(note(b"front: again")), 7, "front stands twice"),
    "doubled-id.yaml": (deck(NOTE % b"twice", NOTE % b"twice"), 7, "id twice is taken by"),
    "empty.yaml": (b"", 1, "empty"),
    "escape.yaml": (deck(note(b'note: "\\e[31mred\\a"')), 7, "control character U+001B"),
    "escape-raw.yaml": (deck(note(b"note: \x1b[31mred")), 7, "control character U+001B"),
    "escape-key.yaml": (deck(note(b'"\\e[2J": x')), 7, "control character U+001B"),
    "escape-csi.yaml": (deck(note("note: \x9b2J".encode())), 7, "control character U+009B"),
    "header.yaml": (deck(head=b"deck: [D]\nlanguage: 3\n") + b"  []\n", 1, "deck is a list"),
    "indent.yaml": (deck(b"- kind: basic\n   id: x\n  front: F\n"), 4, ""),
    "kind.yaml": (deck(b"- {kind: riddle, id: r}\n"), 3, "unknown kind riddle"),
    "latin-1.yaml": (deck(note("note: Menü".encode("latin-1"))), 7, "byte 0xfc is not UTF-8"),
    "long.yaml": (deck(note(b"note: " + b"x" * 30_000)), 7, "note has 30,000 characters"),
    "missing-id.yaml": (deck(b"- {kind: basic, front: F, back: B}\n"), 3, "id is missing"),
    "missing-kind.yaml": (deck(b"- {id: k, front: F, back: B}\n"), 3, "kind is missing"),
    "no-deck.yaml": (b"notes:\n" + NOTE % b"m", 1, "deck is missing"),
    "no-notes.yaml": (b"deck: D\n", 1, "notes is missing"),
    "not-a-note.yaml": (deck(b"- a text\n"), 3, "a text instead of a note"),
    "null.yaml": (b"null\n", 1, "empty"),
    "number.yaml": (deck(note(b"weight: 3.5")), 7, "weight is 3.5"),
    "odd-id.yaml": (deck(NOTE % b"'Not An Id'"), 4, "id is Not An Id"),
    "python.yaml": (
        deck(note(b'note: !!python/object/apply:os.system ["touch /tmp/owned"]')), 7, "a tag",
    ),
    "quote.yaml": (deck(note(b'note: "never closed')), 7, "never closed"),
    "tab.yaml": (deck(b"- kind: basic\n\tid: t\n"), 4, "a tab in the indentation"),
    "tag.yaml": (deck(note(b"note: !custom x")), 7, "a tag"),
    "text-for-list.yaml": (deck(note(b"refs: Q-1")), 7, "refs is a text"),
    "two.yaml": (GOOD + b"---\n" + GOOD, 7, ""),
    "unknown.yaml": (deck(note(b"colour: red")), 7, "unknown field colour"),
    "unknown-head.yaml": (deck(head=b"deck: D\ntitel: x\n") + b"  []\n", 2, "unknown field titel"),
    "utf-16.yaml": ("deck: D\nnotes: []\n".encode("utf-16"), 1, "is not UTF-8"),
}  # fmt: skip
"""File name → its bytes, the line of its (first) problem, and words of the message."""


def write_all(folder: Path) -> dict[str, tuple[int, str]]:
    """Write all of them, and what is no file; gives line and words by file name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (data, _, _) in FILES.items():
        (folder / name).write_bytes(data)
    (folder / "folder.yaml").mkdir()
    (folder / "nowhere.yaml").symlink_to(folder / "no such file")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    os.mkfifo(folder / "pipe.yaml")
    with open(folder / "sparse.yaml", "wb") as file:
        file.truncate(200 * 2**20)
    (folder / "es\x1b[31mcape\nname.yaml").write_bytes(GOOD.replace(b"good", b"named"))
    return {name: (line, words) for name, (_, line, words) in FILES.items()} | {
        "folder.yaml": (1, "a folder"),
        "nowhere.yaml": (1, "not readable"),
        "loop.yaml": (1, "not readable"),
        "pipe.yaml": (1, "not a plain file"),
        "sparse.yaml": (1, "too large: 200 MB"),
        "es\ufffd[31mcape name.yaml": (1, "cannot be shown"),
    }
