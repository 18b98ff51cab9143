"""The production settings with one more address, for the static bytes that calls are held to."""

from interviewdata.settings import *  # noqa: F403

ROOT_URLCONF = "interviewdata.benchmarks.urls"
