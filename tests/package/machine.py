# SPDX-License-Identifier: BSD-3-Clause
"""A bare Debian 12 that boots, in a container of systemd-nspawn: own processes, own network, own systemd.

The base is made once by debootstrap, from where this machine's apt takes Debian from; each machine is a copy of it.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "package"
SUITE = "bookworm"
PACKAGES = ("systemd", "systemd-sysv", "man-db", "bash-completion")
ADDRESS = "192.0.2.10"
PATIENCE = 90
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}


class Broken(Exception):
    """What the machine under the test needs is not there."""


def need(*programs):
    """Says which package holds what is missing, instead of skipping a test."""
    missing = [each for each in programs if shutil.which(each) is None]
    if missing:
        raise Broken(f"{', '.join(missing)}: not found; run packaging/install-dependencies package machine")


def sh(*command, **options):
    """The output; a failure is told with what the command said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Broken(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_until(condition, what, timeout=PATIENCE):
    """What the condition yields, once it yields something. Other processes do not tell us."""
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout} s still not: {what}")
        time.sleep(0.1)
    return found


def mirrors():
    """This machine's places for Debian's main, as (address, release); the suite itself first."""
    rows = sh("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)",
              "Created-By: Packages").splitlines()
    found = {tuple(row.split()[:2]) for row in rows if row.split()[2:] == ["main", "Debian"]}
    ours = sorted((each for each in found if each[1].startswith(SUITE)), key=lambda each: len(each[1]))
    if not ours or ours[0][1] != SUITE:
        raise Broken(f"apt of this machine knows no place for {SUITE}; it is made for Debian 12, and needs `apt-get update`")
    return ours


def settings_of_apt():
    """How this machine's apt reaches its mirrors, for that of the container."""
    wanted = ("Acquire::http", "Acquire::https", "Acquire::Check-")
    return "".join(line + "\n" for line in sh("apt-config", "dump").splitlines() if line.startswith(wanted))


def make_base(base):
    """Takes minutes, once; `complete` is written last, so that an interrupted one is made again."""
    complete = base.with_suffix(".complete")
    wanted = json.dumps([SUITE, PACKAGES])
    if complete.exists() and complete.read_text() == wanted:
        return
    shutil.rmtree(base, ignore_errors=True)
    places = mirrors()
    print(f"debootstrap of {SUITE}: a few minutes, the first time", flush=True)
    sh("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, base, places[0][0])
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (base / "etc/apt/sources.list").write_text(
        "".join(f"deb [signed-by={keyring}] {address} {release} main\n" for address, release in places))
    (base / "etc/apt/apt.conf.d/99machine").write_text(settings_of_apt())
    in_base(base, "apt-get", "update")
    complete.write_text(wanted)


def in_base(base, *command):
    """With this machine's network and names."""
    shutil.copy("/etc/resolv.conf", base / "etc/resolv.conf")
    return sh("chroot", base, *command, env=ENVIRONMENT)


def fetch_what_they_depend_on(base, packages):
    """Into the archives of the base, so that its copies install without a network."""
    for old in (base / "srv").glob("*.deb"):
        old.unlink()
    for package in packages:
        shutil.copy(package, base / "srv" / package.name)
        command = ("apt-get", "install", "--yes", "--no-install-recommends", "--download-only", f"/srv/{package.name}")
        try:
            in_base(base, *command)
        except Broken:  # the mirror has newer ones than the lists say
            in_base(base, "apt-get", "update")
            in_base(base, *command)


class Machine:
    """Booted from its first command to stop(). `packages` lie in its /srv."""

    def __init__(self, packages):
        need("debootstrap", "systemd-nspawn", "nsenter", "ip", "chroot")
        if os.geteuid() != 0:
            raise Broken("run this as root: it boots a container")
        base = WORK / "base"
        WORK.mkdir(parents=True, exist_ok=True)
        make_base(base)
        fetch_what_they_depend_on(base, packages)
        self.root = WORK / "root"
        self.name = f"turnpike-{os.getpid()}"
        shutil.rmtree(self.root, ignore_errors=True)
        sh("cp", "--archive", "--reflink=auto", base, self.root)
        self.log = open(WORK / "boot.log", "w+")
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.leader = self.wait_for_boot()
            self.make_network()
        except BaseException:
            self.stop()
            raise

    def command(self):
        words = ["systemd-nspawn", "--quiet", "--boot", "--directory", str(self.root), "--machine", self.name,
                 "--private-network", "--console=pipe"]
        # Without systemd here there is nobody who would give it a scope and a name.
        return words if pathlib.Path("/run/systemd/system").is_dir() else [*words, "--register=no", "--keep-unit"]

    def wait_for_boot(self):
        def is_up():
            if self.process.poll() is not None:
                self.log.seek(0)
                raise Broken("systemd-nspawn boots nothing here: " + self.log.read())
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            if not children:
                return None
            self.leader = int(children[0])
            state = self.run("systemctl", "is-system-running").stdout.strip()
            return self.leader if state in ("running", "degraded") else None
        return wait_until(is_up, "the container has booted")

    def make_network(self):
        """An interface with an address that peers may have, and nobody behind it."""
        for line in ("link add up0 type veth peer name up1", "link set up1 up", "link set up0 up",
                     f"address add {ADDRESS}/24 dev up0", "route add default via 192.0.2.1 dev up0"):
            sh("nsenter", "--target", self.leader, "--net", "ip", *line.split())

    def run(self, *command, stdin="", **environment):
        """As root in the container, whatever comes of it."""
        return subprocess.run(["nsenter", "--target", str(self.leader), "--all", "--", *map(str, command)],
                              capture_output=True, text=True, input=stdin, env={**ENVIRONMENT, **environment}, timeout=300)

    def do(self, *command, **options):
        """The same, and it goes well; what it printed."""
        done = self.run(*command, **options)
        assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def property(self, name, unit="turnpike.service"):
        return self.do("systemctl", "show", "--property", name, "--value", unit).strip()

    def path(self, name):
        """A file of the container as this machine sees it."""
        return self.root / name.lstrip("/")

    def journal(self):
        return self.do("journalctl", "--no-pager", "--output=cat", "--unit=turnpike.service")

    def stop(self):
        """For good, whatever state it is in."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGTERM)  # nspawn ends its container
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)
