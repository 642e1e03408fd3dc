"""Migrations are complete and stand in one row per app."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.architecture import source


def own_labels() -> list[str]:
    plan = source.house()
    return [config.label for config in apps.get_app_configs() if plan.package_of(config.name)]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())


@pytest.mark.django_db  # another package's migrations ask the database's features when they load
@pytest.mark.parametrize("label", own_labels())
def test_migrations_are_linear(label: str) -> None:
    graph = MigrationLoader(None).graph
    names = sorted(name for app, name in graph.nodes if app == label)
    for before, name in zip([None, *names], names, strict=False):
        parents = {parent.key for parent in graph.node_map[(label, name)].parents}
        own = {key for key in parents if key[0] == label}
        assert own == ({(label, before)} if before else set()), f"{label}.{name} follows {own}"


@pytest.mark.django_db
def test_the_database_of_the_suite_is_current() -> None:
    """The copied template holds every migration of today: a stale copy would test yesterday."""
    output = StringIO()
    try:
        call_command("migrate", check=True, plan=True, stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())
