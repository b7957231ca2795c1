"""What every graph has to keep: the promises of the protocol, hostile texts, and the Questions' answers.

The tests of this package belong to whoever writes a backend. A test file needs three lines and one fixture,
an empty graph of the default schema:

    from threesixty.conformance import *

    @pytest.fixture
    def graph():
        graph = Mine.open(…, DEFAULT)
        graph.clear()
        yield graph
        graph.close()

Two more fixtures may be given where opening a graph takes long; `fixtures.py` says which. It needs pytest.
"""

import pytest

# Before the tests are imported: a test that fails then says what it compared.
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in ("promises", "hostile", "answers")))

from threesixty.conformance.answers import *  # noqa: E402, F403
from threesixty.conformance.fixtures import *  # noqa: E402, F403
from threesixty.conformance.hostile import *  # noqa: E402, F403
from threesixty.conformance.promises import *  # noqa: E402, F403
