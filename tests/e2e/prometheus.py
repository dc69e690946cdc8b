# SPDX-License-Identifier: BSD-3-Clause
"""What a server shows on /metrics, and Debian's Prometheus, which scrapes it as packaging/prometheus says."""
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import time
import urllib.parse

import topology
from turn_client import PATIENCE

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"
ALERTS = PACKAGING / "prometheus" / "alerts.yml"
SCRAPE = PACKAGING / "prometheus" / "scrape.yml"
DASHBOARD = PACKAGING / "grafana" / "turnpike.json"
SERVER_PORT, PORT = 8478, 9090
NAME = re.compile(r"\b(?:turnpike|process)_[a-z_]+\b")
SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


def get(namespace, port, path):
    """The status and the text that loopback in this namespace answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.sock = namespace.socket(kind=topology.socket.SOCK_STREAM)
    connection.sock.settimeout(PATIENCE)
    try:
        connection.sock.connect(("127.0.0.1", port))
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Content-Type", "")
    finally:
        connection.close()


class Scrape:
    """One look at /metrics: `value(name, label="...")` is the sum over the series that match."""

    def __init__(self, namespace):
        status, self.text, self.content_type = get(namespace, SERVER_PORT, "/metrics")
        if status != 200:
            raise AssertionError(f"/metrics answers {status}: {self.text[:200]}")
        self.samples = {}
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.fullmatch(line).groups()
                self.samples[name, frozenset(LABEL.findall(labels or ""))] = float(value)

    @property
    def series(self):
        return set(self.samples)

    @property
    def names(self):
        return {name for name, _ in self.samples}

    def value(self, wanted, **labels):
        found = [value for (name, its), value in self.samples.items() if name == wanted and labels.items() <= its]
        if not found:
            raise AssertionError(f"no series {wanted} with {labels}")
        return sum(found)


def promtool(*words, given=None):
    """Its exit code and all that it said."""
    done = subprocess.run(["promtool", *map(str, words)], input=given, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def dashboard_queries():
    """Title and expression of everything that the dashboard draws, with its variables filled in."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"].replace("$instance", ".*").replace("$__rate_interval", "15s")


class Prometheus:
    """Runs in a namespace, with the configuration that is shipped but for its interval, until it is closed."""

    def __init__(self, namespace):
        self.namespace, self.folder = namespace, topology.scratch_folder()
        shutil.copy(ALERTS, self.folder)
        text = SCRAPE.read_text().replace("scrape_interval: 15s", "scrape_interval: 500ms\n    scrape_timeout: 400ms")
        (self.folder / "prometheus.yml").write_text("global:\n  evaluation_interval: 1s\n" + text)
        self.log_path = self.folder / "log"
        with open(self.log_path, "wb") as log:
            self.process = namespace.start(
                ["prometheus", f"--config.file={self.folder / 'prometheus.yml'}",
                 f"--storage.tsdb.path={self.folder / 'data'}", f"--web.listen-address=127.0.0.1:{PORT}"],
                stdout=log, stderr=subprocess.STDOUT)

    def close(self):
        self.process.kill()
        self.process.wait()
        topology.forget(self.folder)

    def wait_until_ready(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if get(self.namespace, PORT, "/-/ready")[0] == 200:
                    return
            except OSError:
                pass
            self.process_is_starting()
        raise AssertionError(f"Prometheus is not ready: {self.log_path.read_text()[-2000:]}")

    def process_is_starting(self):
        try:
            self.process.wait(0.05)
        except subprocess.TimeoutExpired:
            pass

    def api(self, path, **parameters):
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        _, text, _ = get(self.namespace, PORT, f"/api/v1/{path}{query}")
        answer = json.loads(text)
        if answer["status"] != "success":
            raise AssertionError(f"{path} {parameters}: {answer}")
        return answer["data"]

    def query(self, expression, **parameters):
        """The vector that an instant query yields: labels and value of each element."""
        result = self.api("query", query=expression, **parameters)["result"]
        return [(each["metric"], float(each["value"][1])) for each in result]

    def number(self, expression, **parameters):
        """The one value of a query; none where there is none yet."""
        found = self.query(expression, **parameters)
        return found[0][1] if len(found) == 1 else None
