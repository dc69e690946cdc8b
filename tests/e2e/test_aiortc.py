# SPDX-License-Identifier: BSD-3-Clause
"""Two aiortc programs behind symmetric NATs exchange audio and numbered messages through the relay without loss."""
import asyncio
import json
import pathlib

import servers
import topology
from case import EndToEnd, by_kernel, figures

PARTY = pathlib.Path(__file__).resolve().parent / "aiortc_party.py"
MESSAGES = 250
PATIENCE_SECONDS = 90


class Party:
    """A running aiortc_party.py and the JSON lines to and from it."""

    def __init__(self, process):
        self.process = process

    @classmethod
    async def start(cls, namespace, task):
        party = cls(await asyncio.create_subprocess_exec(
            "ip", "netns", "exec", namespace.name, "/usr/bin/python3", str(PARTY), limit=1 << 20,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE))
        party.say(task)
        return party

    def say(self, value):
        self.process.stdin.write(json.dumps(value).encode() + b"\n")

    async def hear(self):
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_SECONDS)
        if not line:
            raise AssertionError((await self.process.stderr.read()).decode()[-2000:])
        return json.loads(line)

    async def end(self):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()


class Aiortc(EndToEnd):
    shape = staticmethod(topology.natted)
    changes = {"relay": {"addresses": [topology.SERVER]}, "peers": {"allow": []}}

    async def call(self, transport):
        servers_entry = {"urls": f"turn:{topology.SERVER}:3478?transport={transport}", "username": "alice",
                         "credential": servers.USERS["alice"]}
        task = {"iceServers": [servers_entry], "messages": MESSAGES}
        caller = await Party.start(self.network["a"], task | {"caller": True})
        callee = await Party.start(self.network["b"], task | {"caller": False})
        try:
            callee.say(await caller.hear())
            caller.say(await callee.hear())
            results = [await caller.hear(), await callee.hear()]
            caller.say("close")
            callee.say("close")
            await asyncio.wait_for(asyncio.gather(caller.process.wait(), callee.process.wait()), PATIENCE_SECONDS)
            return results
        finally:
            await caller.end()
            await callee.end()

    def relays_all(self, transport):
        results = asyncio.run(self.call(transport))
        figures(f"aiortc-{transport}", results)
        self.assertEqual((results[0]["echoes"], results[0]["distinct"]), (MESSAGES, MESSAGES))
        for result in results:
            self.assertEqual(result["pairs"], [["relay", "relay"]])

    @by_kernel
    def test_udp(self):
        """aiortc relays audio and every numbered message over UDP, relay to relay [H12][G9][S3]"""
        self.relays_all("udp")

    def test_tcp(self):
        """aiortc relays audio and every numbered message over TCP, relay to relay [H12][I2]"""
        self.relays_all("tcp")
