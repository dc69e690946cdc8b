# SPDX-License-Identifier: BSD-3-Clause
"""The server under test, started in its namespace: turnpike, or Debian's coturn to compare with.

A server is ready when it answers a Binding request. Its log is kept and shown when a test fails; a test fails, too,
when it holds a secret.
"""
import datetime
import json
import pathlib
import shutil
import signal
import subprocess
import time

import leak
import stun
import topology
from turn_client import Credential, DatagramLink

REALM = "example.org"
USERS = {"alice": "wonderland", "bob": "builder"}
ALICE, BOB = Credential("alice", USERS["alice"]), Credential("bob", USERS["bob"])
SECRET = "a secret of the test suite"
LOG_TAIL_BYTES = 2000
KEPT_ELSEWHERE = set()

CONFIG = {
    "realm": REALM,
    "listen": {"udp": ["0.0.0.0:3478", "[::]:3478"], "tcp": ["0.0.0.0:3478", "[::]:3478"]},
    "relay": {"addresses": [topology.SERVER, topology.SERVER_6], "ports": [50000, 50999], "acceleration": "auto"},
    "peers": {"allow": ["10.3.0.0/24", "fd03::/64"]},
    "auth": {"secrets": [SECRET]},
    "users": USERS,
    "limits": {"allocations_per_user": 0},
    "storage": {"url": ""},
    "log": {"level": "debug"},
    "server": {"workers": 2, "stop_seconds": 0},
    "admin": {"token": "an admin token of the test suite"},
}


def secret(text):
    """One that no configuration holds, as that of a user in a database; it must be in no log either."""
    KEPT_ELSEWHERE.add(text)
    return text


def merged(base, changes):
    result = dict(base)
    for key, value in changes.items():
        result[key] = merged(base.get(key, {}), value) if isinstance(value, dict) else value
    return result


def toml_value(value):
    """JSON writes strings and numbers as TOML does; a table within a table stands on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return value.isoformat() if isinstance(value, datetime.datetime) else json.dumps(value)


def toml(config):
    """The few shapes of TOML that the tests need."""
    plain = [f"{key} = {toml_value(value)}" for key, value in config.items() if not isinstance(value, dict)]
    for table, values in config.items():
        if isinstance(values, dict):
            plain += [f"[{table}]", *(f"{key} = {toml_value(value)}" for key, value in values.items())]
    return "\n".join(plain) + "\n"


class Server:
    """A running server; subclasses say how it is started."""

    def __init__(self, namespace, changes=None):
        self.namespace = namespace
        self.config = merged(CONFIG, changes or {})
        self.folder = topology.scratch_folder()
        self.log_path = self.folder / "log"
        self.process = None
        self.last_log = ""

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = self.namespace.start(self.command(), stdout=log, stderr=subprocess.STDOUT)
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            link = DatagramLink(self.namespace, (topology.SERVER, 3478))
            try:
                link.send(stun.encode(stun.BINDING, []))
                link.receive(0.1)
                return
            except OSError:
                time.sleep(0.02)
            finally:
                link.socket.close()
        raise RuntimeError(f"the server does not answer; its log ends with\n{self.log_tail()}")

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else self.last_log

    def log_tail(self):
        return self.log()[-LOG_TAIL_BYTES:]

    def wait_for_log(self, *words):
        """The first log line that holds all the words."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for line in self.log().splitlines():
                if all(word in line for word in words):
                    return line
            time.sleep(0.02)
        raise AssertionError(f"no log line with {words}; the log ends with\n{self.log_tail()}")

    def resident_bytes(self):
        status = pathlib.Path("/proc", str(self.process.pid), "status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def terminate(self):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.last_log = self.log()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.check_log()

    def check_log(self):
        leak.check(self.last_log, self.config, KEPT_ELSEWHERE)


class Turnpike(Server):
    binaries = pathlib.Path("build/release/bin")

    def config_path(self):
        path = self.folder / "turnpike.toml"
        path.write_text(toml(self.config))
        return path

    def command(self):
        return [self.binaries / "turnpike", "serve", "--config", self.config_path()]

    def wait_until_ready(self):
        """Where XDP is asked for, it is there: the server would do without."""
        super().wait_until_ready()
        if self.config["relay"]["acceleration"] == "xdp":
            self.wait_for_log("server ready", "xdp on to-router")

    def command_line(self, command, *arguments):
        """A command of the program beside the server, with its configuration."""
        return self.namespace.run([str(self.binaries / "turnpike"), command, "--config",
                                   str(self.folder / "turnpike.toml"), *arguments])

    def credentials(self, *arguments):
        """What an operator pastes into iceServers, as the program prints it."""
        self.config_path()
        done = self.command_line("credentials", *arguments)
        if done.returncode != 0:
            raise AssertionError(f"turnpike credentials: {done.stderr}")
        return json.loads(done.stdout)


class Coturn(Server):
    """Debian's turnserver with the same users, ports and peers; its fixed users exclude time-limited names."""

    def check_log(self):
        """Its log is none of our business."""

    def command(self):
        low, high = self.config["relay"]["ports"]
        users = [word for name, password in self.config["users"].items() for word in ("-u", f"{name}:{password}")]
        allowed = ["--allowed-peer-ip=10.3.0.0-10.3.0.255"]
        relays = [word for address in self.config["relay"]["addresses"] for word in ("-E", address)]
        listeners = ["-L", topology.SERVER, "-L", topology.SERVER_SECOND, "-L", topology.SERVER_6]
        return ["turnserver", "-n", "-a", "-r", REALM, *users, *listeners, *relays, *allowed, "--min-port", low,
                "--max-port", high, "--no-cli", *self.encryption(), "--log-file", "stdout", "--pidfile",
                self.folder / "pid", "--userdb", self.folder / "db"]

    def encryption(self):
        """On port 5349, over TLS and DTLS, where the configuration has a certificate."""
        listen = self.config["listen"]
        if "certificate" not in listen:
            return ["--no-tls", "--no-dtls"]
        return ["--cert", listen["certificate"], "--pkey", listen["private_key"]]


KINDS = {"turnpike": Turnpike, "coturn": Coturn}
