"""What gives a candidate's name away, and that it is gone afterwards."""

import pytest

from analytics.anonymity import NameMask, candidate_label, identifying_texts


@pytest.mark.parametrize(
    ("position", "label"), [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (51, "AZ"), (702, "AAA")]
)
def test_labels_go_on_after_z(position, label):
    assert candidate_label(position) == f"Candidate {label}"


def test_an_address_tells_its_parts_and_names_sent_along_tell_theirs():
    assert identifying_texts("ann-marie.o7@example.org") == {
        "ann-marie.o7@example.org", "ann-marie.o7", "example.org", "ann", "marie",
    }  # fmt: skip
    told = identifying_texts("x@example.org", {"First Name": "Zoë", "role": "Nurse", "name": 5})
    assert told == {"x@example.org", "example.org", "Zoë"}


@pytest.mark.parametrize(
    ("email", "text", "hidden"),
    [
        ("ann@example.org", "To ANN@example.org, says Ann.", "To [name], says [name]."),
        ("ann@example.org", "Annotate it; that is Ann's.", "Annotate it; that is [name]'s."),
        ("jose.martin@example.org", "José Martín, e os Martins", "[name], e os [name]s"),
        ("annkowalski@example.org", "I am Ann Kowalski.", "I am [name]."),
        ("li.wei@example.org", "Li, li is a word. Wei?", "[name], li is a word. [name]?"),
        ("ann@kowalski.example", "at kowalski.example I work", "at [name] I work"),
        ("a+b@example.org", "a plus b (a+b)", "a plus b ([name])"),
        (
            "ann@example.org",
            "Herr Strauß, ﬁne, İstanbul, Ann",
            "Herr Strauß, ﬁne, İstanbul, [name]",
        ),
    ],
)
def test_names_are_hidden_whatever_their_case_and_accents(email, text, hidden):
    assert NameMask(identifying_texts(email))(text) == hidden


def test_without_names_nothing_is_hidden():
    assert NameMask()("Ann says (so).") == "Ann says (so)."
    assert not NameMask().hides("Ann")


def test_names_that_touch_are_hidden_whole():
    mask = NameMask(identifying_texts("maria.gonzalez@example.org", {"name": "Maria Gonzalez"}))
    assert mask("Maria Gonzalez and maria.gonzalez@example.org") == "[name] and [name]"
