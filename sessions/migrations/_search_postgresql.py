"""The full-text index on PostgreSQL (migration 0006).

`search_texts` holds a row for each text that is searched; its vector is generated from the text, so
the two cannot part. Triggers of each row keep it: they run inside the statement that writes, and
the functions `record_answer` and `ask_batch` stay one statement.

The configuration is 'simple': no stemming, no stop words. People search for names of things
("Go", "IT", "C", "React"), in interviews of any language, and for what was said word by word;
'english' would drop the first as stop words and fold the last. It is also what SQLite's tokenizer
does, so both databases find the same.
"""

# What makes one token of several words goes before PostgreSQL's parser sees it: that would keep
# "Redis/Kafka" as the name of a file, "node.js" as a host and "<b>" as a tag, and nobody would find
# the words inside. These eight do it; all other punctuation parts words in any case (compared with
# taking all of it away on three million random texts). `replace` is ten times as fast here as
# `translate`. Accents go as well.
_JOINING = "/.-@<&+~"
_PARTED = "p_text"
for _character in _JOINING:
    _PARTED = f"replace({_PARTED}, '{_character}', ' ')"
WORDS = rf"""
CREATE FUNCTION search_words(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $body$
    SELECT CASE WHEN octet_length(p_text) = length(p_text) THEN {_PARTED}
        ELSE regexp_replace(normalize({_PARTED}, NFD), '[\u0300-\u036F]', '', 'g') END
$body$
"""
# A vector has room for 1 MB of different words; of a longer text the beginning is kept rather than
# the write refused, which only texts above 100 kB have to be watched for.
VECTOR = """
CREATE FUNCTION search_vector(p_text text) RETURNS tsvector LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE AS $body$
DECLARE
    kept text := p_text;
BEGIN
    IF octet_length(p_text) <= 100000 THEN
        RETURN to_tsvector('pg_catalog.simple', search_words(p_text));
    END IF;
    LOOP
        BEGIN
            RETURN to_tsvector('pg_catalog.simple', search_words(kept));
        EXCEPTION WHEN program_limit_exceeded THEN
            kept := left(kept, length(kept) * 3 / 4);
        END;
    END LOOP;
END
$body$
"""

TABLE = """
CREATE TABLE search_texts (
    kind text NOT NULL CHECK (kind IN ('question', 'answer', 'transcript')),
    row_id bigint NOT NULL,
    session_id text NOT NULL,
    text text NOT NULL,
    vector tsvector GENERATED ALWAYS AS (search_vector(text)) STORED,
    PRIMARY KEY (kind, row_id)
)
"""
INDEXES = (
    # Which texts hold these words: `sessions.search`.
    "CREATE INDEX search_texts_words ON search_texts USING gin (vector)",
    # The texts of the interviews of a page, to be shown with their hits.
    "CREATE INDEX search_texts_of_session ON search_texts (session_id)",
)

# The interviews with a text that matches, `p_most` texts at most, always by the index: without
# statistics of a word the planner takes a rare one for one in two hundred texts, and would rather
# look at a million of them. Compiling the statement (jit) takes longer than running it.
# `p_word`, where the query is one word: if one text in fifty has it, the answer is `p_most` nulls,
# "too many", and the millions of entries are not even counted.
SESSIONS = """
CREATE FUNCTION search_sessions(p_query tsquery, p_word text, p_kinds text[], p_most integer)
RETURNS TABLE (session_id text) LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET plan_cache_mode = force_custom_plan SET jit = off AS $body$
BEGIN
    PERFORM 1 FROM pg_stats s,
        unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS known (word, share)
    WHERE s.schemaname = current_schema AND s.tablename = 'search_texts' AND s.attname = 'vector'
      AND known.word = p_word AND known.share > 0.02;
    IF FOUND THEN
        RETURN QUERY SELECT NULL::text FROM generate_series(1, p_most);
    ELSE
        -- Not the bare column: the primary key, which begins with it, is no help here.
        RETURN QUERY SELECT t.session_id FROM search_texts t
        WHERE t.vector @@ p_query AND t.kind || '' = ANY (p_kinds) LIMIT p_most;
    END IF;
END
$body$
"""

