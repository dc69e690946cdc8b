# SPDX-License-Identifier: BSD-3-Clause
"""The servers that are compared, each with one thread that relays, on the server's core, by equal settings.

One fixed user with the key that both know (MD5), no quota, no limit in bandwidth, every peer of the network allowed,
no database of users, a log of what happens as by default, and TLS only where a measurement wants it. Ports, nonces
and lifetimes are as each one's defaults have them, but that the range of relayed ports is wide enough for all.
"""
import dataclasses
import platform

import servers
from compare import cores, network, record

REALM = "example.org"
USER, PASSWORD = "bench", "a password of the benchmark"
FIRST_PORT, LAST_PORT = 10000, 65535
# By whom packets are relayed: sockets, or the kernel.
ACCELERATIONS = {"turnpike": "off", "turnpike-tc": "tc", "turnpike-xdp": "xdp"}
PORTS = {"udp": 3478, "tcp": 3478, "tls": 5349, "dtls": 5349}


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a server is started for."""

    core: int
    transport: str = "udp"
    pair: object = None  # certificate and key, where the transport wants them
    neighbours: dict = dataclasses.field(default_factory=dict)  # the MAC at the other end of each interface

    @property
    def is_secure(self):
        return self.transport in ("tls", "dtls")


def turnpike_config(setting, acceleration="off"):
    """The configuration of turnpike, as `servers.toml` writes it."""
    sockets = {kind: [f"{network.LISTENER}:{port}", f"[{network.LISTENER_6}]:{port}"] for kind, port in PORTS.items()}
    listen = {"udp": sockets["udp"], "tcp": sockets["tcp"]}
    if setting.is_secure:
        listen |= {"tls": sockets["tls"], "dtls": sockets["dtls"],
                   "certificate": str(setting.pair.certificate), "private_key": str(setting.pair.key)}
    return {
        "realm": REALM,
        "listen": listen,
        "relay": {"addresses": [network.RELAY, network.RELAY_6], "ports": [FIRST_PORT, LAST_PORT],
                  "acceleration": acceleration},
        "peers": {"allow": list(network.REACHABLE)},
        "auth": {"password_algorithms": False},  # coturn has MD5 alone
        "users": {USER: PASSWORD},
        "limits": {"allocations_per_user": 0, "unauthenticated_per_second": 0, "unauthenticated_per_prefix_second": 0,
                   "tcp_connections": 100_000, "tcp_connections_per_address": 100_000,
                   "dtls_associations": 100_000, "dtls_associations_per_address": 100_000},
        "storage": {"url": ""},
        "admin": {"listen": ""},
        "server": {"workers": 1, "software": "", "stop_seconds": 0},
    }


def coturn_words(setting, folder):
    """The command line of Debian's turnserver."""
    words = ["turnserver", "-n", "--lt-cred-mech", f"--realm={REALM}", f"--user={USER}:{PASSWORD}",
             f"--listening-ip={network.LISTENER}", f"--listening-ip={network.LISTENER_6}",
             f"--relay-ip={network.RELAY}", f"--relay-ip={network.RELAY_6}", "--relay-threads=1",
             f"--min-port={FIRST_PORT}", f"--max-port={LAST_PORT}", "--no-cli", "--no-software-attribute",
             "--no-rfc5780", "--no-multicast-peers", "--no-tcp-relay", "--log-file=stdout",
             f"--pidfile={folder}/pid", f"--userdb={folder}/db"]
    if setting.is_secure:
        return [*words, f"--cert={setting.pair.certificate}", f"--pkey={setting.pair.key}"]
    return [*words, "--no-tls", "--no-dtls"]


def bare_words(program, neighbours):
    """The command line of what only sends on."""
    return [program, "forward", *(f"{device}={mac}" for device, mac in neighbours.items())]


class Contender(servers.Server):
    """Held on one core with all that it starts."""

    def __init__(self, namespace, setting, program, acceleration="off"):
        super().__init__(namespace)
        self.setting, self.program = setting, program
        self.config = turnpike_config(setting, acceleration)

    def command(self):
        return ["taskset", "-c", str(self.setting.core), *self.words()]

    def start(self):
        super().start()
        if (held := cores.pinned(self.process.pid)) != {self.setting.core}:
            raise RuntimeError(f"{self.program} does not stay on core {self.setting.core}: {cores.listed(held)}")
        return self


class Turnpike(Contender):
    def words(self):
        path = self.folder / "turnpike.toml"
        path.write_text(servers.toml(self.config))
        return [self.program, "serve", "--config", path]


class Coturn(Contender):
    def words(self):
        return [self.program, *coturn_words(self.setting, self.folder)[1:]]

    def check_log(self):
        """Its log is none of our business."""


class Bare(Contender):
    """No relay: an XDP program that writes MACs and sends on."""

    def words(self):
        return bare_words(self.program, self.setting.neighbours)

    def wait_until_ready(self):
        self.wait_for_log("forwarding")

    def check_log(self):
        """Its log is none of our business."""


class Forwarding(Contender):
    """No relay: the kernel's own forwarding, for as long as this waits."""

    def words(self):
        return [self.program, "-c", "echo forwarding; exec sleep infinity"]

    def start(self):
        self.forward("1")
        return super().start()

    def stop(self):
        self.forward("0")
        super().stop()

    def forward(self, wanted):
        self.namespace.exec("sysctl", "-qw", f"net.ipv4.ip_forward={wanted}", f"net.ipv6.conf.all.forwarding={wanted}")

    def wait_until_ready(self):
        """The kernel forwards already; whoever waits is on its core."""
        self.wait_for_log("forwarding")

    def check_log(self):
        """There is none."""


@dataclasses.dataclass(frozen=True)
class Entrant:
    """One column of the result."""

    name: str
    kind: type
    program: str
    acceleration: str = "off"

    @property
    def is_xdp(self):
        return self.kind is Bare or self.acceleration == "xdp"

    def identity(self):
        """Which program this is; the kernel is one too."""
        return {"version": platform.release()} if self.kind is Forwarding else record.identity(self.program)

    def start(self, namespace, setting):
        contender = self.kind(namespace, setting, self.program, self.acceleration)
        try:
            return contender.start()
        except BaseException:
            contender.stop()
            raise


def entrants(options):
    """The servers that were asked for, in the order in which they take turns."""
    found = [Entrant(name, Turnpike, str(options.bin / "turnpike"), acceleration)
             for name, acceleration in ACCELERATIONS.items() if name in options.servers]
    found += [Entrant(name, Turnpike, program) for name, program in options.baseline]
    others = {"bare": (Bare, str(options.bench or options.bin / "turnpike-bench")), "forwarding": (Forwarding, "sh"),
              "coturn": (Coturn, "turnserver")}
    return found + [Entrant(name, *made) for name, made in others.items() if name in options.servers]
