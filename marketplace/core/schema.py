"""Migration operations for truths that a model cannot state, on SQLite and PostgreSQL alike.

    AppendOnly("core_logentry", blankable=("actor_id",))   rows are written once
    FrozenColumns("reservations_line", ("title", "price"))  these columns never change

Both are triggers: raw SQL meets them as well as the ORM. They step aside only in a transaction that
holds a row in `core_retentionpass` (`core.domain.retention.open_pass`), which no other connection
can see, and even then an append-only row may only be deleted or have its `blankable` columns
emptied, never rewritten.

SQLite rebuilds a table for most alterations and its triggers die with the old one, silently. So a
migration that alters such a table ends by repeating the operation, and `missing()` finds what was
forgotten; a test and the audit ask it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation, OperationCategory

_LET_THROUGH = "EXISTS (SELECT 1 FROM core_retentionpass)"
_NAME_LIMIT = 63  # of PostgreSQL, which cuts longer names without a word


class _Trigger(Operation):
    """Base: create and drop triggers, change nothing that Django's state knows."""

    category = OperationCategory.SQL
    reduces_to_sql = True
    reversible = True
    suffix = ""
    table: str

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return
        for statement in (*self.drop(schema_editor.connection), *self.create(schema_editor)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return
        for statement in self.drop(schema_editor.connection):
            schema_editor.execute(statement, params=None)

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_{self.suffix}"

    def trigger_names(self, vendor: str) -> list[str]:
        """Names of the triggers that must exist on a database of this vendor."""
        raise NotImplementedError

    def create(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        vendor = schema_editor.connection.vendor
        for name in self.trigger_names(vendor):
            if len(name) > _NAME_LIMIT:
                raise ValueError(f"{name}: trigger names end at {_NAME_LIMIT} characters")
        if vendor == "sqlite":
            return self.create_sqlite(schema_editor)
        if vendor == "postgresql":
            return self.create_postgresql()
        raise NotImplementedError(f"no triggers for {vendor}")

    def drop(self, connection: BaseDatabaseWrapper) -> list[str]:
        names = self.trigger_names(connection.vendor)
        if connection.vendor == "sqlite":
            return [f'DROP TRIGGER IF EXISTS "{name}"' for name in names]
        return [
            *(f'DROP TRIGGER IF EXISTS "{name}" ON "{self.table}"' for name in names),
            f'DROP FUNCTION IF EXISTS "{self.table}_{self.suffix}"()',
        ]

    def create_sqlite(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        raise NotImplementedError

    def create_postgresql(self) -> list[str]:
        raise NotImplementedError


class AppendOnly(_Trigger):
    """Refuse UPDATE, DELETE and TRUNCATE of a table with an IntegrityError that says so.

    Under a retention pass: rows may be deleted, and `blankable` columns (database names such as
    "actor_id") may be set to NULL or ''; every other column must keep its value.
    """

    suffix = "append_only"

    def __init__(self, table: str, blankable: Sequence[str] = ()) -> None:
        self.table = table
        self.blankable = tuple(blankable)

    def describe(self) -> str:
        return f"Make {self.table} append-only"

    def trigger_names(self, vendor: str) -> list[str]:
        events = ("update", "delete") if vendor == "sqlite" else ("row", "truncate")
        return [f"{self.table}_{self.suffix}_{event}" for event in events]

    def create_sqlite(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        on_update, on_delete = self.trigger_names("sqlite")
        return [
            _sqlite_trigger(
                on_update,
                "UPDATE",
                self.table,
                when=self._forbidden_sqlite(schema_editor),
                message=f"{self.table} is append-only: UPDATE refused",
            ),
            _sqlite_trigger(
                on_delete,
                "DELETE",
                self.table,
                when=f"NOT {_LET_THROUGH}",
                message=f"{self.table} is append-only: DELETE refused",
            ),
        ]

    def _forbidden_sqlite(self, schema_editor: BaseDatabaseSchemaEditor) -> str:
        if not self.blankable:
            return "1"
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            columns = [
                column.name
                for column in connection.introspection.get_table_description(cursor, self.table)
            ]
        _check_columns(self.table, self.blankable, columns)
        kept = [f"{_is_kept(c, 'IS')}" for c in columns if c not in self.blankable]
        blanked = [
            f"""({_is_kept(c, "IS")} OR NEW."{c}" IS NULL OR NEW."{c}" = '')"""
            for c in self.blankable
        ]
        return f"NOT ({_LET_THROUGH} AND {' AND '.join([*kept, *blanked])})"

    def create_postgresql(self) -> list[str]:
        name = f"{self.table}_{self.suffix}"
        on_row, on_truncate = self.trigger_names("postgresql")
        columns = ", ".join(f"'{column}'" for column in self.blankable)
        blank_only = "".join(
            f"""
              AND (NEW."{c}" IS NOT DISTINCT FROM OLD."{c}" OR NEW."{c}" IS NULL
                   OR NEW."{c}"::text = '')"""
            for c in self.blankable
        )
        may_update = (
            f"""
        IF TG_OP = 'UPDATE' AND {_LET_THROUGH} THEN
            IF to_jsonb(NEW) - ARRAY[{columns}] = to_jsonb(OLD) - ARRAY[{columns}]{blank_only}
            THEN
                RETURN NEW;
            END IF;
        END IF;"""
            if self.blankable
            else ""
        )
        function = f"""
    CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF TG_OP = 'DELETE' AND {_LET_THROUGH} THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'TRUNCATE' AND {_LET_THROUGH} THEN
            RETURN NULL;
        END IF;{may_update}
        RAISE EXCEPTION '{self.table} is append-only: % refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $body$"""
        return [
            function,
            f'CREATE TRIGGER "{on_row}" BEFORE UPDATE OR DELETE ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()',
            f'CREATE TRIGGER "{on_truncate}" BEFORE TRUNCATE ON "{self.table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        ]


class FrozenColumns(_Trigger):
    """Refuse to change these columns (database names) once the row exists, except under a pass."""

    suffix = "frozen"

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        if not columns:
            raise ValueError("FrozenColumns needs columns")
        self.table = table
        self.columns = tuple(columns)

    def describe(self) -> str:
        return f"Freeze {', '.join(self.columns)} of {self.table}"

    def trigger_names(self, vendor: str) -> list[str]:
        return [f"{self.table}_{self.suffix}"]

    @property
    def _message(self) -> str:
        return f"{self.table} is frozen: {', '.join(self.columns)} never change"

    def create_sqlite(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        kept = " AND ".join(_is_kept(column, "IS") for column in self.columns)
        return [
            _sqlite_trigger(
                self.trigger_names("sqlite")[0],
                f"UPDATE OF {', '.join(_quoted(column) for column in self.columns)}",
                self.table,
                when=f"NOT ({kept}) AND NOT {_LET_THROUGH}",
                message=self._message,
            )
        ]

    def create_postgresql(self) -> list[str]:
        name = f"{self.table}_{self.suffix}"
        kept = " AND ".join(_is_kept(column, "IS NOT DISTINCT FROM") for column in self.columns)
        return [
            f"""
    CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF {_LET_THROUGH} THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '{self._message}' USING ERRCODE = 'integrity_constraint_violation';
    END $body$""",
            f'CREATE TRIGGER "{self.trigger_names("postgresql")[0]}" BEFORE UPDATE '
            f'ON "{self.table}" FOR EACH ROW WHEN (NOT ({kept})) EXECUTE FUNCTION "{name}"()',
        ]


def declared(connection: BaseDatabaseWrapper) -> Iterator[_Trigger]:
    """The operations that the migrations of this project hold on this database."""
    graph = MigrationLoader(None).graph
    for app_label, name in sorted(graph.nodes):
        for operation in graph.nodes[app_label, name].operations:
            if isinstance(operation, _Trigger) and router.allow_migrate(
                connection.alias, app_label
            ):
                yield operation


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of declared triggers that the database does not have; empty when all stand."""
    wanted = {
        name for each in declared(connection) for name in each.trigger_names(connection.vendor)
    }
    return sorted(wanted - installed(connection))


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of all triggers in the database that are switched on."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def _sqlite_trigger(name: str, event: str, table: str, *, when: str, message: str) -> str:
    return (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN {when} '
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _is_kept(column: str, operator: str) -> str:
    return f"NEW.{_quoted(column)} {operator} OLD.{_quoted(column)}"


def _quoted(column: str) -> str:
    return f'"{column}"'


def _check_columns(table: str, wanted: Sequence[str], existing: Sequence[str]) -> None:
    unknown = sorted(set(wanted) - set(existing))
    if unknown:
        raise ValueError(f"{table} has no column {', '.join(unknown)}")
