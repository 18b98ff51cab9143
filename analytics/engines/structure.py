"""Signs that an answer tells of a situation, a task, an action and a result. English.

A heuristic: set phrases, each counted where it stands. An answer can tell all four without one of
them, and use all without telling anything; so there is no score, only places to look at.
"""

from __future__ import annotations

import re
from typing import Any

HEURISTIC = "Set English phrases that often open a part of such a story; not a judgement of it."
MOST_PLACES = 20

_LAST = r"(?:last|previous|former|current|first|old)"
_WORK = r"(?:job|role|position|company|team|project|employer|internship|place)"
_DID = (
    r"(?:added|analysed|analyzed|asked|automated|broke|built|called|changed|checked|chose|"
    r"collected|compared|contacted|created|decided|designed|developed|did|discussed|explained|"
    r"fixed|found|gathered|hired|implemented|improved|introduced|investigated|led|listed|looked|"
    r"made|measured|moved|negotiated|offered|organised|organized|planned|prepared|presented|"
    r"profiled|proposed|ran|reached|removed|replaced|researched|reviewed|rewrote|scheduled|set up|"
    r"showed|split|spoke|started|stopped|suggested|talked|taught|tested|told|took|trained|tried|"
    r"used|visited|went|worked|wrote)"
)
MARKERS: dict[str, tuple[str, ...]] = {
    "situation": (
        rf"(?:in|at|during|on|with) (?:my|our|a|the) {_LAST} {_WORK}",
        r"when (?:i|we) (?:was|were|worked|started|joined|had)",
        r"while (?:i was|we were|working)",
        r"(?:a few|two|three|four|five|some|several|\d+) (?:years|months|weeks) ago",
        r"last (?:year|month|week|summer|winter|spring|autumn|quarter)",
        r"at (?:that|the) time",
        r"(?:there was|we had|i had) (?:a|an) (?:problem|issue|outage|conflict|deadline|customer|"
        r"client|situation|project|bug|incident|release|colleague)",
        r"the (?:situation|context|background|problem) was",
        r"i (?:once )?worked (?:in|at|for|on|with)",
    ),
    "task": (
        r"(?:my|our|the) (?:task|job|role|responsibility|goal|aim|objective|challenge|mission) "
        r"(?:was|is)",
        r"(?:i|we) (?:had|needed|wanted) to",
        r"(?:i|we) (?:was|were) (?:asked|told|expected|supposed|responsible|in charge|assigned)",
        r"it was (?:my|up to me|up to us)",
        r"in order to",
    ),
    "action": (
        rf"(?:i|we) (?:first |then |also |finally |immediately |quickly |eventually )?{_DID}",
        r"(?:first|then|next|after that|so),? (?:i|we)",
        r"my (?:first step|approach|solution|plan) was",
    ),
    "result": (
        r"as a (?:result|consequence)",
        r"in the end",
        r"(?:the|our|my) (?:result|outcome|effect|upshot) (?:was|is|were)",
        r"(?:which|that|this|it) (?:led to|resulted in|meant that|saved|reduced|increased|cut|"
        r"improved|worked)",
        r"(?:reduced|increased|cut|improved|grew|fell|dropped|rose|went down|went up)"
        r"(?: \w+){0,6} (?:by|from|to) (?:\d+|half|a third|a quarter)",
        r"(?:i|we) (?:managed to|succeeded|delivered|launched|shipped|finished|won|achieved)",
        r"since then",
        r"(?:i|we) (?:have )?learn(?:ed|t)",
        r"from (?:\d+|two|three|four|five|ten)(?: \w+){0,3} to (?:\d+|one|two|three|four|five|ten)",
    ),
}
PARTS = tuple(MARKERS)
# Any blanks between words, but few: a page of blanks must not be searched for each phrase anew.
_PATTERNS = {
    part: re.compile(
        r"\b(?:" + "|".join(each.replace(" ", r"\s{1,3}") for each in phrases) + r")\b",
        re.IGNORECASE,
    )
    for part, phrases in MARKERS.items()
}


def find_structure(text: str) -> dict[str, Any]:
    """For each of PARTS {"count", "places"}; "found": those met, in the order they begin.

    in_order: whether those met begin in the order of PARTS; None with fewer than two. places: the
    first MOST_PLACES as (start, end) in `text`.
    """
    result: dict[str, Any] = {}
    begins: list[tuple[int, str]] = []
    for part, pattern in _PATTERNS.items():
        places = [found.span() for found in pattern.finditer(text)]
        result[part] = {"count": len(places), "places": places[:MOST_PLACES]}
        if places:
            begins.append((places[0][0], part))
    found = [part for _, part in sorted(begins, key=lambda each: each[0])]
    in_order = found == [part for part in PARTS if part in found] if len(found) > 1 else None
    return {**result, "found": found, "in_order": in_order}
