"""Every route × every principal × their own, a foreign and a missing interview."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from interviewdata.tests.access.routes import OUTCOMES, ROUTES, Route, group_of
from interviewdata.tests.access.world import PRINCIPALS, Interview, Principal, World
from sessions.models import AccessRecord

TARGETS = ("own", "foreign", "missing")
NOT_FOUND = {
    "success": False,
    "error": "There is nothing here under that address.",
    "code": "not_found",
}


def _served(resolver: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, pattern) of everything that is routed; pages count as GET."""
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _served(entry, pattern)
        elif isinstance(entry, URLPattern):
            actions = getattr(entry.callback, "actions", None) or {"get": ""}
            for method in actions:
                if method != "head" or "get" not in actions:
                    yield method.upper(), pattern


def _nameless(pattern: str) -> str:
    """A pattern without the names of its placeholders, which nobody outside sees."""
    return re.sub(r"<(\w+):\w+>", r"<\1>", pattern)


def _is_admin(pattern: str) -> bool:
    return pattern.startswith("admin/")


def test_every_route_has_a_line_in_the_matrix():
    served = {
        (method, _nameless(pattern))
        for method, pattern in _served(get_resolver())
        if not _is_admin(pattern)
    }
    written = {(route.method, _nameless(route.pattern)) for route in ROUTES}
    assert served == written, "Write the new route into ROUTES of routes.py (or take the old out)."


def test_every_kind_says_what_every_principal_gets():
    groups = {group_of(name) for name in PRINCIPALS}
    assert {kind: set(table) for kind, table in OUTCOMES.items()} == dict.fromkeys(OUTCOMES, groups)
    assert {route.kind for route in ROUTES} <= set(OUTCOMES)


def _send(principal: Principal, route: Route, target: Interview) -> tuple[int, dict, str]:
    """Status, headers and text of the reply; whatever was written is taken back."""
    headers = {name.replace("-", "_"): value for name, value in principal.headers.items()}
    with principal.clock(), transaction.atomic():
        reply = route.send(principal.client, target, **headers)
        content = b"".join(reply) if reply.streaming else reply.content
        transaction.set_rollback(True)
    text = content.decode(errors="replace")
    # New for every page; that it is there says nothing of anybody.
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", text)
    return reply.status_code, dict(reply.headers), text


def _problem(outcome: str, status: int, text: str, route: Route, world: World, name: str) -> str:
    """What is wrong with a reply; empty: nothing."""
    target = world.objects[name]
    words = {one: interview.word for one, interview in world.objects.items() if interview.word}
    wanted = int(outcome) if outcome.isdigit() else route.status
    if status != wanted:
        return f"{status} instead of {outcome}: {text[:200]}"
    may_be_there = set()
    if outcome == "seen":
        may_be_there = set(words) if route.is_list else {name}
        shown = [world.objects["own"], world.objects["foreign"]]
        for interview in shown if route.is_list else [target]:
            if route.shows(interview) not in text:
                return f"{route.shows(interview)!r} is not there: {text[:200]}"
    elif outcome == "ok":
        may_be_there = {name}
    elif route.kind.startswith("person") and wanted == 200:
        shown_text = route.shows(target)
        if shown_text and shown_text in text:
            return f"shows {shown_text!r}"
    leaked = [one for one, word in words.items() if one not in may_be_there and word in text]
    return f"the canary of {leaked} is there" if leaked else ""


