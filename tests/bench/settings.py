"""Production as behind a proxy that ends TLS; what differs is the clock and one more path.

DEBUG and DEMO are off, templates are cached, static names come from a manifest, the log is written.
Everything else is told by the environment that `tests.bench.servers` makes.
"""

import os

from marketplace.settings import *  # noqa: F403
from marketplace.settings import PRODUCTION, STORAGES
from tests.bench import clock

if not PRODUCTION:
    raise RuntimeError("the bench measures what production runs: DEMO and DEBUG stay unset")

ROOT_URLCONF = "tests.bench.urls"
# The look-up of names as in production; nothing is compressed, as nobody asks for those files.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
STATIC_ROOT = os.environ["BENCH_STATIC"]

clock.install()
