"""Triggers: append-only tables and frozen columns, by raw SQL, on both databases (truth 8)."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.migrations.state import ProjectState

from marketplace.core import schema
from marketplace.core.domain import history, retention
from marketplace.core.domain.history import Actor
from marketplace.core.models import LogEntry, RetentionPass, User

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def write_entry(user: User | None = None) -> LogEntry:
    by = Actor.member(user) if user else Actor.clock()
    return history.record(verb="test.write", subject="thing:1", scope="", by=by, now=NOW)


def run(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def apply(operation: schema.AppendOnly | schema.FrozenColumns, *, backwards: bool = False) -> None:
    state = ProjectState()
    with connection.schema_editor() as editor:
        move = operation.database_backwards if backwards else operation.database_forwards
        move("core", editor, state, state)


@pytest.fixture
def things(own_database):
    """A table of our own, with three rows."""
    run("CREATE TABLE test_thing (id integer PRIMARY KEY, title text, price numeric, note text)")
    run("INSERT INTO test_thing VALUES (1, 'a', 1.50, 'x'), (2, 'b', 2, 'y'), (3, NULL, NULL, 'z')")
    return own_database


# --- AppendOnly ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_logentry SET verb = 'test.forge' WHERE id = %s",
        "UPDATE core_logentry SET verb = verb WHERE id = %s",
        "UPDATE core_logentry SET actor_id = NULL WHERE id = %s",
        "DELETE FROM core_logentry WHERE id = %s",
    ],
)
def test_log_entries_cannot_be_touched(own_database, statement):
    entry = write_entry(User.objects.create_user("a@example.org"))

    with pytest.raises(IntegrityError, match="core_logentry is append-only"):
        run(statement, entry.pk)

    kept = LogEntry.objects.get()
    assert (kept.verb, kept.actor_id) == (entry.verb, entry.actor_id)


def test_orm_meets_the_trigger_too(own_database):
    entry = write_entry()

    with pytest.raises(IntegrityError, match="append-only"):
        LogEntry.objects.update(scope="shop:1")
    with pytest.raises(IntegrityError, match="append-only"):
        entry.delete()

    assert LogEntry.objects.get().scope == ""


def test_truncate_is_refused(own_database):
    if connection.vendor != "postgresql":
        return
    write_entry()

    with pytest.raises(IntegrityError, match="append-only: TRUNCATE refused"):
        run("TRUNCATE core_logentry")

    assert LogEntry.objects.count() == 1


def test_retention_deletes_and_blanks_under_a_pass(own_database):
    user = User.objects.create_user("a@example.org")
    blanked, deleted = write_entry(user), write_entry(user)

    with transaction.atomic(), retention.open_pass(rule="log", now=NOW):
        assert LogEntry.objects.filter(pk=blanked.pk).update(actor=None) == 1
        assert run("DELETE FROM core_logentry WHERE id = %s", deleted.pk) == 1

    assert LogEntry.objects.get().actor_id is None
    assert not RetentionPass.objects.exists()
    with pytest.raises(IntegrityError, match="append-only"):
        run("DELETE FROM core_logentry")


@pytest.mark.parametrize("column", ["verb = 'test.forge'", "actor_id = id, verb = ''"])
def test_a_pass_does_not_allow_to_rewrite(own_database, column):
    write_entry(User.objects.create_user("a@example.org"))

    with (
        pytest.raises(IntegrityError, match="append-only: UPDATE refused"),
        transaction.atomic(),
        retention.open_pass(rule="log", now=NOW),
    ):
        run(f"UPDATE core_logentry SET {column}")  # noqa: S608

    assert LogEntry.objects.get().verb == "test.write"


def test_blankable_takes_no_other_value(own_database):
    write_entry(User.objects.create_user("a@example.org"))
    other = User.objects.create_user("b@example.org")

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        retention.open_pass(rule="log", now=NOW),
    ):
        run("UPDATE core_logentry SET actor_id = %s", other.pk)


def test_without_blankable_a_pass_only_deletes(things):
    apply(schema.AppendOnly("test_thing"))

    with transaction.atomic(), retention.open_pass(rule="things", now=NOW):
        with pytest.raises(IntegrityError), transaction.atomic():
            run("UPDATE test_thing SET note = ''")
        assert run("DELETE FROM test_thing WHERE id = 1") == 1


def test_text_may_be_blanked_to_nothing(things):
    apply(schema.AppendOnly("test_thing", blankable=("note", "title")))

    with transaction.atomic(), retention.open_pass(rule="things", now=NOW):
        assert run("UPDATE test_thing SET note = '', title = NULL") == 3
        with pytest.raises(IntegrityError), transaction.atomic():
            run("UPDATE test_thing SET note = 'forged'")


# --- the pass itself ----------------------------------------------------------------------------


def test_a_pass_needs_a_transaction(own_database):
    with pytest.raises(RuntimeError, match="transaction"), retention.open_pass(rule="x", now=NOW):
        pass

    assert not RetentionPass.objects.exists()


def test_a_pass_cannot_be_committed(own_database):
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionPass.objects.create(rule="forgotten", opened_at=NOW)

    assert not RetentionPass.objects.exists()


def test_a_pass_cannot_point_at_itself(own_database):
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionPass.objects.create(pk=7, rule="clever", opened_at=NOW, blocks_commit_id=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionPass.objects.create(pk=0, rule="clever", opened_at=NOW, blocks_commit_id=0)


def test_an_exception_closes_the_pass(own_database):
    write_entry()

    def fail_after_deleting() -> None:
        with transaction.atomic(), retention.open_pass(rule="x", now=NOW):
            LogEntry.objects.all().delete()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_deleting()

    assert LogEntry.objects.count() == 1
    assert not RetentionPass.objects.exists()


def test_other_connections_are_not_exempt(own_database):
    """On PostgreSQL the rival runs into the trigger; on SQLite it waits and meets it after."""
    write_entry()
    answers: list[str] = []

    def rival() -> None:
        try:
            connection.ensure_connection()
            if connection.vendor == "sqlite":
                connection.patience = 0.3
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM core_logentry")
                answers.append("deleted")
        except Exception as error:
            answers.append(str(error))
        finally:
            connections.close_all()

    with transaction.atomic(), retention.open_pass(rule="x", now=NOW):
        thread = threading.Thread(target=rival)
        thread.start()
        thread.join(20)

    assert len(answers) == 1
    assert "append-only" in answers[0] or "locked" in answers[0]
    assert LogEntry.objects.count() == 1


# --- FrozenColumns ------------------------------------------------------------------------------


def test_frozen_columns_refuse_and_others_move(things):
    apply(schema.FrozenColumns("test_thing", ("title", "price")))

    assert run("UPDATE test_thing SET note = 'new'") == 3
    assert run("UPDATE test_thing SET title = title, price = price, note = 'same'") == 3
    for change in ("title = 'z'", "price = price + 1", "title = NULL", "price = 0"):
        with pytest.raises(IntegrityError, match="test_thing is frozen: title, price never"):
            run(f"UPDATE test_thing SET {change}")  # noqa: S608


def test_frozen_columns_may_be_filled_under_a_pass_only(things):
    apply(schema.FrozenColumns("test_thing", ("title",)))

    with transaction.atomic(), retention.open_pass(rule="things", now=NOW):
        assert run("UPDATE test_thing SET title = ''") == 3
    with pytest.raises(IntegrityError, match="frozen"):
        run("UPDATE test_thing SET title = 'b'")
    assert run("DELETE FROM test_thing") == 3


# --- as migrations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        schema.AppendOnly("test_thing", blankable=("note",)),
        schema.FrozenColumns("test_thing", ("title",)),
    ],
)
def test_operations_are_reversible_and_repeatable(things, operation):
    names = set(operation.trigger_names(connection.vendor))

    apply(operation)
    apply(operation)
    assert names <= schema.installed(connection)

    apply(operation, backwards=True)
    assert not names & schema.installed(connection)
    run("UPDATE test_thing SET title = 'free', note = 'free'")
    run("DELETE FROM test_thing")


def test_unknown_columns_and_long_names_are_refused(things):
    if connection.vendor == "sqlite":
        with pytest.raises(ValueError, match="has no column person"):
            apply(schema.AppendOnly("test_thing", blankable=("person",)))
    with pytest.raises(ValueError, match="63"):
        apply(schema.AppendOnly("t" * 60))
    with pytest.raises(ValueError, match="needs columns"):
        schema.FrozenColumns("test_thing", ())


def test_every_declared_trigger_stands(own_database):
    """Also the test that fails when a later migration rebuilt a table on SQLite."""
    declared = {each.table for each in schema.declared(connection)}

    assert "core_logentry" in declared
    assert schema.missing(connection) == []

    name = sorted(schema.installed(connection) & {"core_logentry_append_only_delete"})
    if name:
        run("DROP TRIGGER core_logentry_append_only_delete")
        assert schema.missing(connection) == ["core_logentry_append_only_delete"]
