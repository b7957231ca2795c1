"""The answers written down in threesixty.conformance, on every backend."""

from threesixty.conformance.answers import *  # noqa: F403
