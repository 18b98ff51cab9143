from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class

ROOT = Path(settings.BASE_DIR)
COMMANDS = sorted(
    (file.parents[2].name, file.stem)
    for app in ("interviewdata", "sessions", "analytics")
    for file in (ROOT / app / "management" / "commands").glob("*.py")
    if not file.stem.startswith("_")
)


def test_commands_are_found():
    assert ("interviewdata", "check_interview_data") in COMMANDS


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_command_has_a_test_of_its_own(app, name):
    test = ROOT / "interviewdata" / "tests" / "commands" / f"test_{name}.py"
    assert f'"{name}"' in test.read_text()


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_command_says_what_it_does(app, name):
    assert load_command_class(app, name).help
