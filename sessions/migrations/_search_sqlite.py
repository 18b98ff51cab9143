"""The full-text index on SQLite (migration 0006): an FTS5 table kept by triggers.

The row of a text has the id `row_id * 4 + number of its kind`, so that it is found without an
index. The tokenizer splits at everything that is no letter or digit and folds case and accents:
what PostgreSQL's 'simple' does with the text that is prepared for it there.
A later migration that rebuilds one of the three tables drops its triggers: create them anew there
(a test fails otherwise).
"""

TABLE = """
CREATE VIRTUAL TABLE search_texts USING fts5(
    text, session_id UNINDEXED, tokenize = "unicode61 remove_diacritics 2"
)
"""

_KEYS = ("text", "content", "message", "transcript", "answer", "utterance")
_SEGMENTS = ",\n    ".join(
    f"""(SELECT NULLIF(group_concat(value, ' '), '') FROM json_tree({{row}}.transcript_data)
     WHERE key = '{key}' AND type = 'text')"""
    for key in _KEYS
)
TRANSCRIPT_TEXT = f"""COALESCE(
    (SELECT NULLIF(value, '') FROM json_tree({{row}}.transcript_data)
     WHERE fullkey IN ('$', '$.text') AND type = 'text'),
    {_SEGMENTS},
    (SELECT group_concat(value, ' ') FROM json_tree({{row}}.transcript_data)
     WHERE typeof(key) = 'integer' AND type = 'text'),
    (SELECT group_concat(value, ' ') FROM json_tree({{row}}.word_timestamps)
     WHERE key = 'word' AND type = 'text'),
    '')"""

# kind → its number, its table, the columns that its text is made of, that text ({row}: NEW …).
SOURCES = {
    "question": (1, "interview_questions", "question_text", "{row}.question_text"),
    "answer": (2, "user_responses", "user_answer", "{row}.user_answer"),
    "transcript": (3, "transcripts", "transcript_data, word_timestamps", TRANSCRIPT_TEXT),
}


def _add(kind: str, row: str) -> str:
    number, _table, _columns, text = SOURCES[kind]
    return f"""
INSERT INTO search_texts (rowid, text, session_id)
SELECT said.id * 4 + {number}, said.text, said.session_id
FROM (SELECT {row}.id AS id, {row}.session_id AS session_id, {text.format(row=row)} AS text"""


def follow(kind: str) -> list[str]:
    """The triggers that keep the texts of one kind."""
    number, table, columns, _text = SOURCES[kind]
    name = f"search_texts_of_{kind}s"
    add = f"{_add(kind, 'NEW')}) AS said WHERE said.text <> '';"
    remove = f"DELETE FROM search_texts WHERE rowid = OLD.id * 4 + {number};"
    return [
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"""
CREATE TRIGGER {name}_update AFTER UPDATE OF id, session_id, {columns} ON {table}
BEGIN {remove} {add} END
""",
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {remove} END",
    ]


def fill(kind: str) -> str:
    _number, table, _columns, _text = SOURCES[kind]
    return f"{_add(kind, 't')} FROM {table} t) AS said WHERE said.text <> ''"


FORWARD = [
    TABLE,
    *(statement for kind in SOURCES for statement in follow(kind)),
    *(fill(kind) for kind in SOURCES),
]
BACKWARD = [
    *(
        f"DROP TRIGGER search_texts_of_{kind}s_{moment}"
        for kind in SOURCES
        for moment in ("insert", "update", "delete")
    ),
    "DROP TABLE search_texts",
]
