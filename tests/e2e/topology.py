# SPDX-License-Identifier: BSD-3-Clause
"""Network namespaces, the veth links between them, and the two shapes of network that the tests use.

A `Network` makes namespaces whose names carry this process's id, so that two runs never meet, and removes them
together with every process inside. `routed()` puts client, server and peer each behind one router. `natted()` puts two
parties each behind a symmetric NAT whose firewall lets out nothing but the server's TURN port.
"""
import contextlib
import ctypes
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import pass_program

PREFIX = "turnpike-e2e"
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
# ETHTOOL_SRXCSUM, _STXCSUM, _SGRO: with them off a capture shows the checksums that a real wire would carry.
OFFLOADS_OFF = (0x15, 0x17, 0x2C)

SERVER, SERVER_SECOND = "10.2.0.2", "10.2.0.3"
SERVER_NAME = "turn.example.org"
SERVER_6, SERVER_6_SECOND = "fd02::2", "fd02::3"
CLIENT, CLIENT_6 = "10.1.0.2", "fd01::2"
PEER, PEER_SECOND, PEER_6 = "10.3.0.2", "10.3.0.3", "fd03::2"
SECOND_ADDRESSES = {"server": (f"{SERVER_SECOND}/24", f"{SERVER_6_SECOND}/64"), "peer": (f"{PEER_SECOND}/24",)}
LIBC = ctypes.CDLL(None, use_errno=True)


