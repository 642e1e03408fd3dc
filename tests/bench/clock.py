"""One afternoon for every run: a page must not cost less because it is night or Sunday.

Counts age, shops close and campaigns end, so pages of a grown town depend on the hour. The bench's
processes therefore live on Thursday, 3 December 2026, from 14:05 in Wolfsburg; seconds pass as
always. `timezone.now()` and `time.time()` say so, which is all that our views and Django's cache
ask.
"""

import os
import time
from datetime import UTC, datetime, timedelta

from django.utils import timezone

START = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)
#: When the run began by the machine's clock, in seconds since 1970; the same for all its processes.
BEGAN = "BENCH_BEGAN"


def install() -> None:
    """From now on this process hears the bench's time."""
    seconds = START.timestamp() - float(os.environ[BEGAN])
    shift, clock = timedelta(seconds=seconds), time.time
    timezone.now = lambda: datetime.now(UTC) + shift
    time.time = lambda: clock() + seconds
