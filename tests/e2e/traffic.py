# SPDX-License-Identifier: BSD-3-Clause
"""A call that goes on while a test does something to the server: numbered packets to a peer that sends them back.

Each packet is awaited before the next is sent, so that the pace is the network's and nothing is lost for want of room; a
packet that does not come back within its patience is lost.
"""
import contextlib
import socket
import struct
import threading

CHANNEL = 0x4000
PATIENCE = 3.0


class Echo(threading.Thread):
    """The peer; it ends with its socket."""

    def __init__(self, peer):
        super().__init__(daemon=True)
        self.peer = peer
        self.start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                data, sender = self.peer.recvfrom(2048)
                self.peer.sendto(data, sender)


class Traffic(threading.Thread):
    """`client` has an allocation and does nothing else meanwhile. Ends with the block that it is used in."""

    def __init__(self, client, peer):
        super().__init__(daemon=True)
        self.client, self.peer = client, peer
        self.sent, self.lost, self.ending, self.failure = 0, [], threading.Event(), None
        peer.settimeout(None)
        Echo(peer)
        client.bind_channel(CHANNEL, peer.getsockname()[:2])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()
        if self.failure:
            raise self.failure

    def run(self):
        try:
            while not self.ending.is_set():
                self.exchange()
        except OSError as failure:  # the server closed the connection
            self.failure = failure

    def exchange(self):
        number = struct.pack("!Q", self.sent)
        self.sent += 1
        self.client.send_channel(CHANNEL, number)
        try:
            while self.client.receive(PATIENCE).payload != number:
                pass
        except (socket.timeout, TimeoutError):
            self.lost.append(self.sent - 1)
