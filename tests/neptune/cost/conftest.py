"""The sample company, small, loaded once for all tests that only look at it."""

import pytest

import threesixty
from threesixty import sample
from threesixty.neptune import usage

FEW = 40


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory):
    """A folder with the sample company, loaded; nobody has it open."""
    folder = tmp_path_factory.mktemp("company")
    with threesixty.open(sample.write(folder, customers=FEW)) as c360:
        c360.load()
    return folder


@pytest.fixture(scope="session")
def company(company_folder):
    """The sample company, opened."""
    with threesixty.open(company_folder / "threesixty.toml") as c360:
        yield c360


@pytest.fixture(scope="session")
def counted(company):
    """What was counted of the sample company."""
    return usage.counted(company)
