# SPDX-License-Identifier: BSD-3-Clause
"""client - near - server - far - peer: five namespaces, two of them routers, and which core receives on each cable.
Or, for frames that the kernel makes, client - server - peer.

What passes a cable is received by the core that its receiving end's RPS mask names: the server's own for both of the
server's ends, the load's for all others. So the softirqs that the server causes count as the server's, and those of
routers, clients and peers do not.

`cables` says what a burst that was sent as one (UDP_SEGMENT) looks like on the wire:
  whole  it crosses as one, as veth does it: neither end pays for taking it apart and putting it together
  nic    towards the server packets travel singly and its core puts them together again (GRO), as behind a network
         card; what the server sends is taken apart for it, as such cards do
  plain  no offload at all: singly both ways, checksums computed and verified by the cores
"""
import json
import os
import pathlib
import re
import socket

import topology
from compare import cores

CABLES = ("whole", "nic", "plain")
RX_CHECKSUM, TX_CHECKSUM, TSO, GRO = 0x15, 0x17, 0x1F, 0x2C  # ETHTOOL_SRXCSUM, _STXCSUM, _STSO, _SGRO
CLIENT, CLIENT_6 = topology.CLIENT, topology.CLIENT_6
PEER, PEER_6 = topology.PEER, topology.PEER_6
LISTENER, LISTENER_6 = topology.SERVER, topology.SERVER_6
RELAY, RELAY_6 = "10.4.0.1", "fd04::1"
REACHABLE = ("10.3.0.0/24", "10.4.0.0/24", "fd03::/64", "fd04::/64")  # peers, and relays of others
EPHEMERAL_PORTS = "1024 9999"  # those above belong to relayed addresses
SEGMENTS = 65535  # in one packet with GSO: as many as the kernel makes
PROBES = 200  # fewer than any queue on the way holds


class Network(topology.Network):
    """Made by `build`, removed by whoever made it."""

    def build(self, server_core, load, cables):
        self.server_core, self.load, self.cables = server_core, load, cables
        self.add("client", "near", "server", "far", "peer")
        for router in ("near", "far"):
            self.forwarding(router)
        for subnet, (left, right) in enumerate((("client", "near"), ("server", "near"), ("peer", "far"),
                                                ("far", "server")), start=1):
            self.link(left, right, subnet)
            self.dress(left, f"to-{right}", cables)
            self.dress(right, f"to-{left}", cables)
        self["server"].ip("route", "add", "10.3.0.0/24", "via", "10.4.0.2")
        self["server"].ip("route", "add", "fd03::/64", "via", "fd04::2")
        self["server"].exec("sysctl", "-qw", f"net.ipv4.ip_local_port_range={EPHEMERAL_PORTS}")

    def dress(self, name, device, cables):
        """The offloads of one end of a cable, and the core that receives there."""
        namespace, is_server = self[name], name == "server"
        if cables != "plain":
            namespace.offload(device, (RX_CHECKSUM, TX_CHECKSUM), 1)
        if cables == "nic" and device == "to-server":
            namespace.ip("link", "set", device, "gso_max_segs", "1")
            namespace.offload(device, (TSO,), 0)  # without it veth receives past GRO
        receivers = {self.server_core} if is_server else self.load
        if cables == "nic" and is_server:
            self.merge(namespace, device)
        else:
            write(namespace, device, "queues/rx-0/rps_cpus", cores.mask(receivers))

    def merge(self, namespace, device):
        """GRO, by a kernel thread of the device's own: otherwise it would run on the core of whoever sends."""
        namespace.offload(device, (GRO,), 1)
        for thread in receive_in_thread(namespace, device):
            os.sched_setaffinity(thread, {self.server_core})

    def receive_as(self, is_xdp):
        """Here all receive alike."""

    def take_apart(self, wanted):
        """Whether routers take bursts apart before the server receives them; where cables do not do so anyway."""
        if self.cables == "whole":
            for router in ("near", "far"):
                self[router].ip("link", "set", "to-server", "gso_max_segs", "1" if wanted else str(SEGMENTS))

    def received_where(self):
        """Sends packets from the client's cable to the server's and tells how many each core received."""
        with (self["server"].socket() as there, self["client"].socket() as here):
            there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            there.settimeout(1)
            there.bind((LISTENER, 0))
            before = cores.softnet()
            for _ in range(PROBES):
                here.sendto(b"?", there.getsockname())
            for _ in range(PROBES):
                there.recv(16)
        return {core: count - before[core] for core, count in cores.softnet().items()}


