"""What tests share that is no fixture: asking over HTTP, processes, stores, checkouts, tables, growth.

Nothing here is a stand-in, and what one file of tests needs alone stays there.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# Public tables that are not part of the project.
UCI = ROOT.parent / "shared/data/uci-student"
NEEDS_UCI = pytest.mark.skipif(not UCI.is_dir(), reason="the UCI student files are not here; this runs in CI")
FIGURES = "figures"  # the property of a test under which it keeps what the summary is to show
DEADLINE_S = 60  # generous: it ends a hanging test, it measures nothing
