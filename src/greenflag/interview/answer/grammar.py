"""Whose act a verb tells: a shallow look at the words before it, without a parser.

Each word of a sentence gets one letter: `i` the speaker acts, `w` "we" act, `o` others or things
act, `-` no act. A bare past form at the start of a sentence or list item ("Cut the form to four
fields.") is the speaker's.
"""

from __future__ import annotations

from collections.abc import Sequence

from greenflag.interview.answer.words import Token

SPEAKER, TEAM, OTHERS, NONE = "i", "w", "o", "-"

AUXILIARIES = frozenset(
    "am is are was were be been being have has had do does did will would shall should can"
    " could may might must 'll 'd 've i'd i'll i've i'm we'd we'll we've we're used going"
    " having let's wasn't weren't don't doesn't didn't hadn't haven't hasn't won't wouldn't"
    " couldn't shouldn't can't not never".split()
)
ADVERBS = frozenset(
    "also always just then first finally often sometimes usually simply even still now soon"
    " once later again together both all either mostly mainly largely well only kind sort of"
    " um uh like basically actually literally honestly really kinda sorta maybe perhaps"
    " therefore thus next immediately instead already almost ever".split()
)
LINKS = frozenset("and or but then plus & so , ; – — -- - / nor while".split())
BEFORE_ING = frozenset(
    "by of for in on from after before while without at about through with when start started"
    " began begin kept keep stopped involved included includes enjoy enjoyed tried like love"
    " spent responsible tasked charge when was were am is are be been i'm".split()
)
THIRD = frozenset(
    "he she they you it who which this these those there someone somebody everyone everybody"
    " nobody people one customers agents others".split()
)
DUTY = frozenset(
    "job role task duty duties responsibility responsibilities work part goal aim objective"
    " mission assignment function position".split()
)
CONTROLLING = frozenset(
    "ask tell let have get help want allow encourage train teach expect need remind advise"
    " push convince persuade invite enable empower urge order instruct bring".split()
)
OBJECT_NOUN = frozenset("customers agents others one these those someone somebody this".split())
OBJECT_PERSON = frozenset("him her them us you people everyone everybody someone somebody".split())
SAME_FORM = frozenset(
    "put cut set let hit cost quit split spread shut reset run come become overcome read"
    " beat".split()
)
NO_VERB = frozenset(
    "the a an this that these those my our your his her its their some any each every no"
    " another in on at to of for from with by about into over under after before during"
    " between among within without and or but so because if when where while as than i we he"
    " she they it you me him them us who which what very too quite more most many much few"
    " one two three four five six seven eight nine ten eleven twelve twenty thirty forty"
    " fifty hundred half both".split()
)


def is_past(token: Token) -> bool:
    """Whether a word may be a past form: "handled", "took", "put"."""
    word = token.word
    if word in SAME_FORM:
        return True
    return token.lemma != word and word.isalpha() and not word.endswith(("s", "ing", "er", "est"))


def is_ing(token: Token) -> bool:
    """Whether a word may be an -ing form of a verb."""
    return token.word.endswith("ing") and token.lemma != token.word


def subjects(tokens: Sequence[Token]) -> str:
    """One letter a word: whose act it tells."""
    return _Reader(tokens).letters()


