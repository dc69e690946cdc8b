# SPDX-License-Identifier: BSD-3-Clause
"""The admin interface of a running server: who may ask, what it tells, and what it does to calls that run."""
import json
import stat
import time

import servers
import topology
from admin_client import Admin, TOKEN
from case import EndToEnd, wait_until
from turn_client import Credential

SITE = "https://video.example.org"
CHANGES = {"admin": {"listen": "127.0.0.1:8478", "token": TOKEN, "cors_origins": [SITE], "mints_per_minute": 5},
           "peers": {"allow": ["10.3.0.0/24", "fd03::/64"]}}


class Interface(EndToEnd):
    changes = CHANGES

    def setUp(self):
        self.admin = Admin(self.network["server"])

    def turnpike(self, *words):
        """A command on the server's machine, with the server's own configuration."""
        return self.network["server"].run([str(self.server.binaries / "turnpike"), *words, "--config",
                                           str(self.server.folder / "turnpike.toml")])

    def sessions(self, **filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        answer = self.admin("GET", f"/v1/sessions?{query}")
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json["sessions"]


class Gate(Interface):
    def test_tokens(self):
        """Every route but health and metrics refuses a request without the token, or with another"""
        paths = self.admin("GET", "/v1/openapi.json").json["paths"]
        for path, methods in paths.items():
            for method in set(methods) - {"parameters"}:
                with self.subTest(method=method, path=path):
                    is_open = path in ("/livez", "/readyz", "/metrics")
                    for token in (None, "another token"):
                        stranger = Admin(self.network["server"], token=token)
                        answer = stranger(method.upper(), path.replace("{", "").replace("}", ""))
                        self.assertEqual(answer.status, 200 if is_open else 401, answer.text)
                        self.assertEqual("WWW-Authenticate" in answer.headers, not is_open)

    def test_browsers(self):
        """A page of a known origin may mint, one of another is told nothing"""
        ask = {"Access_Control_Request_Method": "POST"}
        known = self.admin("OPTIONS", "/v1/credentials", Origin=SITE, **ask)
        self.assertEqual((known.status, known.headers["Access-Control-Allow-Origin"]), (204, SITE))
        other = self.admin("OPTIONS", "/v1/credentials", Origin="https://other.example", **ask)
        self.assertNotIn("Access-Control-Allow-Origin", other.headers)
        self.assertEqual(other.headers["Vary"], "Origin")


class Health(Interface):
    def test_ready(self):
        """The server says that it is ready after an allocation through itself"""
        self.assertEqual(self.admin("GET", "/livez").text, "alive\n")
        answer = self.admin("GET", "/readyz")
        self.assertEqual((answer.status, answer.json["ready"]), (200, True), answer.text)

    def test_metrics(self):
        """Metrics are there without a token, and name no user"""
        self.client().allocate()
        text = Admin(self.network["server"], token=None)("GET", "/metrics").text
        self.assertIn("# TYPE", text)
        self.assertNotIn("alice", text)


class Sessions(Interface):
    def test_list_and_end(self):
        """A session that lives is listed, shown and ended, and its client hears of it"""
        alice, bob = self.client(), self.client(servers.BOB)
        alice.allocate()
        bob.allocate()
        self.assertEqual({each["user"] for each in self.sessions()}, {"alice", "bob"})
        [row] = self.sessions(user="alice")
        self.assertEqual(row["transport"], "udp")
        self.assertEqual(self.admin("GET", f"/v1/sessions/{row['id']}").json["relayed"], row["relayed"])
        self.assertEqual(self.admin("DELETE", "/v1/sessions?user=alice").json,
                         {"ended": 1, "workers_unheard": 0})
        wait_until(lambda: not self.sessions(user="alice"), "the session has ended")
        self.assert_refused(437, alice.refresh, 600)
        self.assertEqual(len(self.sessions(user="bob")), 1)
        [row] = self.sessions(user="bob")
        self.assertEqual(self.admin("DELETE", f"/v1/sessions/{row['id']}").json,
                         {"ended": 1, "workers_unheard": 0})
        wait_until(lambda: not self.sessions(), "all have ended")
        self.assertEqual(self.admin("DELETE", "/v1/sessions").status, 400)

    def test_command(self):
        """`turnpike sessions` says the same, and ends by user"""
        self.client().allocate()
        listed = self.turnpike("sessions", "list", "--json")
        self.assertEqual(json.loads(listed.stdout)["user"], "alice", listed.stderr)
        ended = self.turnpike("sessions", "end", "--user", "alice")
        self.assertEqual(ended.stdout, "1 allocation ended\n", ended.stderr)
        wait_until(lambda: not self.sessions(), "it has ended")


class Credentials(Interface):
    def test_formats(self):
        """Each format's login opens the relay"""
        body = {"ttl": 600, "user": "carol"}
        ice = self.admin("POST", "/v1/credentials", body)
        twilio = self.admin("POST", "/v1/credentials?format=twilio", body)
        uris = self.admin("POST", "/v1/credentials?format=uris", body)
        self.assertEqual((ice.status, twilio.status, uris.status), (201, 201, 200))
        entry = ice.json["iceServers"][-1]
        self.assertTrue(entry["urls"][0].startswith("turn:"))
        for credential in (Credential(entry["username"], entry["credential"]),
                           Credential(twilio.json["username"], twilio.json["password"]),
                           Credential(uris.json["username"], uris.json["password"])):
            self.client(credential).allocate()

    def test_mint_key(self):
        """A mint key mints for its call until its rate is used up, and opens nothing else"""
        made = self.admin("POST", "/v1/mint-keys", {"call": "c-1", "ttl": 600})
        self.assertEqual(made.status, 201, made.text)
        page = Admin(self.network["server"], token=made.json["key"])
        minted = page("POST", "/v1/credentials", {"ttl": 86400}, Origin=SITE)
        self.assertEqual(minted.headers["Access-Control-Allow-Origin"], SITE)
        entry = minted.json["iceServers"][-1]
        expiry, _, call = entry["username"].split(":")
        self.assertEqual(call, "c-1")
        self.assertLessEqual(int(expiry), time.time() + 600)
        self.client(Credential(entry["username"], entry["credential"])).allocate()
        self.assertEqual([each["call"] for each in self.sessions(call="c-1")], ["c-1"])
        self.assertEqual(page("POST", "/v1/credentials", {"call": "c-2"}).status, 403)
        self.assertEqual(page("GET", "/v1/sessions").status, 401)
        codes = [page("POST", "/v1/credentials").status for _ in range(6)]
        self.assertIn(429, codes)


class Control(Interface):
    def test_config(self):
        """The configuration in force is told, and no secret of it"""
        text = self.admin("GET", "/v1/config").text
        self.assertIn("admin.listen", text)
        for secret in (servers.SECRET, TOKEN, *servers.USERS.values()):
            self.assertNotIn(secret, text)

    def test_reload(self):
        """A reload says what changes, and a bad file changes nothing"""
        path = self.server.folder / "turnpike.toml"
        good = path.read_text()
        path.write_text(good.replace("mints_per_minute = 5", "mints_per_minute = 6"))
        self.addCleanup(path.write_text, good)
        done = self.turnpike("reload")
        self.assertEqual((done.returncode, done.stdout), (0, "admin.mints_per_minute: 5 -> 6\n"), done.stderr)
        path.write_text("nonsense = 1\n" + good)
        refused = self.admin("POST", "/v1/reload")
        self.assertEqual(refused.status, 422, refused.text)
        self.assertIn("nonsense", " ".join(refused.json["errors"]))

    def test_events(self):
        """An allocation that is made is told to who listens"""
        stream = self.admin.events()
        self.assertEqual(stream.headers["Content-Type"], "text/event-stream")
        self.client().allocate()
        while True:
            line = stream.readline().decode()
            self.assertTrue(line, "the stream ended")
            if line.startswith("data: ") and "allocation made" in line:
                break
        self.assertEqual(json.loads(line.removeprefix("data: "))["user"], "alice")

    def test_log(self):
        """A level changes while the server runs"""
        areas = self.admin("GET", "/v1/log").json["levels"]
        area = sorted(areas)[0]
        changed = self.admin("PUT", "/v1/log", {"levels": {area: "debug"}})
        self.assertEqual(changed.json["levels"][area], "debug", changed.text)
        self.admin("PUT", "/v1/log", {"levels": {area: areas[area]}})


class Drain(Interface):
    def test_drain(self):
        """Who drains takes no new allocations, is not ready, keeps what it has, and ends when that is gone"""
        client = self.client()
        client.allocate()
        begun = self.admin("POST", "/v1/drain", {"deadline_seconds": 60})
        self.assertEqual((begun.status, begun.json["phase"]), (202, "draining"))
        ready = self.admin("GET", "/readyz")
        self.assertEqual((ready.status, ready.json["ready"]), (503, False))
        self.assert_refused(508, self.client(servers.BOB).allocate)
        client.refresh(600)
        client.refresh(0)
        self.assertEqual(self.server.process.wait(timeout=20), 0)


class UnixSocket(Interface):
    """The same over a socket in the file system."""

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.path = folder / "admin.sock"
        cls.changes = servers.merged(CHANGES, {"admin": {"listen": f"unix:{cls.path}"}})
        super().setUpClass()

    def test_socket(self):
        """The socket is for owner and group alone, and commands find it"""
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o660)
        self.assertEqual(Admin(self.network["server"], str(self.path))("GET", "/v1/sessions").status, 200)
        done = self.turnpike("sessions", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)


class NoToken(Interface):
    """A server whose configuration has no token."""

    changes = {"admin": {"listen": "127.0.0.1:8478", "token": ""}}

    def test_closed(self):
        """Health answers, and all else says what to set"""
        self.assertEqual(self.admin("GET", "/livez").status, 200)
        refused = self.admin("GET", "/v1/sessions")
        self.assertEqual((refused.status, refused.json["error"]["code"]), (403, "no_token_configured"))
        self.assertIn("admin.token", refused.json["error"]["advice"])
