"""A thank-you note is the script with what is known put in; what is not known is named."""

from __future__ import annotations

from greenflag.content.notes import Script, to_json
from greenflag.interview.thanks import letter, thank_you

SCRIPT = Script(
    id="script-thank-you",
    title="Thank-you e-mail",
    use_when="After.",
    text="Dear [Interviewer], [Highlight] at [Company]. [Role]? [a link](x) [Sign]",
    slots={"Highlight": "One point", "Sign": "Your name"},
)


def test_what_is_known_is_put_in_and_the_rest_named_with_its_hint() -> None:
    found = letter(SCRIPT, {"name": "Ana", "topic": "[nights]", "company": "Acme"})
    assert found.text == "Dear Ana, [nights] at Acme. [Role]? [a link](x) [Sign]"
    assert found.missing == {"Role": "", "Sign": "Your name"}
    assert found.to == "Ana"


def test_the_script_is_found_by_its_id_before_its_words() -> None:
    other = SCRIPT.replacing(id="mine", title="Many thanks")
    plain = SCRIPT.replacing(id="plain", title="Farewell")
    bodies = [to_json(each) for each in (plain, other, SCRIPT)]
    assert thank_you(bodies) == SCRIPT
    assert thank_you(bodies[:2]) == other
    assert thank_you(bodies[:1]) is None
