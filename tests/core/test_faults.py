import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from marketplace.core import faults

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r"""\bfault\(\s*["']([^"']+)["']""")


def _die(**env: str) -> int:
    code = "from marketplace.core.faults import fault\nfor _ in range(200): fault('ready.half')"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | env, check=False)
    return run.returncode


def test_every_point_is_registered_and_every_registered_point_exists():
    called = set()
    for package in ("marketplace", "shops", "cms"):
        for file in (ROOT / package).rglob("*.py"):
            if file.name != "faults.py":
                called |= set(CALL.findall(file.read_text()))
    assert called == set(faults.POINTS)


def test_nothing_happens_unasked():
    assert _die() == 0
    assert _die(FAULT_AT="elsewhere") == 0


def test_dies_where_asked_to():
    assert _die(FAULT_AT="ready.half") == -signal.SIGKILL


def test_dies_at_random_and_repeatably():
    assert _die(FAULT_RANDOM="0.5:7") == -signal.SIGKILL
    assert _die(FAULT_RANDOM="0:7") == 0
