"""Production refuses to start half configured, and says what is missing."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.core import demo_keys

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "s" * 50,
    "LINK_KEY": "l" * 50,
    "BASE_URL": "https://wolfsburg.example",
    "DATABASE_URL": "postgres://town:secret@db.example/town",
    "EMAIL_URL": "smtp+tls://town:secret@mail.example:587",
}
SHOW = (
    "import json, marketplace.settings as s; print(json.dumps({n: getattr(s, n, None) for n in "
    "['DATABASES', 'CACHES', 'SESSION_COOKIE_NAME', 'CSRF_COOKIE_NAME', 'SESSION_COOKIE_SECURE',"
    " 'SECURE_SSL_REDIRECT', 'SECURE_HSTS_SECONDS', 'INSTALLED_APPS', 'EMAIL_HOST', 'DEBUG',"
    " 'DEFAULT_FROM_EMAIL', 'LINK_KEY', 'TRUSTED_PROXY_COUNT', 'SECURE_PROXY_SSL_HEADER']}"
    ", default=str))"
)


def start(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def settings(tmp_path: Path, **env: str) -> dict:
    run = start(tmp_path, **env)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def last_line(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode != 0
    return run.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_production_misses(name, tmp_path):
    left = {key: value for key, value in COMPLETE.items() if key != name}
    for env in (left, left | {name: ""}):
        line = last_line(start(tmp_path, **env))
        assert "ImproperlyConfigured" in line
        assert f"{name} is not set" in line


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SECRET_KEY", "short", "shorter than 32"),
        ("LINK_KEY", "short", "shorter than 32"),
        ("LINK_KEY", "s" * 50, "equals SECRET_KEY"),
        ("BASE_URL", "http://wolfsburg.example", "https://"),
        ("CACHE_URL", "memcached://x", "redis://"),
    ],
)
def test_production_refuses(name, value, why, tmp_path):
    assert why in last_line(start(tmp_path, **COMPLETE | {name: value}))


def test_the_server_never_guesses_a_demo(tmp_path):
    demo_keys.load(tmp_path / "demo-keys.json")
    assert "SECRET_KEY is not set" in last_line(start(tmp_path))


def test_production(tmp_path):
    found = settings(tmp_path / "none", **COMPLETE, CACHE_URL="redis://cache.example/0")
    assert not (tmp_path / "none").exists(), "nothing is made on a production machine"
    assert found["SESSION_COOKIE_NAME"] == "__Host-session"
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["EMAIL_HOST"] == "mail.example"
    assert found["DEFAULT_FROM_EMAIL"] == "noreply@wolfsburg.example"
    assert found["DEBUG"] is False
    assert "django.contrib.admin" not in found["INSTALLED_APPS"]
    assert found["CACHES"]["default"]["BACKEND"].endswith("RedisCache")
    database = found["DATABASES"]["default"]
    for limit in ("lock_timeout=3000", "statement_timeout=10000", "idle_in_transaction"):
        assert limit in database["OPTIONS"]["options"]
    assert database["OPTIONS"]["pool"]["max_size"]
    assert not database.get("CONN_MAX_AGE"), "the pool keeps the connections"
    assert not database.get("ATOMIC_REQUESTS")
    assert set(found["DATABASES"]) == {"default"}
    assert found["SECURE_PROXY_SSL_HEADER"] is None, "no proxy, no word of a proxy is believed"


def test_behind_proxies(tmp_path):
    found = settings(tmp_path, **COMPLETE, TRUSTED_PROXY_COUNT="1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_demo_lives_in_one_folder(tmp_path):
    found = settings(tmp_path, DEMO="1")
    default, cache = found["DATABASES"]["default"], found["DATABASES"]["cache"]
    assert Path(default["NAME"]) == tmp_path / "db.sqlite3"
    assert Path(cache["NAME"]).parent == tmp_path
    assert default["NAME"] != cache["NAME"]
    assert default["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        assert pragma in default["OPTIONS"]["init_command"]
    assert "mmap_size" not in default["OPTIONS"]["init_command"]
    assert default["CONN_MAX_AGE"] > 0, "opening the file anew would cost every request most"
    assert cache["CONN_MAX_AGE"] > 0
    # Wagtail writes what it found in this cache back to it: on each page, into a file.
    assert found["CACHES"]["renditions"]["BACKEND"].endswith("LocMemCache")
    assert "django.contrib.admin" not in found["INSTALLED_APPS"]


def test_demo_keys_are_made_once_for_their_owner_only(tmp_path):
    first = settings(tmp_path, DEMO="1")
    assert settings(tmp_path, DEMO="1")["LINK_KEY"] == first["LINK_KEY"]
    assert settings(tmp_path / "other", DEMO="1")["LINK_KEY"] != first["LINK_KEY"]
    file = tmp_path / "demo-keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir() if "keys" in entry.name] == [file.name]


def test_database_url_moves_everything(tmp_path):
    found = settings(tmp_path, DEMO="1", DATABASE_URL=f"sqlite:///{tmp_path}/elsewhere/town.db")
    assert Path(found["DATABASES"]["cache"]["NAME"]).parent == tmp_path / "elsewhere"


def test_djangos_admin_exists_in_debug_only(tmp_path):
    assert "django.contrib.admin" in settings(tmp_path, DEBUG="1")["INSTALLED_APPS"]