class Direct(Network):
    """client - server - peer, without routers, which would carry less than the server does.

    XDP sends through a cable only where the other end receives in a NAPI of its own, which GRO switches on; and in a
    thread of its own, or it would receive on the core of whoever sends. Checksums are computed: XDP sees packets as
    they are. These threads come before all else on their cores, as a network card's interrupts do: a cable holds 256
    packets, and whoever waits for a turn loses what comes meanwhile.
    """

    def build(self, server_core, load, cables="direct"):
        self.server_core, self.load, self.cables = server_core, load, cables
        self.add("client", "server", "peer")
        self.link("server", "client", 2)
        self.link("peer", "server", 3)
        for left, right in (("server", "client"), ("client", "server"), ("server", "peer"), ("peer", "server")):
            self[left].offload(f"to-{right}", (TSO,), 0)  # without it what sockets send is received past GRO
            self[left].offload(f"to-{right}", (GRO,), 1)
        for name in ("client", "peer"):
            put_first(receive_in_thread(self[name], "to-server"), load)
        for address in (f"{RELAY}/32", f"{RELAY_6}/128"):
            self["server"].ip("address", "add", address, "dev", "to-peer", *(["nodad"] if ":" in address else []))
        for address in (LISTENER, LISTENER_6):
            self["client"].ip("route", "add", "default", "via", address)
        self["server"].exec("sysctl", "-qw", f"net.ipv4.ip_local_port_range={EPHEMERAL_PORTS}")
        self.is_xdp, self.threads = None, {}
        self.receive_as(False)

    def receive_as(self, is_xdp):
        """The server's ends: XDP in their threads; sockets, tc and forwarding in the softirq that RPS leads to, where
        whoever sends has made a packet of the kernel's own out of the frame already."""
        if is_xdp == self.is_xdp:
            return
        self.is_xdp = None  # until it is done: whoever fails leaves nothing to rely on
        for device in self.neighbours():
            write(self["server"], device, "queues/rx-0/rps_cpus", "0" if is_xdp else cores.mask({self.server_core}))
            write(self["server"], device, "threaded", "0")
            if is_xdp:
                put_first(self.threads_of(device), {self.server_core})
        self.is_xdp = is_xdp

    def threads_of(self, device):
        """Newer kernels make them anew each time, older ones keep those of the first."""
        self.threads[device] = receive_in_thread(self["server"], device, self.threads.get(device, set()))
        return self.threads[device]

    def take_apart(self, wanted):
        """There is nobody to do it."""

    def neighbours(self):
        """The server's interfaces, and the MAC at the other end of each."""
        return {f"to-{name}": mac(self[name], "to-server") for name in ("client", "peer")}


class Networks:
    """The one that a row is measured in, made when it is needed first."""

    def __init__(self, server_core, load, cables):
        self.server_core, self.load, self.cables = server_core, load, cables
        self.made = {}

    def of(self, row):
        kind = Direct if row.is_wire else Network
        if kind not in self.made:
            self.made[kind] = kind()
            self.made[kind].build(self.server_core, self.load, *(() if row.is_wire else (self.cables,)))
        return self.made[kind]

    def remove(self):
        for each in self.made.values():
            each.remove()


def receive_in_thread(namespace, device, known=frozenset()):
    """The threads that receive there from now on: new ones, or those that are known."""
    before = set(napi_threads())
    write(namespace, device, "threaded", "1")
    present = set(napi_threads())
    threads = present - before or present & known
    if not threads:
        raise RuntimeError(f"the kernel gives {device} no thread to receive with: this is not possible here")
    return threads


def put_first(threads, where):
    for thread in threads:
        os.sched_setaffinity(thread, where)
        os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(2))


def mac(namespace, device):
    return json.loads(namespace.ip("-json", "link", "show", "dev", device))[0]["address"]


def write(namespace, device, file, value):
    """`ip netns exec` shows a namespace its own devices in /sys."""
    namespace.exec("sh", "-c", f"echo {value} > /sys/class/net/{device}/{file}")


def napi_threads():
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            if re.match(r"napi/", path.read_text()):
                yield int(path.parent.name)
        except OSError:  # it has ended meanwhile
            continue
