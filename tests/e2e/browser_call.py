# SPDX-License-Identifier: BSD-3-Clause
"""A video call between two browsers, each behind its own symmetric NAT, and what it has to show.

Camera, microphone and a data channel flow both ways; the figures are the browsers' own statistics.
"""
import json
import os
import pathlib
import stat
import subprocess

import servers
import topology
from case import EndToEnd, figures

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE_SECONDS = 90
FLOW_SECONDS = 10
FRAMES, ECHOES = 50, 50
SIDES = ("a", "b")
PROGRAMS = {"chromium": "chromium", "firefox": "firefox-esr"}
WRAPPER = """#!/bin/sh
export HOME={home}
{trust}
exec ip netns exec {namespace} {program} "$@"
"""
# Each has its database in another place: Firefox in the profile that the driver has just made for it.
TRUST = {
    "chromium": 'database={home}/.pki/nssdb; mkdir -p "$database"; certutil -N -d "sql:$database" --empty-password\n'
                'certutil -A -n tests -t C,, -d "sql:$database" -i {authority}',
    "firefox": 'for word; do [ "$previous" = --profile ] && database=$word; previous=$word; done\n'
               'certutil -N -d "sql:$database" --empty-password; '
               'certutil -A -n tests -t C,, -d "sql:$database" -i {authority}',
}


def install_driver():
    """playwright-core, without a browser of its own: Debian's browsers are driven."""
    if (HERE / "node_modules" / "playwright-core").exists():
        return
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(["npm", "ci", *quiet], cwd=HERE, check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"})


class Call(EndToEnd):
    """`shape` says which doors the firewalls leave open. Nothing but the relay connects the two browsers."""

    shape = staticmethod(topology.natted)
    changes = {"relay": {"addresses": [topology.SERVER]}, "peers": {"allow": []}}
    authority = None

    @classmethod
    def setUpClass(cls):
        install_driver()
        cls.prepare()
        super().setUpClass()

    @classmethod
    def prepare(cls):
        """What has to be there before the server starts."""

    def browser(self, engine, side):
        """An executable that playwright takes for the browser and that starts it inside the namespace."""
        home = topology.scratch_folder()
        self.addCleanup(topology.forget, home)
        path = home / engine
        path.write_text(WRAPPER.format(home=home, namespace=self.network[side].name, program=PROGRAMS[engine],
                                       trust=self.trust(engine, home)))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return {"engine": engine, "executablePath": str(path)}

    def trust(self, engine, home):
        """The command that tells the browser to trust the test's authority, where there is one."""
        if self.authority is None:
            return ""
        return TRUST[engine].format(home=home, authority=self.authority.certificate)

    def place(self, ice_servers, engines=("chromium", "chromium"), **more):
        request = more | {
            "browsers": [self.browser(engine, side) for engine, side in zip(engines, SIDES)], "iceServers": ice_servers,
            "patienceMilliseconds": PATIENCE_SECONDS * 1000,
            "wanted": {"milliseconds": FLOW_SECONDS * 1000, "frames": FRAMES, "echoes": ECHOES},
        }
        # Firefox is driven through a port of its own loopback, so the driver runs beside it.
        driver = self.network[SIDES[0]]
        done = driver.run(["node", str(HERE / "browser" / "call.mjs"), json.dumps(request)],
                          timeout=4 * PATIENCE_SECONDS, env=os.environ | {"TMPDIR": str(self.server.folder)})
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertNotIn("error", answer, json.dumps(answer, indent=1))
        self.answer = answer
        return answer["parties"]

    def judge(self, name, transport, parties):
        refused = {side: topology.refused_by(self.network[f"nat-{side}"]) for side in SIDES}
        figures(f"browser-{name}", {"parties": parties, "refusedByFirewall": refused})
        self.assertTrue(all(refused.values()), f"every other way was tried and failed: {refused}")
        for side, party in zip(SIDES, parties):
            first, last = party["first"], party["last"]
            show(f"{name} {side}", first, last)
            self.assertEqual(last["state"], "connected")
            self.assertEqual((last["local"]["candidateType"], last["remote"]["candidateType"]), ("relay", "relay"))
            self.assertEqual(last["local"]["relayProtocol"], transport)
            self.assertGreaterEqual(last["at"] - first["at"], FLOW_SECONDS * 1000)
            self.assertGreater(first["framesDecoded"], 0)
            self.assertGreaterEqual(last["framesDecoded"] - first["framesDecoded"], FRAMES)
            self.assertGreater(last["audioPackets"], first["audioPackets"])
            self.assertGreater(last["bytesReceived"], first["bytesReceived"])
            self.assertGreaterEqual(last["echoed"] - first["echoed"], ECHOES)
            self.assertEqual(last["echoedOutOfOrder"], 0)

    def fixed_user(self, *urls):
        return [{"urls": list(urls), "username": "alice", "credential": servers.USERS["alice"]}]

    def printed(self, scheme, transport):
        """The entry that `turnpike credentials` prints, its URLs cut down to one transport."""
        entry = self.server.credentials()
        entry = (entry.get("iceServers") or [entry])[-1] if isinstance(entry, dict) else entry[-1]
        urls = [entry["urls"]] if isinstance(entry["urls"], str) else entry["urls"]
        chosen = [url for url in urls if url.startswith(f"{scheme}:") and url.endswith(f"transport={transport}")]
        self.assertTrue(chosen, f"no {scheme}: URL for {transport} in {urls}")
        return [entry | {"urls": chosen}]


def show(who, first, last):
    seconds = (last["at"] - first["at"]) / 1000
    received = last["bytesReceived"] - first["bytesReceived"]
    print(f"       {who}: {last['local']['candidateType']}/{last['local']['relayProtocol']} to "
          f"{last['remote']['candidateType']}, {seconds:.1f} s, {last['framesDecoded'] - first['framesDecoded']} "
          f"frames decoded, {received} bytes received ({received * 8 / seconds / 1000:.0f} kbit/s), lost "
          f"{last['videoLost']} video and {last['audioLost']} audio packets, "
          f"{last['echoed'] - first['echoed']} echoes, round trip {last['roundTripSeconds']} s", flush=True)
