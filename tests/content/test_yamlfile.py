"""YAML as plain values with lines: the same as PyYAML's where both read it, harmless elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from greenflag.content import yamlfile
from greenflag.content.decks import deck_of
from greenflag.content.problem import Problem
from greenflag.content.yamlfile import CONTROL, DEEPEST, MOST_NODES_BY_ALIAS, MOST_PROBLEMS, resolve
from tests.content.samples import characters

FILE = "some.yaml"
PARSERS = [pytest.param(None, id="libyaml"), pytest.param(yaml.SafeLoader, id="pure-python")]


class Plain(yaml.SafeDumper):
    """A dumper that writes every value out, since aliases of lists are refused."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def read(text: str | bytes) -> tuple[Any, list[Problem]]:
    return yamlfile.read(text if isinstance(text, bytes) else text.encode(), FILE)


def value_of(text: str | bytes) -> Any:
    value, problems = read(text)
    assert problems == []
    return value


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML: an installation without libyaml reads the same."""
    if request.param:
        monkeypatch.setattr(yamlfile, "_Parser", request.param)


# ------------------------------------------------------------------ the same as PyYAML

TRICKY = [
    "", " ", "yes", "No", "on", "~", "null", "1", "-1", "1.5", "-.5", ".5", "1e3", "0x1F", "010",
    "1_000", "12:30:45", "2026-11-21", "2026-11-21 10:00:00", "=", "<<", "*a", "&a", "!a",
    "!!str x", "- a", "a: b", "a:b", ":", "#", "a #b", "'", '"', "it's", '"q"', "\\", "\\n", "%",
    "@", "`", "[", "]", "{", "}", ",", "|", ">", "---", "...", "? ", " x", "x ", "a\nb", "a\n\nb\n",
    "\n", "a\n b",
    "\ta", "a\tb", "é", "日本", "😀", "\xa0", "\u2028", "\ufeff", "{{c1::a}}", "[Slot]", "100 %",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(TRICKY), st.text(characters, max_size=40))
KEYS = st.one_of(st.sampled_from(TRICKY), st.text(characters, max_size=12))
NUMBERS = st.one_of(
    st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False)
)
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inside: st.one_of(
            st.lists(inside, max_size=4), st.dictionaries(KEYS, inside, max_size=4)
        ),
        max_leaves=12,
    )


LAYOUTS = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "width": st.sampled_from([10, 80, 1000]),
        "indent": st.sampled_from([2, 4, 8]),
        "allow_unicode": st.booleans(),
        "explicit_start": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


def dumped(value: object, layout: dict[str, Any], style: str | None = None) -> bytes:
    text: str = yaml.dump(value, Dumper=Plain, default_style=style, sort_keys=False, **layout)
    return text.encode()


def theirs(data: bytes) -> Any:
    """What PyYAML reads; a break that libyaml itself keeps is read alike by both."""
    return yaml.load(data, Loader=yaml.CSafeLoader)


@examples(max_examples=400)
@given(nested(SCALARS), LAYOUTS)
def test_any_value_reads_as_pyyaml_reads_it(value: object, layout: dict[str, Any]) -> None:
    data = dumped(value, layout)
    assert value_of(data) == theirs(data)


@examples(max_examples=300)
@given(nested(TEXTS), LAYOUTS, st.sampled_from(["'", '"', "|", ">"]))
def test_texts_in_every_style_read_as_pyyaml_reads_them(
    value: object, layout: dict[str, Any], style: str
) -> None:
    data = dumped(value, layout, style)
    assert value_of(data) == theirs(data)


@examples(max_examples=150)
@given(nested(SCALARS), LAYOUTS)
def test_without_libyaml_the_same_is_read(value: object, layout: dict[str, Any]) -> None:
    data = dumped(value, layout)
    with_libyaml = value_of(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamlfile, "_Parser", yaml.SafeLoader)
        assert value_of(data) == with_libyaml


@given(NUMBERS | st.booleans() | st.none())
def test_a_plain_scalar_keeps_its_type(value: float | bool | None) -> None:
    read_back = value_of(dumped([value], {}))[0]
    assert type(read_back) is type(value) and read_back == value


@examples(max_examples=300)
@given(st.text(characters, max_size=12))
def test_a_plain_word_means_what_pyyaml_says_or_is_text(word: str) -> None:
    kind, value = _pyyaml_says(word)
    if kind in ("int", "float") and resolve(word) == word:
        return  # a number in a form that stays text: the table below names them
    assert resolve(word) == (value if kind in ("null", "bool", "int", "float") else word)


def _pyyaml_says(word: str) -> tuple[str, Any]:
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
    kind = str(tag).rpartition(":")[2]
    node = yaml.ScalarNode(tag, word)
    known = ("null", "bool", "int", "float")
    return kind, yaml.SafeLoader("").construct_object(node) if kind in known else word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nuLL", "nuLL"),
        ("true", True), ("True", True), ("yes", True), ("ON", True), ("y", "y"), ("tRue", "tRue"),
        ("false", False), ("No", False), ("off", False), ("n", "n"),
        ("0", 0), ("-0", 0), ("7", 7), ("+7", 7), ("-12", -12), ("9" * 18, 10**18 - 1),
        ("1.5", 1.5), ("-1.", -1.0), (".5", 0.5), ("1.0e+3", 1000.0), ("1.0E-3", 0.001),
    ],
)  # fmt: skip
def test_a_plain_word_can_be_null_a_boolean_or_a_number(word: str, value: object) -> None:
    read_as = resolve(word)
    assert type(read_as) is type(value) and read_as == value
    assert value_of(f"- {word}") == [value]


@pytest.mark.parametrize(
    "word",
    [
        "2026-11-21", "2026-11-21T10:00:00Z", "12:30", "1:20:30.5", "010", "0o10", "0x1F", "0b11",
        "1_000", "1_000.5", ".inf", "-.INF", ".nan", "1234567890123456789", "1e3", "1.0e3", "-.5",
        "+", "-", ".", "1.2.3", "5 %", "10-20", "=", "<<", "٣", "１２",
    ],
)  # fmt: skip
def test_dates_other_bases_and_what_else_surprises_stay_text(word: str) -> None:
    assert resolve(word) == word


def test_a_number_in_quotes_or_a_block_is_text() -> None:
    assert value_of("- '1'\n- \"yes\"\n- |\n  1\n- >-\n  null\n") == ["1", "yes", "1\n", "null"]


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert value_of("1: a\nyes: b\n~: c\n2026-11-21: d\n") == {
        "1": "a", "yes": "b", "~": "c", "2026-11-21": "d",
    }  # fmt: skip


def test_a_number_too_large_for_a_float_is_infinite_and_no_error() -> None:
    assert value_of("- 1.0e+999") == [math.inf]


# ------------------------------------------------------------------ lines


def lines_of(node: yaml.Node) -> Iterator[object]:
    """Where PyYAML's own nodes stand: each mapping with its keys, in order."""
    if isinstance(node, yaml.MappingNode):
        keys = {key.value: key.start_mark.line + 1 for key, _ in node.value}
        yield node.start_mark.line + 1, keys
        for _, value in node.value:
            yield from lines_of(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from lines_of(value)


def our_lines(value: object) -> Iterator[object]:
    if isinstance(value, yamlfile.Mapping):
        yield value.line, value.lines
        for each in value.values():
            yield from our_lines(each)
    elif isinstance(value, list):
        for each in value:
            yield from our_lines(each)


@examples(max_examples=300)
@given(nested(SCALARS), LAYOUTS)
def test_every_mapping_and_key_knows_its_line(value: object, layout: dict[str, Any]) -> None:
    data = dumped(value, layout)
    node = yaml.compose(data.decode(), Loader=yaml.CSafeLoader)
    assert node is not None
    assert list(our_lines(value_of(data))) == list(lines_of(node))


@examples(max_examples=200)
@given(st.dictionaries(KEYS, st.lists(nested(SCALARS), max_size=5), max_size=4), LAYOUTS)
def test_every_item_of_a_list_at_the_top_knows_its_line(
    value: dict[str, Any], layout: dict[str, Any]
) -> None:
    data = dumped(value, layout)
    node = yaml.compose(data.decode(), Loader=yaml.CSafeLoader)
    assert isinstance(node, yaml.MappingNode)
    wanted = [[item.start_mark.line + 1 for item in items.value] for _, items in node.value]
    assert [items.lines for items in value_of(data).values()] == wanted


def test_lines_are_counted_from_one_through_comments_and_blocks() -> None:
    value = value_of("# first\n\na: |\n  one\n\n  two\nb:\n  c: 1\n  # between\n  d: 2\n")
    assert value.line == 3
    assert value.lines == {"a": 3, "b": 7}
    assert (value["b"].line, value["b"].lines) == (8, {"c": 8, "d": 10})


def test_windows_line_ends_count_once() -> None:
    assert value_of("a: 1\r\nb: 2\r\n").lines == {"a": 1, "b": 2}


# ------------------------------------------------------------------ what is refused

DECK = "deck: A\nnotes:\n- kind: basic\n  id: a\n  front: {}\n  back: b\n"
MANY = 100_000
HOSTILE: dict[str, tuple[str | bytes, int, str]] = {
    "a tab in the indentation": ("deck: A\nnotes:\n\t- kind: basic\n", 3, "a tab in the indent"),
    "a tab before a field": ("deck: A\nnotes:\n- kind: basic\n\tid: a\n", 4, "a tab in the indent"),
    "latin-1": (DECK.format("caf\xe9").encode("latin-1"), 5, "byte 0xe9 is not UTF-8"),
    "UTF-16 with its mark": (DECK.format("x").encode("utf-16"), 1, "is not UTF-8"),
    "UTF-16 without": (DECK.format("x").encode("utf-16-le"), 1, "control character U+0000"),
    "half a character": (DECK.format("x").encode() + b"# \xf0\x9f", 7, "byte 0xf0 is not UTF-8"),
    "a surrogate": (DECK.format("x").encode() + b"# \xed\xa0\x80", 7, "is not UTF-8"),
    "NUL": (DECK.format("a\x00b"), 5, "control character U+0000"),
    "ESC as it is": (DECK.format("a\x1b[2Jb"), 5, "control character U+001B"),
    "ESC by its name": (DECK.format(r'"a\e[2Jb"'), 5, "control character U+001B"),
    "ESC by its number": (DECK.format(r'"a\x1b[2Jb"'), 5, "control character U+001B"),
    "C1 by its number": (DECK.format(r'"\x9b2J"'), 5, "control character U+009B"),
    "ESC in a comment": (DECK.format("a # \x1b[2J"), 5, "control character U+001B"),
    "right-to-left override": (DECK.format("a\u202eb"), 5, "control character U+202E"),
    "override by its number": (DECK.format(r'"a\u202eb"'), 5, "control character U+202E"),
    "isolate": (DECK.format("a\u2066b"), 5, "control character U+2066"),
    "no character": (DECK.format(r'"\uffff"'), 5, "control character U+FFFF"),
    "an escape beyond Unicode": (DECK.format(r'"\UFFFFFFFF"'), 5, "not readable as YAML"),
    "half a pair by its number": (DECK.format(r'"\ud800"'), 5, "not readable as YAML"),
    "deep lists": ("[" * MANY, 1, "nested deeper than"),
    "deep lists, closed": ("[" * MANY + "]" * MANY, 1, "nested deeper than"),
    "deep mappings": ("{" * MANY, 1, "a list or mapping used as a key"),
    "deep named mappings": ("{a: " * MANY, 1, "nested deeper than"),
    "deep block lists": ("- " * MANY, 1, "nested deeper than"),
    "deep block keys": ("? " * MANY, 1, "a list or mapping used as a key"),
    "deep under a field": (DECK.format("[" * MANY), 5, "nested deeper than"),
    "alias bomb": (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", 1, "an anchor on a list or mapping (&a)"
    ),
    "a list in itself": ("&a [*a]", 1, "an anchor on a list or mapping"),
    "many aliases": ("- &a x\n" + "- *a\n" * MANY, MOST_NODES_BY_ALIAS + 2, "too many aliases"),
    "an alias to nothing": (DECK.format("*gone"), 5, "an alias to nothing (*gone)"),
    "an alias as a key": ("a: &x y\n*x : 1\n", 2, "an alias used as a key"),
    "a Python object": ("--- !!python/object:os.system\n" + DECK.format("x"), 1, "a tag ("),
    "a Python call": (DECK.format("!!python/object/apply:os.system x"), 5, "a tag ("),
    "a Python name": (DECK.format("!!python/name:os.system x"), 5, "a tag ("),
    "a tag of one's own": (DECK.format("!mine x"), 5, "a tag (!mine)"),
    "a tag that YAML knows": (DECK.format("!!str 5"), 5, "a tag ("),
    "binary": (DECK.format("!!binary aGVsbG8="), 5, "a tag ("),
    "a tag on a list": ("deck: A\nnotes: !!set []\n", 2, "a tag ("),
    "an unknown tag handle": (DECK.format("!no!thing x"), 5, "not readable as YAML"),
    "doubled keys": (DECK.format("a\n  front: b"), 6, "front stands twice"),
    "two documents": (DECK.format("x") + "---\n" + DECK.format("y"), 7, "a second document"),
    "a list as key": ("[a, b]: c\n", 1, "a list or mapping used as a key"),
    "a mapping as key": ("? {a: b}\n: c\n", 1, "a list or mapping used as a key"),
    "an unclosed quote": (DECK.format('"x'), 5, "a quote or bracket that is never closed"),
    "an unclosed single quote": (DECK.format("'x"), 5, "a quote or bracket that is never closed"),
    "an unclosed bracket": ("deck: A\nnotes: [a, b\n", 2, "not readable as YAML"),
    "a colon in plain text": (DECK.format("we said: no"), 5, "a colon inside plain text"),
    "a merge": ("deck: A\n<<: {about: x}\nnotes: []\n", 2, "unknown field <<"),
    "a merge in a note": (DECK.format("x\n  <<: x"), 6, "unknown field <<"),
    "an indentation that does not fit": ("deck: A\nnotes:\n  - a: 1\n - b: 2\n", 4, "not readable"),
    "a reserved character": (DECK.format("@home"), 5, "not readable as YAML"),
    "a directive": ("%YAML 9.9\n---\ndeck: A\n", 1, "not readable as YAML"),
    "many directives": (
        "".join(f"%TAG !a{n}! x:\n" for n in range(MANY)) + "---\nx\n", 2, "lines that begin with %"
    ),
    "many directives at the end": (
        "a\n...\n" + "".join(f"%TAG !a{n}! x:\n" for n in range(MANY)), 3, "lines that begin with %"
    ),
    "a huge text": (DECK.format("x" * 10_000_000), 5, "front has 10,000,000 characters"),
    "a huge quoted text": (DECK.format('"' + "x\n" * 1_000_000), 5, "never closed"),
    "a huge key": (DECK.format("x") + "k" * 1_000_000 + ": 1\n", 7, "not readable as YAML"),
    "a huge number": (DECK.format("9" * 1_000_000), 5, "front has 1,000,000 characters"),
    "a huge fraction": (DECK.format("9" * 1_000_000 + ".0"), 5, "front is a number"),
    "a huge tag": (DECK.format("!" + "t" * 1_000_000 + " x"), 5, "a tag ("),
    "a huge list": (DECK.format("[" + "x, " * MANY + "]"), 5, "front is a list"),
    "nothing": ("", 1, "empty"),
    "only a mark": ("\ufeff", 1, "empty"),
    "only spaces": ("  \n\n", 1, "empty"),
    "only comments": ("# a\n# b\n", 1, "empty"),
    "only the start of a document": ("---\n", 1, "empty"),
    "only the end of one": ("...\n", 1, "not readable as YAML"),
    "many starts": ("---\n" * MANY, 2, "a second document"),
    "only a text": ("hello", 1, "a text instead of a deck"),
    "only a number": ("5", 1, "a number instead of a deck"),
    "only a list": ("- a\n", 1, "a list instead of a deck"),
    "only dashes": ("-" * 1_000_000, 1, "a text instead of a deck"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_problem_with_its_line_within_a_second(name: str) -> None:
    given, line, what = HOSTILE[name]
    data = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
    started = time.process_time()
    deck, problems = deck_of(data, FILE)
    took = time.process_time() - started
    assert deck is None
    assert [(problem.file, problem.line) for problem in problems] == [(FILE, line)], problems
    assert what in problems[0].what
    assert took < 1


def test_the_smallest_of_these_decks_is_good_when_nothing_is_wrong_with_it() -> None:
    deck, problems = deck_of(DECK.format("x").encode(), FILE)
    assert deck is not None and problems == []


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    "name", [name for name, (given, *_) in HOSTILE.items() if len(given) < 999]
)
def test_a_hostile_file_is_a_problem_for_either_parser(name: str) -> None:
    given = HOSTILE[name][0]
    data = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
    deck, problems = deck_of(data, FILE)
    assert deck is None and len(problems) == 1


def test_keys_are_looked_at_like_texts() -> None:
    _, problems = read('"\\e[2J": 1\n"": a\n"": b\n')
    assert [(problem.line, problem.what) for problem in problems] == [
        (1, "control character U+001B"),
        (3, "the empty key stands twice"),
    ]


def test_a_byte_order_mark_is_no_problem() -> None:
    assert value_of(b"\xef\xbb\xbfa: 1\n") == {"a": 1}


@pytest.mark.parametrize("text", ["a\tb", "a\u200db", "\u200e", "a\xa0b", "a\u2028b", "\U000e0041"])
def test_what_moves_nothing_on_the_screen_may_stand_in_a_text(text: str) -> None:
    assert not CONTROL.search(text)
    assert value_of(dumped([text], {"allow_unicode": True})) == [text]


def test_a_tab_after_a_colon_or_in_a_text_is_no_problem() -> None:
    assert value_of("a:\tb\nc: d\te\n") == {"a": "b", "c": "d\te"}


def test_a_text_can_be_used_again_by_its_name() -> None:
    assert value_of("- &a one\n- *a\n- {x: *a}\n") == ["one", "one", {"x": "one"}]


def test_as_many_aliases_as_allowed_are_read() -> None:
    text = "- &a x\n" + "- *a\n" * MOST_NODES_BY_ALIAS
    assert value_of(text) == ["x"] * (MOST_NODES_BY_ALIAS + 1)


def test_nesting_is_read_down_to_the_deepest_level_and_no_further() -> None:
    assert value_of("[" * DEEPEST + "]" * DEEPEST) is not None
    value, problems = read("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    assert value is None
    assert [problem.what for problem in problems] == [f"nested deeper than {DEEPEST} levels"]


def test_what_does_not_end_the_reading_is_all_told_and_then_what_does() -> None:
    _, problems = read('a: !x 1\na: 2\nb: "\\e"\nb: 3\nc: [\n')
    told = [(problem.line, problem.what) for problem in problems]
    assert told[:-1] == [
        (1, "a tag (!x)"),
        (2, "a stands twice"),
        (3, "control character U+001B"),
        (4, "b stands twice"),
    ]
    assert told[-1][0] == 5


def test_problems_without_end_are_cut_short() -> None:
    value, problems = read("a: 1\n" * 5_000)
    assert value is None
    assert len(problems) == MOST_PROBLEMS + 1
    assert (problems[-1].line, problems[-1].what) == (MOST_PROBLEMS + 2, "more than 1,000 problems")


# ------------------------------------------------------------------ whatever else comes


def assert_told_well(data: bytes, problems: list[Problem]) -> None:
    """Every problem is in the file, on one line, and shows nothing that a terminal obeys."""
    last_line = len(data.decode("utf-8", "replace").splitlines()) + 1
    for problem in problems:
        assert problem.file == FILE and 1 <= problem.line <= last_line
        for words in (problem.what, problem.mend):
            assert words.strip() and words.isprintable() and len(words) < 400


def assert_value_or_problems(data: bytes) -> None:
    value, problems = read(data)
    assert_told_well(data, problems)
    if value is not None and not problems:
        as_theirs = yaml.load(data.decode("utf-8-sig"), Loader=yaml.CBaseLoader)
        assert _texts_of(as_theirs) == _texts_of(value)
    deck, problems = deck_of(data, FILE)
    assert (deck is None) == bool(problems)
    assert_told_well(data, problems)


def _texts_of(value: object) -> object:
    """The shape of a value and its texts; what we read as a number or a word is left out."""
    if isinstance(value, dict):
        return {str(key): _texts_of(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_texts_of(each) for each in value]
    plain = resolve(value) if isinstance(value, str) else value
    return plain if isinstance(plain, str) else None


@examples(max_examples=500)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_problems(data: bytes) -> None:
    assert_value_or_problems(data)


@examples(max_examples=500)
@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_problems(text: str) -> None:
    assert_value_or_problems(text.encode("utf-8", "surrogatepass"))


@examples(max_examples=500)
@given(st.text("ab1 \n\t:-?,[]{}#&*!|>'\"%@`~.\\=<\ufeff\x85\u2028\r\x00\x1b", max_size=60))
def test_any_heap_of_yaml_signs_gives_a_value_or_problems(text: str) -> None:
    assert_value_or_problems(text.encode())


GOOD = (
    "# yaml-language-server: $schema=deck.schema.json\ndeck: A deck\nabout: Of it\nlanguage: en\n"
    "competencies: {ours: What is ours}\nnotes:\n"
    "- kind: question\n  id: q-one\n  competency: ours\n"
    "  tags: [a, b]\n  weight: 4\n  question: 'Why: us?'\n  intent: \"Mo\\u0074ive\"\n"
    "  key_points:\n  - &k One move\n  - *k\n  sample: |\n    I did it.\n\n    Twice.\n"
    "- {kind: basic, id: b-one, front: a, back: b, both_ways: true}\n"
    "- kind: steps\n  id: s-one\n  title: T\n  when: >-\n    always\n    so\n  steps:\n"
    "  - {text: one, cue: first?}\n  - text: two\n    cue: then?\n"
)
PIECES = st.one_of(
    st.sampled_from(
        [
            "\t", "\n", "\r", "\x00", "\x1b", "\x85", "\u2028", "\u202e", "\ufeff", "[", "]", "{",
            "}", ": ", "- ", "? ", "&a ", "*k", "! ", "!!str ", "|", ">-\n", '"', "'", "\\", "\\e",
            "%", "---\n", "...\n", "#", ",", "<<: ", "~", "5", ".5", "é", "😀", "  ", "kind: ",
            "id: ", "notes:\n",
        ]
    ),
    st.text(max_size=3),
)  # fmt: skip


@examples(max_examples=600)
@given(st.data())
def test_any_damage_to_a_good_deck_gives_a_deck_or_problems(data: st.DataObject) -> None:
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 5, 20])))
        text = text[:start] + data.draw(PIECES) + text[end:]
    assert_value_or_problems(text.encode("utf-8", "surrogatepass"))


def test_the_deck_that_is_damaged_is_good() -> None:
    deck, problems = deck_of(GOOD.encode(), FILE)
    assert problems == [] and deck is not None and len(deck.notes) == 3
