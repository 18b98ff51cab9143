"""Questions from the bank: the same seed gives the same set, nobody is asked twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import slugify

from sessions.enums import Difficulty, Mode
from sessions.models import BankQuestion
from sessions.models.bank import GENERAL_ROLE
from sessions.questions.base import Picked, QuestionRequest, SourceFailed
from sessions.services.question import QuestionDraft

# A mixed interview takes turns between these, in this order.
MIXED_MODES = (Mode.TECHNICAL, Mode.BEHAVIORAL, Mode.CASE_STUDY, Mode.HR, Mode.SYSTEM_DESIGN)
_LEVELS = list(Difficulty)

# Words in a role's name that tell which role of the bank is meant; the first that is found counts,
# so what a person is (product manager, designer, tester) stands before what they work with.
# A hint of more than three letters may begin a longer word, a shorter one is a word of its own.
ROLE_HINTS = tuple(
    (meant, tuple(hints.split()))
    for meant, hints in (
        ("product-manager", "product-manag product-owner product-lead head-of-product"),
        (
            "project-manager",
            "project-manag project-lead program-manag programme-manag delivery-manag "
            "scrum-master agile-coach",
        ),
        (
            "customer-success-manager",
            "customer-success client-success customer-support account-manag csm",
        ),
        ("frontend-developer", "ui-developer ui-engineer ux-engineer"),
        ("ux-designer", "ux ui user-experience user-research designer"),
        (
            "qa-engineer",
            "qa sdet quality tester test-engineer test-automation test-analyst in-test",
        ),
        ("security-engineer", "security infosec cyber penetration pentest"),
        ("mobile-developer", "mobile android ios flutter react-native swift kotlin"),
        (
            "machine-learning-engineer",
            "machine-learning deep-learning ml mlops ai nlp computer-vision",
        ),
        ("data-scientist", "data-scien statistician"),
        ("data-engineer", "data-engineer analytics-engineer data-platform data-warehous etl"),
        ("data-analyst", "data-analy bi business-intelligence analytics sql-analyst"),
        (
            "devops-engineer",
            "devops devsecops site-reliability sre platform-engineer cloud infrastructure "
            "kubernetes system-admin systems-admin sysadmin",
        ),
        ("full-stack-developer", "full-stack fullstack web-developer web-engineer"),
        ("frontend-developer", "frontend front-end react angular vue javascript typescript"),
        (
            "backend-developer",
            "backend back-end server-side api-developer django node-js nodejs spring golang",
        ),
        ("software-engineer", "software developer programmer coder sde swe"),
    )
)


@dataclass(frozen=True)
class Entry:
    """One active question of the bank, with the draft that asks it."""

    key: str
    mode: Mode
    role: str
    level: int
    draft: QuestionDraft


@lru_cache(maxsize=2)
def load_bank(version: str) -> tuple[Entry, ...]:
    """All active questions. One statement the first time a process meets this `version` (a word
    that triggers renew at every change of the table), none after that."""
    return tuple(
        Entry(
            question.key,
            Mode(question.mode),
            question.role,
            _LEVELS.index(Difficulty(question.difficulty)),
            QuestionDraft(
                text=question.question_text,
                type=question.question_type,
                category=question.category,
                difficulty=question.difficulty,
                bank_key=question.key,
                metadata={
                    "expected_keywords": question.expected_keywords,
                    "time_limit": question.time_limit,
                    "bank_entry": question.key,
                    "generator": "bank",
                },
            ),
        )
        for question in BankQuestion.objects.filter(is_active=True).order_by("key")
    )


def bank_role(role: str, known: Iterable[str]) -> str | None:
    """The role of the bank that a client's `role` means; None where there is none."""
    slug = slugify(role)
    roles = set(known) - {GENERAL_ROLE}
    if slug in roles:
        return slug
    words = f"-{slug}-"
    for meant, hints in ROLE_HINTS:
        if meant in roles and any(
            f"-{hint}" in words if len(hint) > 3 else f"-{hint}-" in words for hint in hints
        ):
            return meant
    return None