# What was said, as text: the whole text where the client sent one, else the texts of its segments
# (or messages, turns …) in their order, else the words with times. JSON that PostgreSQL cannot
# turn into text (only imports can bring it) has none, rather than stopping the import.
_KEYS = ("text", "content", "message", "transcript", "answer", "utterance")
_SEGMENTS = ",\n            ".join(
    f"""(SELECT NULLIF(string_agg(v #>> '{{}}', ' '), '')
             FROM jsonb_path_query(said, 'strict $.**.{key} ? (@.type() == "string")') AS v)"""
    for key in _KEYS
)
TRANSCRIPT_TEXT = f"""
CREATE FUNCTION search_text_of_transcript(p_data json, p_words json) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $body$
DECLARE
    said jsonb;
    found text;
BEGIN
    said := p_data::jsonb;
    IF jsonb_typeof(said) = 'string' THEN
        found := said #>> '{{}}';
    ELSE
        IF jsonb_typeof(said) = 'object' AND jsonb_typeof(said -> 'text') = 'string' THEN
            found := said ->> 'text';
        END IF;
        found := COALESCE(
            NULLIF(found, ''),
            {_SEGMENTS},
            (SELECT string_agg(v #>> '{{}}', ' ') FROM jsonb_path_query(
                said, 'strict $.** ? (@.type() == "array")[*] ? (@.type() == "string")') AS v)
        );
    END IF;
    RETURN COALESCE(NULLIF(found, ''), (
        SELECT string_agg(v #>> '{{}}', ' ')
        FROM jsonb_path_query(p_words::jsonb, 'strict $.**.word ? (@.type() == "string")') AS v
    ), '');
EXCEPTION WHEN data_exception THEN
    RETURN '';
END
$body$
"""

# kind → its table, the columns that its text is made of, and that text ({row}: NEW, or a table).
SOURCES = {
    "question": ("interview_questions", "question_text", "{row}.question_text"),
    "answer": ("user_responses", "user_answer", "{row}.user_answer"),
    "transcript": (
        "transcripts",
        "transcript_data, word_timestamps",
        "search_text_of_transcript({row}.transcript_data, {row}.word_timestamps)",
    ),
}


def follow(kind: str) -> list[str]:
    """The function and triggers that keep the texts of one kind."""
    table, columns, text = SOURCES[kind]
    name = f"search_texts_of_{kind}s"
    return [
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM search_texts WHERE kind = '{kind}';
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM search_texts WHERE kind = '{kind}' AND row_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO search_texts (kind, row_id, session_id, text)
        SELECT '{kind}', NEW.id, NEW.session_id, said.text
        FROM (SELECT {text.format(row="NEW")} AS text) AS said WHERE said.text <> '';
    END IF;
    RETURN NULL;
END
$body$
""",
        # Naming the columns spares the update that every new revision makes of the one before.
        f"""
CREATE TRIGGER {name} AFTER INSERT OR UPDATE OF id, session_id, {columns} OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {name}()
""",
        f"""
CREATE TRIGGER {name}_truncated AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {name}()
""",
    ]


def fill(kind: str) -> str:
    table, _columns, text = SOURCES[kind]
    return f"""
INSERT INTO search_texts (kind, row_id, session_id, text)
SELECT '{kind}', said.id, said.session_id, said.text
FROM (SELECT t.id, t.session_id, {text.format(row="t")} AS text FROM {table} t) AS said
WHERE said.text <> ''
"""


# Further indexes of the sessions list that Django's models cannot say: `session_rows.matching`.
LIST_INDEXES = (
    # "Person": e-mails that begin with a text; the index by person is in the order of a language.
    """
CREATE INDEX session_by_email_beginning ON interview_sessions
    (user_email varchar_pattern_ops, created_at DESC, id DESC)
""",
    # "Role": roles that begin with a text, upper or lower case.
    """
CREATE INDEX session_by_role ON interview_sessions
    (upper(role::text) text_pattern_ops, created_at DESC, id DESC)
""",
    # "Score from", "Score to": interviews with a score beyond a bound. It stands here because the
    # page asks for it; `feedback` itself belongs to the floor above.
    """
CREATE INDEX feedback_by_score ON feedback (overall_score, session_id) WHERE source <> 'candidate'
""",
)


FORWARD = [
    WORDS,
    VECTOR,
    TABLE,
    SESSIONS,
    TRANSCRIPT_TEXT,
    *(statement for kind in SOURCES for statement in follow(kind)),
    *(fill(kind) for kind in SOURCES),
    # After the rows: many at once cost an index less than one by one.
    *INDEXES,
    "ANALYZE search_texts",
    *LIST_INDEXES,
]
BACKWARD = [
    "DROP INDEX feedback_by_score",
    "DROP INDEX session_by_role",
    "DROP INDEX session_by_email_beginning",
    "DROP FUNCTION search_sessions(tsquery, text, text[], integer)",
    *(
        statement
        for kind, (table, _columns, _text) in SOURCES.items()
        for statement in (
            f"DROP TRIGGER search_texts_of_{kind}s ON {table}",
            f"DROP TRIGGER search_texts_of_{kind}s_truncated ON {table}",
            f"DROP FUNCTION search_texts_of_{kind}s()",
        )
    ),
    "DROP FUNCTION search_text_of_transcript(json, json)",
    "DROP TABLE search_texts",
    "DROP FUNCTION search_vector(text)",
    "DROP FUNCTION search_words(text)",
]
