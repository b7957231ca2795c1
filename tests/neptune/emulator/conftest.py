"""The emulator of the session, empty and without faults, and its engine."""

import pytest


@pytest.fixture
def server(emulator):
    """The emulator, as if it had just been started."""
    emulator.clear()
    emulator.faults.clear()
    emulator.requests.clear()
    yield emulator
    emulator.faults.clear()


@pytest.fixture
def engine(server):
    return server.engine
