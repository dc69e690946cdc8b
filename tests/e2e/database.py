# SPDX-License-Identifier: BSD-3-Clause
"""The databases that a server under test keeps its accounts in: a PostgreSQL cluster of its own, or a SQLite file.

Both are reached through the file system, so that it does not matter in which namespace the server is.
"""
import datetime
import pathlib
import re
import shutil
import sqlite3
import subprocess

import topology

ROOT = pathlib.Path(__file__).resolve().parents[2]


def interval(seconds):
    return datetime.timedelta(seconds=seconds)


class Postgres:
    """A cluster that lives until close(); `pg_ctl("stop")` takes it away from the server meanwhile."""

    def __init__(self):
        self.keeper = subprocess.Popen([ROOT / "tests/support/with-postgres", "sh", "-c",
                                        "env | grep ^TURNPIKE_TEST; echo; cat >/dev/null"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        values = dict(line.strip().split("=", 1) for line in iter(self.keeper.stdout.readline, "\n") if "=" in line)
        self.folder = pathlib.Path(values["TURNPIKE_TEST_PG_CTL"]).parent
        port = re.search(r"port=(\d+)", values["TURNPIKE_TEST_POSTGRES"]).group(1)
        self.connection = f"host={self.folder} port={port} user=turnpike"
        self.url = f"{self.connection} dbname=postgres"

    def close(self):
        self.keeper.stdin.close()
        self.keeper.wait(timeout=30)

    def pg_ctl(self, *words):
        subprocess.run([self.folder / "pg_ctl", *words], check=True)

    def run(self, sql):
        """The rows, each a list of texts; null is None."""
        done = subprocess.run(["psql", self.url, "-qAtX", "-F", "\x1f", "-P", "null=\x1e", "-v", "ON_ERROR_STOP=1"],
                              input=sql, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{sql}\n{done.stderr}")
        rows = [line.split("\x1f") for line in done.stdout.split("\n")[:-1]]
        return [[None if field == "\x1e" else field for field in row] for row in rows]

    @staticmethod
    def after(seconds):
        return f"now() + interval '{seconds} seconds'"

    @staticmethod
    def seconds_of(column):
        return f"extract(epoch FROM {column})"


class Sqlite:
    """The same statements, said in its words."""

    def __init__(self):
        self.folder = topology.scratch_folder()
        self.path = self.folder / "turnpike.db"
        self.url = f"sqlite:{self.path}"

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, sql):
        with sqlite3.connect(self.path, timeout=5) as connection:
            rows = connection.execute(sql.replace("turnpike.", "")).fetchall()
        connection.close()
        return [[None if field is None else str(field) for field in row] for row in rows]

    @staticmethod
    def after(seconds):
        return f"unixepoch('subsec') + {seconds}"

    @staticmethod
    def seconds_of(column):
        return column
