# SPDX-License-Identifier: BSD-3-Clause
"""One party of an aiortc call: a program that talks JSON lines with the test that started it inside a namespace.

The first line in is what to do; then descriptions go out and in; the result goes out; `"close"` ends it. Messages go
over a data channel without retransmission, so that one lost in the relay stays lost.
"""
import asyncio
import json
import sys

import aiortc

PACE_SECONDS = 0.02
AUDIO_FRAMES = 100


def say(value):
    print(json.dumps(value), flush=True)


async def hear():
    line = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    return json.loads(line)


class Party:
    def __init__(self, task):
        self.task = task
        servers = [aiortc.RTCIceServer(**server) for server in task["iceServers"]]
        self.connection = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=servers))
        self.echoes, self.frames = [], 0
        self.heard_audio, self.all_echoed, self.opened = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.connection.addTrack(aiortc.mediastreams.AudioStreamTrack())
        self.connection.on("track", lambda track: asyncio.ensure_future(self.listen(track)))
        self.connection.on("datachannel", self.echo)

    async def listen(self, track):
        while True:
            await track.recv()
            self.frames += 1
            if self.frames == AUDIO_FRAMES:
                self.heard_audio.set()

    def echo(self, channel):
        channel.on("message", channel.send)
        self.all_echoed.set()  # nothing of its own to wait for

    def open_channel(self):
        channel = self.connection.createDataChannel("numbers", ordered=False, maxRetransmits=0)
        channel.on("open", self.opened.set)
        channel.on("message", self.count)
        return channel

    def count(self, message):
        self.echoes.append(int(message))
        if len(set(self.echoes)) == self.task["messages"]:
            self.all_echoed.set()

    async def describe(self, description):
        """Local description with all candidates, as aiortc gathers them before it returns."""
        await self.connection.setLocalDescription(description)
        local = self.connection.localDescription
        say({"sdp": local.sdp, "type": local.type})

    async def accept(self):
        await self.connection.setRemoteDescription(aiortc.RTCSessionDescription(**await hear()))

    async def call(self):
        channel = self.open_channel()
        await self.describe(await self.connection.createOffer())
        await self.accept()
        await self.opened.wait()
        for number in range(self.task["messages"]):
            channel.send(str(number))
            await asyncio.sleep(PACE_SECONDS)

    async def answer(self):
        await self.accept()
        await self.describe(await self.connection.createAnswer())

    def pairs(self):
        """Candidate types of every nominated pair, local then remote."""
        transport = self.connection.sctp.transport.transport
        return [[pair.local_candidate.type, pair.remote_candidate.type]
                for pair in transport._connection._nominated.values()]

    async def run(self):
        await (self.call() if self.task["caller"] else self.answer())
        await self.heard_audio.wait()
        await self.all_echoed.wait()
        say({"echoes": len(self.echoes), "distinct": len(set(self.echoes)), "audioFrames": self.frames,
             "pairs": self.pairs()})
        await hear()
        await self.connection.close()


async def main():
    await Party(await hear()).run()


asyncio.run(main())
