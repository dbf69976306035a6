"""A lab for the tests that need one; it lives as long as they do."""

import pytest

from harness.arch import load
from harness.errors import LabError
from harness.lab import down, up
from harness.lab.folder import check_file_system
from tests.lab.live import LiveLab


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory):
    """A folder for labs, on a file system that object storage can live on."""
    home = tmp_path_factory.mktemp("labs")
    try:
        check_file_system(home)
    except LabError as error:
        pytest.skip(str(error))
    return home


@pytest.fixture(scope="session")
def live_lab(lab_home):
    """``essex/six-node``, up; shared, so a test leaves it as it found it."""
    info = up(load("essex/six-node"), home=lab_home, name="shared", ref="essex/six-node")
    yield LiveLab.of(info)
    down("shared", home=lab_home)
