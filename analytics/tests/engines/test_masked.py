"""Texts with hidden places, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.engines.masked import mask


def test_addresses_and_names_are_hidden():
    text = "I am Ann, write to ann.k@mail.example.org, or ask Ann."
    masked = mask(text, [(5, 8), (50, 53)])
    assert masked.text == "I am [name], write to [e-mail], or ask [name]."


def test_place_in_the_whole():
    text = "I am Ann and I write code."
    masked = mask(text, [(5, 8)])
    start = masked.text.index("[name] and I write")
    place = masked.place_in_whole(start, start + len("[name] and I write"))
    assert text[slice(*place)] == "Ann and I write"
    inside = masked.text.index("name")
    assert text[slice(*masked.place_in_whole(inside, inside + 2))] == "Ann"


def test_name_inside_an_address_is_hidden_with_it():
    text = "ann@example.org"
    assert mask(text, [(0, 3)]).text == "[e-mail]"
    assert mask(f"x {text}", [(0, 6)]).text == "[name]"


def test_nothing_to_hide():
    masked = mask("plain words")
    assert masked.text == "plain words"
    assert masked.place_in_whole(6, 11) == (6, 11)
    assert mask("").text == ""


@pytest.mark.parametrize(
    "text", ["a@" * 50_000, "a" * 200_000, "a." * 100_000 + "@", "@" * 200_000, "a@b." * 50_000]
)
def test_hostile_texts_are_masked_in_one_go(text):
    assert isinstance(mask(text).text, str)


@given(
    st.text(alphabet="ab @.", max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=5),
)
def test_what_is_kept_leads_back_to_itself(text, spans):
    names = [(a, min(a + b, len(text))) for a, b in spans if a < len(text)]
    masked = mask(text, names)
    for at in range(len(masked.text)):
        start, end = masked.place_in_whole(at, at + 1)
        assert 0 <= start < end <= len(text)
    hidden = {place for start, end in names for place in range(start, end)}
    for at, letter in enumerate(masked.text):
        start, end = masked.place_in_whole(at, at + 1)
        if end - start == 1 and start not in hidden and letter == text[start]:
            assert masked.place_in_whole(at, at + 1) == (start, start + 1)
