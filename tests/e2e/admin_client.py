# SPDX-License-Identifier: BSD-3-Clause
"""The admin interface as a script speaks to it, from within a namespace."""
import http.client
import json
import socket

TOKEN = "an admin token of the test suite"
PLACE = ("127.0.0.1", 8478)
PATIENCE_SECONDS = 30


class Connection(http.client.HTTPConnection):
    """Connects from within a namespace, over TCP or to a Unix socket."""

    def __init__(self, namespace, place=PLACE):
        super().__init__("localhost", timeout=PATIENCE_SECONDS)
        self.namespace, self.place = namespace, place

    def connect(self):
        family = socket.AF_UNIX if isinstance(self.place, str) else socket.AF_INET
        self.sock = self.namespace.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE_SECONDS)
        self.sock.connect(self.place)


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)


class Admin:
    def __init__(self, namespace, place=PLACE, token=TOKEN):
        self.namespace, self.place, self.token = namespace, place, token

    def __call__(self, method, path, body=None, **headers):
        """One request on a connection of its own; a header's name has _ where HTTP has -."""
        connection = Connection(self.namespace, self.place)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def events(self):
        """A stream of events, as it comes: lines."""
        connection = Connection(self.namespace, self.place)
        connection.request("GET", "/v1/events", headers={"Authorization": f"Bearer {self.token}"})
        return connection.getresponse()
