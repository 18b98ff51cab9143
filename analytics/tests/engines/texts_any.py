"""Hostile texts: any script, right to left, marks without letters, endless words, blanks."""

from hypothesis import strategies as st

PIECES = [
    "I loved it. ", "but ", "مرحبا بالعالم، ", "שלום. ", "你好。", "e\u0301", "\u202e", "\u200d",
    "İ", "ß", "ﬁ", "🙂", "-'", "…", "\n", "\u2028", "(A.", "c++ ", "1,000.5 ", "a", "_", "Dr. ",
    "\ud800",
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from(PIECES), max_size=80).map("".join),
    st.builds(lambda piece, times: piece * times, st.sampled_from(PIECES), st.integers(0, 3_000)),
)