def _group(name: str, route: Route) -> str:
    """Whose line holds: a page does not send to the login who is signed in already."""
    is_refused = route.is_page and name == "user who is no staff"
    return "staff without" if is_refused else group_of(name)


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route_shows_each_principal_what_is_theirs_alone(route):
    world = World(route.permissions)
    problems = []
    for name in PRINCIPALS:
        with transaction.atomic():
            principal = world.principal(name)
            outcomes = OUTCOMES[route.kind][_group(name, route)].split()
            for target, outcome in zip(TARGETS, outcomes, strict=True):
                status, headers, text = _send(principal, route, world.objects[target])
                found = _problem(outcome, status, text + str(headers), route, world, target)
                if found:
                    problems.append(f"{name}, {target}: {found}")
            transaction.set_rollback(True)
    assert problems == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if "404" in str(OUTCOMES[route.kind])],
    ids=lambda route: route.name,
)
def test_foreign_and_missing_cannot_be_told_apart(route):
    world = World(route.permissions)
    for name in ("anonymous", "own cookie", "own bearer", "garbage bearer", "expired cookie"):
        principal = world.principal(name)
        foreign = _send(principal, route, world.objects["foreign"])
        missing = _send(principal, route, world.objects["missing"])
        if foreign[0] == 302:
            # To the login and then back to the address that was asked for.
            for reply, key in ((foreign, "foreign"), (missing, "missing")):
                target = world.objects[key]
                location = route.path_of(target)
                assert reply[1].pop("Location").endswith(f"?next={location}")
        assert foreign == missing, name
        assert foreign[0] == (302 if route.is_page and route.kind != "nothing" else 404)
        assert route.is_page or route.method == "HEAD" or json.loads(foreign[2]) == NOT_FOUND


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.kind in ("person", "person by post")],
    ids=lambda route: route.name,
)
def test_foreign_and_unknown_people_get_the_same_empty_answer(route):
    world = World(route.permissions)
    for name in ("anonymous", "own cookie", "own bearer"):
        principal = world.principal(name)
        replies = []
        for target in ("foreign", "missing"):
            status, headers, text = _send(principal, route, world.objects[target])
            text = text.replace(world.objects[target].email, "PERSON")
            if route.pattern == "api/export/data":
                found = json.loads(text)
                found["export_info"].pop("exported_at")
                text = str(found)
            # The reply may name the person asked for, whose name has its own length.
            headers.pop("Content-Length", None)
            replies.append((status, headers, text))
        assert replies[0] == replies[1], name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route",
    [
        route
        for route in ROUTES
        if "seen" in OUTCOMES[route.kind]["staff with"] + OUTCOMES[route.kind]["service with"]
    ],
    ids=lambda route: route.name,
)
def test_every_look_of_staff_and_services_leaves_a_record(route):
    world = World(route.permissions)
    target = world.objects["own"]
    for name in ("staff with", "superuser", "service with", "own cookie, staff with"):
        if route.is_page and name == "service with":
            continue  # a token is no login
        if route.method == "POST" and name != "service with" and not route.is_page:
            continue  # a staff cookie opens nothing there
        AccessRecord.objects.all().delete()
        principal = world.principal(name)
        body = route.body(target) if route.body else None
        reply = principal.client.call(route.path_of(target), body, **principal.headers)
        assert reply.status_code == 200
        records = list(AccessRecord.objects.all())
        assert len(records) == 1, name
        kind, _, who = records[0].actor.partition(":")
        assert kind == ("service" if name == "service with" else "user")
        assert who
        said = f"{records[0].session_ids} {records[0].detail}"
        named = (target.session_id, target.email, f"response {target.response_id}", "ids")
        assert any(text in said for text in named), said
    AccessRecord.objects.all().delete()
    for name in ("own cookie", "own bearer", "anonymous"):
        principal = world.principal(name)
        body = route.body(target) if route.body else None
        principal.client.call(route.path_of(target), body, **principal.headers)
    assert AccessRecord.objects.count() == 0


# -- the admin: pages for staff alone -----------------------------------------------------------


def _admin_paths() -> list[str]:
    """Every address of the admin, its placeholders filled."""
    paths = set()
    for _method, pattern in _served(get_resolver()):
        if _is_admin(pattern) and "^" not in pattern and "(?P" not in pattern:
            for placeholder in ("<path:object_id>", "<path:content_type_id>", "<id>"):
                pattern = pattern.replace(placeholder, "1")
            paths.add("/" + pattern)
    return sorted(paths | {"/admin/interview_sessions/", "/admin/analytics/", "/admin/no-such/"})


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["anonymous", "own cookie", "own bearer", "user who is no staff"])
def test_admin_shows_its_login_to_all_but_staff(name):
    world = World(())
    principal = world.principal(name)
    problems = []
    for path in _admin_paths():
        reply = principal.client.get(path, headers=principal.headers)
        is_login = path == "/admin/login/" and reply.status_code == 200
        goes_to_login = reply.status_code == 302 and "/admin/login/" in reply["Location"]
        logs_out = path == "/admin/logout/" and reply.status_code in (302, 405)
        says_nothing = path in ("/admin/jsi18n/", "/admin/autocomplete/")
        if not (is_login or goes_to_login or logs_out or says_nothing):
            problems.append(f"{path}: {reply.status_code}")
        if b"canary" in reply.content:
            problems.append(f"{path}: a canary")
    assert problems == []


@pytest.mark.django_db
def test_admin_shows_staff_without_permission_nothing_of_candidates():
    world = World(())
    principal = world.principal("staff without")
    problems = []
    for path in _admin_paths():
        if "logout" in path:
            continue
        reply = principal.client.get(path)
        if b"canary" in reply.content or reply.status_code >= 500:
            problems.append(f"{path}: {reply.status_code}")
    assert problems == []