class _Reader:
    """Walks through one sentence and remembers who acts."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._actor = NONE
        self._ready = True  # a verb of the actor may come now
        self._first = True  # nothing but openers so far
        self._noun = False  # a noun stands since the last break
        self._verb = ""  # lemma of the actor's last verb
        self._object = False  # a noun or person stands since that verb
        self._link = False  # the verb would be joined by "and" or a comma

    def letters(self) -> str:
        """The letters of all words, in order."""
        return "".join(self._letter(number, token) for number, token in enumerate(self._tokens))

    def _letter(self, number: int, token: Token) -> str:
        word = token.word
        if word in ("i", "i'd", "i'll", "i've", "i'm"):
            return self._becomes(SPEAKER)
        if word in ("we", "we'd", "we'll", "we've", "we're"):
            return self._becomes(TEAM)
        if word in THIRD:
            return self._third(number)
        if word in LINKS:
            return self._joins(word)
        if word == "to":
            return self._infinitive(number)
        if word in AUXILIARIES or word in ADVERBS or word.endswith("ly"):
            return self._actor if self._ready and not self._first else NONE
        if self._ready and self._is_verb(number, token):
            return self._acts(token)
        return self._other(number, token)

    def _becomes(self, actor: str) -> str:
        self._actor, self._ready, self._first, self._link, self._noun = (
            actor,
            True,
            False,
            False,
            False,
        )
        return actor

    def _third(self, number: int) -> str:
        if (
            self._verb
            and not self._link
            and not self._is_break(number)
            and (
                self._tokens[number].word in OBJECT_PERSON | {"it"}
                or (self._tokens[number].word in OBJECT_NOUN and not self._acts_next(number))
            )
        ):
            self._object, self._ready = True, False
            return NONE
        return self._becomes(OTHERS)

    def _acts_next(self, number: int) -> bool:
        """Whether a verb stands right behind a word: "I saw customers wait" has none."""
        return any(
            t.word in AUXILIARIES or is_past(t) for t in self._tokens[number + 1 : number + 2]
        )

    def _is_break(self, number: int) -> bool:
        before = self._tokens[number - 1].word if number else ""
        return before in LINKS or before in (
            "because",
            "that",
            "when",
            "where",
            "if",
            "as",
            "since",
            "until",
            "how",
            "what",
            "why",
        )

    def _joins(self, word: str) -> str:
        self._ready, self._link, self._noun = True, True, False
        return NONE

    def _infinitive(self, number: int) -> str:
        before = self._tokens[number - 1].word if number else ""
        if before in ("me", "myself"):
            self._actor = SPEAKER
        elif self._object and self._verb in CONTROLLING and self._actor in (SPEAKER, TEAM):
            self._actor = OTHERS
        self._ready, self._link = True, False
        return NONE

    def _is_verb(self, number: int, token: Token) -> bool:
        if not token.word.replace("-", "").isalpha() or token.word in NO_VERB:
            return False
        if self._first:
            return number < 6 and self._starts(number, token)
        if self._link:
            return is_past(token) or is_ing(token)
        return True

    def _starts(self, number: int, token: Token) -> bool:
        """Whether the speaker's act opens it: "Cut the form", not "Closed tickets rose"."""
        if token.word in ("responsible", "involved"):
            return True
        before = self._tokens[number - 1].word if number else ""
        if is_ing(token):
            return before in ("while", "by", "when", "after") or number == 0
        behind = self._tokens[number + 2 : number + 4]
        joined = number + 1 < len(self._tokens) and self._tokens[number + 1].word in NO_VERB
        return is_past(token) and (
            joined or not any(is_past(t) or t.word in AUXILIARIES for t in behind)
        )

    def _acts(self, token: Token) -> str:
        if self._first:
            self._actor, self._first = SPEAKER, False
        self._verb, self._object, self._noun = token.lemma, False, False
        self._ready = token.word in BEFORE_ING
        self._link = token.word in BEFORE_ING
        return self._actor

    def _other(self, number: int, token: Token) -> str:
        word = token.word
        if self._noun and is_past(token) and not self._verb and self._actor == NONE:
            self._actor = OTHERS
        if word in DUTY and self._owned(number):
            self._becomes(SPEAKER)
            return NONE
        if word in BEFORE_ING:
            self._ready = self._link = True
            return NONE
        if self._ready and self._link and word not in NO_VERB:
            self._noun = True
        if self._is_break(number) or self._link:
            self._noun = True
            if word in (
                "the",
                "my",
                "our",
                "their",
                "his",
                "her",
                "a",
                "an",
                "one",
                "this",
                "that",
                "some",
            ):
                self._pending_noun(number)
        self._ready, self._first, self._object = False, False, True
        self._link = False
        return NONE

    def _pending_noun(self, number: int) -> None:
        """A noun phrase after a break followed by its own verb takes over as the actor."""
        for token in self._tokens[number + 1 : number + 5]:
            if token.word in LINKS or token.word in (
                "of",
                "to",
                "in",
                "for",
                "with",
                "on",
                "at",
                "from",
                "i",
                "we",
            ):
                return
            if token.word in AUXILIARIES or (
                is_past(token) and token is not self._tokens[number + 1]
            ):
                self._actor = OTHERS
                return

    def _owned(self, number: int) -> bool:
        return any(t.word in ("my", "mine") for t in self._tokens[max(0, number - 3) : number])
