# SPDX-License-Identifier: BSD-3-Clause
"""Two browsers that cannot reach each other have a video call through the relay.

Each browser sits behind a symmetric NAT whose firewall lets out nothing but the server's port 3478, as a hospital's
does. Camera, microphone and a data channel flow both ways; the figures are the browsers' own statistics.
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


def install_driver():
    """playwright-core, without a browser of its own: Debian's chromium is driven."""
    if (HERE / "node_modules" / "playwright-core").exists():
        return
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(["npm", "ci", *quiet], cwd=HERE, check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"})


class Call(EndToEnd):
    shape = staticmethod(topology.natted)
    changes = {"relay": {"addresses": [topology.SERVER]}, "peers": {"allow": []}}

    @classmethod
    def setUpClass(cls):
        install_driver()
        super().setUpClass()

    def wrapper(self, side):
        """An executable that playwright takes for the browser and that starts it inside the namespace."""
        path = self.server.folder / f"chromium-{side}"
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self.network[side].name} chromium "$@"\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def place(self, ice_servers):
        request = {
            "executables": [self.wrapper(side) for side in SIDES], "iceServers": ice_servers,
            "patienceMilliseconds": PATIENCE_SECONDS * 1000,
            "wanted": {"milliseconds": FLOW_SECONDS * 1000, "frames": FRAMES, "echoes": ECHOES},
        }
        done = subprocess.run(["node", str(HERE / "browser" / "call.mjs"), json.dumps(request)], capture_output=True,
                              text=True, timeout=4 * PATIENCE_SECONDS,
                              env=os.environ | {"TMPDIR": str(self.server.folder)})  # where profiles go
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertNotIn("error", answer, json.dumps(answer, indent=1))
        return answer["parties"]

    def judge(self, name, transport, parties):
        refused = {side: topology.refused_by(self.network[f"nat-{side}"]) for side in SIDES}
        figures(f"browser-{name}", {"parties": parties, "refusedByFirewall": refused})
        self.assertTrue(all(refused.values()), f"every other way was tried and failed: {refused}")
        for side, party in zip(SIDES, parties):
            first, last = party["first"], party["last"]
            self.show(f"{name} {side}", first, last)
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

    def show(self, who, first, last):
        seconds = (last["at"] - first["at"]) / 1000
        received = last["bytesReceived"] - first["bytesReceived"]
        print(f"       {who}: {last['local']['candidateType']}/{last['local']['relayProtocol']} to "
              f"{last['remote']['candidateType']}, {seconds:.1f} s, {last['framesDecoded'] - first['framesDecoded']} "
              f"frames decoded, {received} bytes received ({received * 8 / seconds / 1000:.0f} kbit/s), lost "
              f"{last['videoLost']} video and {last['audioLost']} audio packets, "
              f"{last['echoed'] - first['echoed']} echoes, round trip {last['roundTripSeconds']} s", flush=True)

    def fixed_user(self, transport):
        name, password = "alice", servers.USERS["alice"]
        return [{"urls": [f"turn:{topology.SERVER}:3478?transport={transport}"], "username": name,
                 "credential": password}]

    def printed(self, transport):
        """The entry that `turnpike credentials` prints, its URLs cut down to one transport."""
        if not isinstance(self.server, servers.Turnpike):
            return self.fixed_user(transport)
        entry = self.server.credentials()
        entry = (entry.get("iceServers") or [entry])[-1] if isinstance(entry, dict) else entry[-1]
        urls = [entry["urls"]] if isinstance(entry["urls"], str) else entry["urls"]
        chosen = [url for url in urls if url.startswith("turn:") and url.endswith(f"transport={transport}")]
        self.assertTrue(chosen, f"no turn: URL for {transport} in {urls}")
        self.assertTrue(all(topology.SERVER in url for url in chosen), f"URLs that lead elsewhere: {chosen}")
        return [entry | {"urls": chosen}]

    def test_udp(self):
        """A call flows for ten seconds over turn: and UDP with a printed credential [I1][H12][B36][S3]"""
        self.judge("udp", "udp", self.place(self.printed("udp")))

    def test_tcp(self):
        """A call flows for ten seconds over turn: and TCP with a printed credential [I1][I2][H12][B36]"""
        self.judge("tcp", "tcp", self.place(self.printed("tcp")))

    def test_fixed_user(self):
        """A call flows for ten seconds over UDP with a fixed user [B1][B10][H12]"""
        self.judge("fixed-user", "udp", self.place(self.fixed_user("udp")))