class BankSource:
    def pick(self, request: QuestionRequest) -> Picked:
        """The seldom asked before the often asked, the wished difficulty before its neighbours,
        the own role before general; among equals the seed draws lots. In a mixed interview the
        best of each mode in turn, without giving up difficulty for it."""
        version = request.bank_version
        if not load_bank(version):
            raise SourceFailed("The question bank is empty.")
        notes: list[str] = []
        modes = MIXED_MODES if request.mode == Mode.MIXED else (request.mode,)
        role = _role_meant(version, request.role)
        if (
            role is None
            and slugify(request.role) != GENERAL_ROLE
            and any(e.mode in modes and e.role != GENERAL_ROLE for e in load_bank(version))
        ):
            notes.append(f"The bank has no questions for the role “{request.role}”: general ones.")
        wished = _LEVELS.index(request.difficulty)
        chosen = _best(_shelf(version, modes, role), modes, request, wished)
        if not chosen:
            raise SourceFailed(f"The question bank has no {request.mode.value} questions.")
        notes += _shortfalls(chosen, request, wished)
        return Picked([entry.draft for entry in chosen], notes)


@lru_cache(maxsize=1000)
def _role_meant(version: str, role: str) -> str | None:
    return bank_role(role, {entry.role for entry in load_bank(version)})


@lru_cache(maxsize=500)
def _shelf(version: str, modes: tuple[Mode, ...], role: str | None) -> tuple[Entry, ...]:
    """The questions of these modes for this role and for any."""
    return tuple(
        entry
        for entry in load_bank(version)
        if entry.mode in modes and entry.role in (role, GENERAL_ROLE)
    )


def _best(
    shelf: tuple[Entry, ...], modes: tuple[Mode, ...], request: QuestionRequest, wished: int
) -> list[Entry]:
    """As many as are wanted, best first. Lots are drawn only among those that come in question:
    that is most of what choosing costs."""
    by_merit: dict[tuple[int, int], list[Entry]] = {}
    for entry in shelf:
        if entry.draft.text not in request.given:
            merit = (request.asked.get(entry.key, 0), abs(entry.level - wished))
            by_merit.setdefault(merit, []).append(entry)
    lot = _lots(request.seed)
    turn: dict[Mode, int] = dict.fromkeys(modes, 0)
    chosen: list[Entry] = []
    for merit in sorted(by_merit):
        equals = sorted(by_merit[merit], key=lambda e: (e.role == GENERAL_ROLE, lot(e.key)))
        placed = []
        for entry in equals:
            turn[entry.mode] += 1
            placed.append((turn[entry.mode], modes.index(entry.mode), entry))
        chosen += [entry for *_, entry in sorted(placed, key=lambda place: place[:2])]
        if len(chosen) >= request.count:
            break
    return chosen[: request.count]


def _lots(seed: str) -> Callable[[str], bytes]:
    """Draws that depend on seed and question alone, the same in every process and machine."""
    digest = hashlib.sha256(seed.encode()).digest()
    return lambda key: hashlib.blake2b(key.encode(), key=digest, digest_size=16).digest()


def _shortfalls(chosen: list[Entry], request: QuestionRequest, wished: int) -> list[str]:
    notes = []
    other = sum(entry.level != wished for entry in chosen)
    if other:
        notes.append(
            f"{other} of {len(chosen)} questions are not {request.difficulty.value}: "
            "the bank has no more of that difficulty for this person."
        )
    again = sum(entry.key in request.asked for entry in chosen)
    if again:
        notes.append(f"{again} of {len(chosen)} questions were asked before: the bank is used up.")
    if len(chosen) < request.count:
        notes.append(f"The bank has {len(chosen)} fitting questions, not {request.count}.")
    return notes
