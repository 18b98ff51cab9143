"""Has a language model draft feedback on one interview, here and now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.services.drafts import draft_interview, drafts_are_on
from interviewdata.common.errors import DomainError, NotFound

FAILED, USAGE, NOTHING = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Asks the model of DRAFTS_LLM_URL for a draft of feedback on one interview, proves its "
        "quotes and keeps it; prints it. The draft counts nowhere and is shown on the record page. "
        "Exit code 3 where there is no such interview."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("session_id", metavar="SESSION_ID")

    def handle(self, *args: Any, **options: Any) -> None:
        if not drafts_are_on():
            raise CommandError("Drafts are switched off. Set DRAFTS_LLM_URL.", returncode=USAGE)
        try:
            made = draft_interview(options["session_id"])
        except NotFound as error:
            raise CommandError(
                f"{options['session_id']}: there is no such interview.", returncode=NOTHING
            ) from error
        except DomainError as error:
            raise CommandError(error.message, returncode=FAILED) from error
        self.stdout.write(made.feedback.ai_generated_feedback)
        if options["verbosity"] > 0:
            self.stderr.write(f"Kept as feedback {made.feedback_id}, by {made.model}.")
