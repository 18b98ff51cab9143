"""JSON of any shape in words."""

from interviewdata.record.pages.nested_facts import MOST_NODES, facts_of, label_of


def test_names_of_facts_are_read_as_words():
    assert label_of("words_per_minute") == "Words per minute"
    assert label_of("wordsPerMinute") == "Words per minute"
    assert label_of("") == "–"


def test_facts_take_the_shape_of_their_values():
    node = facts_of({"pace": 1.5, "rows": [{"a": 1, "b": None}, {"a": True, "b": [1, 2]}], "x": []})
    names = [name for name, _node in node.entries]
    assert names == ["Pace", "Rows", "X"]
    table = node.entries[1][1]
    assert (table.kind, table.columns) == ("table", ["A", "B"])
    assert table.rows == [["1", "–"], ["yes", "1, 2"]]
    assert facts_of([{"a": 1}, {"b": 2}, {"c": 3}]).kind == "list"
    assert facts_of(["a", 2]).text == "a, 2"
    assert [facts_of(value) for value in ("", None, [], {})] == [None] * 4
    assert facts_of(0).text == "0"


def test_huge_and_deep_values_are_cut_and_say_so():
    def count(node):
        inner = [one for _name, one in node.entries] + node.items
        return 1 + len(node.rows) + sum(count(one) for one in inner)

    huge = facts_of({f"n{n}": {"a": {"b": n}} for n in range(5000)})
    assert count(huge) <= MOST_NODES + 10
    assert huge.entries[-1][1].kind == "more"
    deep = {}
    for _ in range(100):
        deep = {"deeper": deep}
    assert "entries; the export has them" in str(facts_of(deep))
