"""Does what was put off: mails, renditions, index work."""

import logging
import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

logger = logging.getLogger(__name__)


class PatientWorker(Worker):
    """Ends between two tasks, never inside one or between claiming and running it.

    The library's own exits at once when it believes to be idle, also in the moment after it took a
    task: that task then lies RUNNING until the reaper finds it.
    """

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """First signal: finish the task at hand. Second: give it up."""
        if not self.running:
            sys.exit(1)
        logger.info("worker stops", extra={"signal": signal.Signals(signum).name})
        self.running = False


class Command(BaseCommand):
    help = "Runs queued tasks until it is told to stop (SIGTERM ends it after the task at hand)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--queues",
            default="*",
            help="Which queues, separated by commas: default, mail, pictures (default: all).",
        )
        parser.add_argument(
            "--interval",
            type=float,
            default=0.5,
            help="Seconds between two looks at an empty queue (default: %(default)s).",
        )
        parser.add_argument(
            "--batch", action="store_true", help="Run what is due, then end: for scripts and tests."
        )
        parser.add_argument(
            "--max-tasks", type=int, default=None, help="End after this many tasks."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = PatientWorker(
            queue_names=options["queues"].split(","),
            interval=max(0.0, options["interval"]),
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=options["max_tasks"],
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        worker.run()
        logger.info("worker ended", extra={"tasks": worker._run_tasks})
