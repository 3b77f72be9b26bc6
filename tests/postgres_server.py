"""A PostgreSQL server with PostGIS of the tests' own, in a folder that is gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "p@ss/word-of-tests"
QUIET = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """Where the server listens; `address(user)` is what psycopg and `open_sheet` take."""

    port: int

    def address(self, database: str, user: str = "postgres", password: str = PASSWORD) -> str:
        quoted = password.replace("@", "%40").replace("/", "%2F")
        return f"postgresql://{user}:{quoted}@127.0.0.1:{self.port}/{database}"


def why_not() -> str:
    """Return why no server can be started here; "" where one can."""
    if sys.platform == "win32":
        return "the tests start PostgreSQL on Linux only"
    if not _programme("initdb"):
        return "PostgreSQL is not installed (apt-get install postgresql postgresql-postgis)"
    share = Path(_programme("initdb")).resolve().parents[1]
    extensions = [Path("/usr/share/postgresql") / share.name / "extension", share / "share"]
    if not any(list(one.rglob("postgis.control")) for one in extensions if one.is_dir()):
        return "PostGIS is not installed (apt-get install postgresql-postgis)"
    if os.getuid() == 0 and not (shutil.which("runuser") and _postgres_user()):
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


def _programme(name: str) -> str:
    """Return the path of a programme of the newest PostgreSQL; "" where there is none."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: int(one.parts[4])
    )
    return str(versions[-1]) if versions else shutil.which(name) or ""


def _postgres_user() -> bool:
    import pwd

    return any(user.pw_name == "postgres" for user in pwd.getpwall())


def _as_postgres(*words: str) -> None:
    """Run a programme of PostgreSQL as a user that it accepts; show its words where it fails."""
    command = list(words)
    if os.getuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server with PostGIS in the database `postgres`, and stop it at the end."""
    # not TMPDIR: the user postgres must get there, and the path of a socket must be short
    folder = Path(tempfile.mkdtemp(prefix="siting-postgres-", dir="/tmp"))
    data, secret, log = folder / "data", folder / "password", folder / "log"
    secret.write_text(PASSWORD, encoding="utf-8")
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(secret, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    trust = ("--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}")
    try:
        _as_postgres(
            _programme("initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
            *trust,
        )
        options = f"-p {port} -k {folder} -h 127.0.0.1 {' '.join(QUIET)}"
        control = _programme("pg_ctl")
        _as_postgres(control, "-D", str(data), "-l", str(log), "-w", "-o", options, "start")
        try:
            yield PostgresServer(port=port)
        finally:
            _as_postgres(control, "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
