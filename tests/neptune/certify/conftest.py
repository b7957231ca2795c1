"""The emulator, empty and without faults."""

import pytest


@pytest.fixture
def cluster(emulator, monkeypatch):
    """The emulator of the session, as if nobody had used it."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    emulator.faults.clear()
    emulator.clear()
    yield emulator
    emulator.faults.clear()
    emulator.clear()