def command(*words):
    """Runs a command and raises with its own words when it fails."""
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Namespace:
    """One network namespace: a place to open sockets in and to start programs in."""

    def __init__(self, name):
        self.name = name
        command("ip", "netns", "add", name)
        self.exec("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0")  # link-local addresses serve at once
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        return command("ip", "-netns", self.name, *words)

    def exec(self, *words):
        return command("ip", "netns", "exec", self.name, *words)

    def run(self, words, **options):
        return subprocess.run(["ip", "netns", "exec", self.name, *words], capture_output=True, text=True, **options)

    def start(self, words, **options):
        """Starts a program; `ip netns exec` replaces itself by it, so the process id is the program's own."""
        return subprocess.Popen(["ip", "netns", "exec", self.name, *map(str, words)], **options)

    def knows(self, address, name):
        """Programs in this namespace resolve this name and no other, as `ip netns exec` shows them files of their own.

        Without the others they would ask this machine's name server for an IPv6 address too, and wait in vain.
        """
        folder = pathlib.Path("/etc/netns", self.name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n{address} {name}\n")
        (folder / "nsswitch.conf").write_text("hosts: files\n")
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")

    def firewall(self, rules):
        subprocess.run(["ip", "netns", "exec", self.name, "nft", "-f", "-"], input=rules, text=True, check=True)

    @contextlib.contextmanager
    def entered(self):
        """This thread inside the namespace. What it opens there stays there."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            enter(there)
            try:
                yield
            finally:
                enter(home)

    def socket(self, family=socket.AF_INET, kind=socket.SOCK_DGRAM, protocol=0):
        with self.entered():
            return socket.socket(family, kind, protocol)

    def offloads_off(self, device):
        self.offload(device, OFFLOADS_OFF, 0)

    def offload(self, device, words, value):
        """Turns features of a device on or off, as the ethtool program does."""
        with self.socket() as control:
            for word in words:
                argument = ctypes.create_string_buffer(struct.pack("II", word, value))
                request = struct.pack("16sP", device.encode(), ctypes.addressof(argument))
                fcntl.ioctl(control, SIOCETHTOOL, request + bytes(16))


def enter(file):
    if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Network:
    """Namespaces and links of one test class."""

    count = 0
    takes_xdp = False  # True: what a server sends by XDP arrives

    def __init__(self):
        Network.count += 1
        self.prefix = f"{PREFIX}-{os.getpid()}-{Network.count}"
        self.namespaces = {}

    def __getitem__(self, name):
        return self.namespaces[name]

    def add(self, *names):
        for name in names:
            self.namespaces[name] = Namespace(f"{self.prefix}-{name}")

    def link(self, left, right, subnet):
        """Joins two namespaces: `left` gets .2, its second address and a default route; `right` gets .1."""
        device, uplink = f"to-{right}", f"to-{left}"
        command("ip", "link", "add", device, "netns", self[left].name, "type", "veth",
                "peer", "name", uplink, "netns", self[right].name)
        for name, link, host in ((left, device, 2), (right, uplink, 1)):
            self[name].offloads_off(link)
            self[name].ip("address", "add", f"10.{subnet}.0.{host}/24", "dev", link)
            self[name].ip("address", "add", f"fd{subnet:02d}::{host}/64", "dev", link, "nodad")
            self[name].ip("link", "set", link, "up")
        if self.takes_xdp and left == "server":
            pass_program.attach(self[right], uplink)
        self[left].ip("route", "add", "default", "via", f"10.{subnet}.0.1")
        self[left].ip("route", "add", "default", "via", f"fd{subnet:02d}::1")

        for second in SECOND_ADDRESSES.get(left, ()):
            self[left].ip("address", "add", second, "dev", device, *(["nodad"] if ":" in second else []))

    def forwarding(self, name):
        self[name].exec("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def remove(self):
        for namespace in self.namespaces.values():
            remove_namespace(namespace.name)
        self.namespaces.clear()


def routed():
    """client - router - server, and peer - router."""
    network = Network()
    network.add("router", "client", "server", "peer")
    network.forwarding("router")
    for subnet, name in enumerate(("client", "server", "peer"), start=1):
        network.link(name, "router", subnet)
    return network


HOSPITAL = """
table ip hospital {{
    chain forward {{
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        {doors}
        counter
    }}
    chain translate {{
        type nat hook postrouting priority srcnat;
        oifname "to-router" masquerade random,fully-random
    }}
}}
"""


def natted(doors=("udp 3478", "tcp 3478"), sides=("a", "b")):
    """a - nat-a - router - nat-b - b, and server - router. From a and b only these doors of the server can be reached."""
    network = Network()
    rules = "\n        ".join(f"ip daddr {SERVER} {protocol} dport {port} accept"
                               for protocol, port in (door.split() for door in doors))
    nats = [f"nat-{side}" for side in sides]
    network.add("router", "server", *nats, *sides)
    for name in ("router", *nats):
        network.forwarding(name)
    network.link("server", "router", 2)
    for subnet, side in enumerate(sides, start=4):
        nat = f"nat-{side}"
        network.link(nat, "router", subnet)
        network.link(side, nat, 10 + subnet)
        network[nat].firewall(HOSPITAL.format(doors=rules))
        network[side].knows(SERVER, SERVER_NAME)
    return network


def refused_by(nat):
    """Packets that this firewall has kept from leaving or entering."""
    return int(re.search(r"counter packets (\d+)", nat.exec("nft", "list", "chain", "ip", "hospital", "forward"))[1])


def process_ids(name):
    listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True)
    return [int(word) for word in listed.stdout.split()]


def remove_namespace(name):
    """Ends what still runs inside, which only we can have started, and then removes the namespace."""
    deadline = time.monotonic() + 10
    while (alive := process_ids(name)) and time.monotonic() < deadline:
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)
    subprocess.run(["ip", "netns", "delete", name], capture_output=True)
    shutil.rmtree(pathlib.Path("/etc/netns", name), ignore_errors=True)


def is_to_go(path):
    """Whether this belongs to this run, or to one that was killed before it could clean up."""
    match = re.fullmatch(rf"{PREFIX}-(\d+)-.*", path.name)
    return match and (int(match[1]) == os.getpid() or not pathlib.Path("/proc", match[1]).exists())


def remove_leftovers():
    """Namespaces with all that runs in them, and the folders of servers."""
    for path in filter(is_to_go, sorted(pathlib.Path("/run/netns").glob(f"{PREFIX}-*"))):
        remove_namespace(path.name)
    for path in filter(is_to_go, sorted(pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}-*"))):
        shutil.rmtree(path, ignore_errors=True)


def forget(folder):
    shutil.rmtree(folder, ignore_errors=True)


def scratch_folder():
    """A folder of this run's own; its owner removes it, or else `remove_leftovers` does."""
    return pathlib.Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.getpid()}-"))
