# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Namespaces, veth pairs, stampd and stamp-ping for the tests of whole programs.

Everything lives in namespaces and a bpffs of its own and is removed when a test ends. Waiting is
always for a condition, with a limit.
"""
import contextlib
import ctypes
import itertools
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pytest
import yaml

from stamp import request

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("BUILD", "build")
LIMIT = 10  # seconds that any condition may take
NETNS = pathlib.Path("/run/netns")
CLONE_NEWNET = 0x40000000

SENDER4, REFLECTOR4 = "192.0.2.1", "192.0.2.2"
SENDER6, REFLECTOR6 = "2001:db8::1", "2001:db8::2"

libc = ctypes.CDLL(None, use_errno=True)
lab_numbers = itertools.count()


def run(*command, check=True):
    """Runs a command; its output, or an error that shows it."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=60, check=False)
    if check and done.returncode:
        raise AssertionError(f"{command} exited {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def kernel_timestamps(count):
    """What a report says of `count` answers whose times are all the kernel's."""
    counts = {"hardware": 0, "kernel": count, "user": 0}
    return {"transmit": "kernel", "receive": "kernel", "missing": 0, "transmit_counts": counts,
            "receive_counts": counts}


def wait_for(condition, what):
    """Waits until condition() is true and returns what it gave; fails after LIMIT seconds."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)  # between two looks at the condition
    raise AssertionError(f"not within {LIMIT} s: {what}")


class Namespace:
    """A network namespace, and ways to run and to open sockets in it."""

    def __init__(self, name):
        self.name = name
        self.prefix = []  # put before every command, to run it with fewer rights
        run("ip", "netns", "add", name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments):
        return run("ip", "-n", self.name, *arguments)

    def command(self, *words):
        # Not `ip netns exec`, which would hide the bpffs behind a fresh /sys.
        return ["nsenter", f"--net={NETNS / self.name}", *self.prefix, *[str(word) for word in words]]

    def run(self, *words, check=True):
        return run(*self.command(*words), check=check)

    def sysctl(self, name, value):
        self.run("sysctl", "-qw", f"{name}={value}")

    @contextlib.contextmanager
    def entered(self):
        """Puts this thread into the namespace; sockets opened there stay there."""
        with open("/proc/thread-self/ns/net", "rb") as home, \
                open(NETNS / self.name, "rb") as there:
            assert libc.setns(there.fileno(), CLONE_NEWNET) == 0
            try:
                yield
            finally:
                assert libc.setns(home.fileno(), CLONE_NEWNET) == 0

    def socket(self, family, kind=socket.SOCK_DGRAM, protocol=0):
        with self.entered():
            opened = socket.socket(family, kind, protocol)
        opened.settimeout(2)
        return opened

    def snmp(self, group, name):
        """A counter of /proc/net/snmp (Udp, ...) or /proc/net/snmp6 (Udp6, ...)."""
        if group.endswith("6"):
            rows = dict(line.split() for line in self.run("cat", "/proc/net/snmp6").splitlines())
            return int(rows[group + name])
        lines = [line.split() for line in self.run("cat", "/proc/net/snmp").splitlines()
                 if line.startswith(group + ":")]
        return int(dict(zip(*lines))[name])

    def remove(self):
        run("ip", "netns", "del", self.name, check=False)


class Stampd:
    """A running stampd."""

    def __init__(self, lab, namespace, arguments):
        self.control = lab.folder / f"{namespace.name}.sock"
        self.log_file = lab.folder / f"stampd{len(lab.daemons)}.log"
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(
                namespace.command(BUILD / "stampd", *arguments), stdout=log, stderr=log)
        wait_for(self.is_settled, "stampd answers on its control socket, or has ended")

    def is_settled(self):
        return self.process.poll() is not None or "reflecting in" in self.log()

    def log(self):
        return self.log_file.read_text()

    def stampctl(self, *words):
        return run(BUILD / "stampctl", "-s", self.control, *words)

    def ask(self, *words):
        """Runs stampctl with what may be refused: its exit code and what it prints."""
        done = subprocess.run([BUILD / "stampctl", "-s", self.control, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
                              check=False)
        return done.returncode, done.stdout

    def show(self):
        return json.loads(self.stampctl("-j", "show"))

    def counter(self, name, interface=0):
        return self.show()["interfaces"][interface]["counters"][name]

    def settled_interfaces(self):
        """What `show` says of the interfaces as soon as each one's ledger balances."""
        def balanced():
            interfaces = self.show()["interfaces"]
            return all(interface["totals"]["received"] == sum(interface["counters"].values())
                       for interface in interfaces) and interfaces
        return wait_for(balanced, "received is the sum of all outcomes")

    def kill(self):
        """As the OOM killer would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)

    def stop(self):
        """As a service manager would; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)


class Lab:
    """Two hosts on one veth pair: `sender` (veth1) and `reflector` (veth0)."""

    def __init__(self, folder):
        self.folder = folder
        self.bpffs = folder / "bpf"
        self.prefix = f"stamp{os.getpid()}-{next(lab_numbers)}"
        self.namespaces = []
        self.daemons = []
        self.bpffs.mkdir()
        run("mount", "-t", "bpf", "bpf", self.bpffs)
        self.pin_path = self.bpffs / "stamp"
        self.sender = self.add_namespace("sender")
        self.reflector = self.add_namespace("reflector")
        self.connect(self.sender, "veth1", self.reflector, "veth0")
        self.sender.ip("addr", "add", f"{SENDER4}/24", "dev", "veth1")
        self.sender.ip("addr", "add", f"{SENDER6}/64", "dev", "veth1", "nodad")
        self.reflector.ip("addr", "add", f"{REFLECTOR4}/24", "dev", "veth0")
        self.reflector.ip("addr", "add", f"{REFLECTOR6}/64", "dev", "veth0", "nodad")

    def add_namespace(self, role):
        namespace = Namespace(f"{self.prefix}-{role}")
        self.namespaces.append(namespace)
        return namespace

    def connect(self, one, one_name, other, other_name):
        run("ip", "link", "add", one_name, "netns", one.name, "type", "veth",
            "peer", "name", other_name, "netns", other.name)
        one.ip("link", "set", one_name, "up")
        other.ip("link", "set", other_name, "up")

    def set_mtu(self, mtu):
        self.sender.ip("link", "set", "veth1", "mtu", mtu)
        self.reflector.ip("link", "set", "veth0", "mtu", mtu)

    def load_pass_program(self, namespace=None, interface="veth1"):
        """On veth native XDP_TX reaches only a peer that runs an XDP program too."""
        pin = self.bpffs / f"pass_{(namespace or self.sender).name.replace('.', '_')}_{interface}"
        run("bpftool", "prog", "load", BUILD / "tests/netns/xdp_pass.bpf.o", pin)
        (namespace or self.sender).run("bpftool", "net", "attach", "xdpdrv", "pinned", pin,
                                       "dev", interface)

    def arguments(self, namespace, interface, options):
        return ["--interface", interface, "--pin-path", self.pin_path,
                "--control", self.folder / f"{namespace.name}.sock", *options]

    def start_stampd(self, *options, namespace=None, interface="veth0", allow="any"):
        namespace = namespace or self.reflector
        daemon = Stampd(self, namespace, self.arguments(namespace, interface,
                                                        ["--allow", allow, *options]))
        self.daemons.append(daemon)
        assert daemon.process.poll() is None, daemon.log()
        return daemon

    def write_config(self, config, namespace=None):
        """Writes the file of a namespace's stampd: a text as it is, or a dictionary, of which
        paths and, unless told otherwise, the interface veth0 are filled in."""
        namespace = namespace or self.reflector
        path = self.folder / f"{namespace.name}.yaml"
        if isinstance(config, dict):
            config = yaml.safe_dump({
                "version": 1, "pin-path": str(self.pin_path), "interfaces": [{"name": "veth0"}],
                "control": {"socket": f"{self.folder}/{namespace.name}.sock"}, **config})
        path.write_text(config)
        return path

    def start_stampd_with(self, config, namespace=None):
        """As start_stampd(), configured by write_config()."""
        namespace = namespace or self.reflector
        daemon = Stampd(self, namespace, ["--config", self.write_config(config, namespace)])
        self.daemons.append(daemon)
        assert daemon.process.poll() is None, daemon.log()
        return daemon

    def run_stampd(self, *options, namespace=None, interface="veth0", allow="any"):
        """Runs a stampd that is expected to end at once: its exit code and messages."""
        namespace = namespace or self.reflector
        done = subprocess.run(
            namespace.command(BUILD / "stampd", *self.arguments(
                namespace, interface, ["--allow", allow, *options])),
            capture_output=True, text=True, timeout=LIMIT, check=False)
        return done.returncode, done.stderr

    def xdp_mode(self, interface="veth0"):
        """How an XDP program is attached: native, generic, or None."""
        link = json.loads(self.reflector.ip("-d", "-j", "link", "show", interface))[0]
        modes = {1: "native", 2: "generic"}
        return modes.get(link.get("xdp", {}).get("mode"))

    def stamp_ping(self, target, *options, check=True):
        done = subprocess.run(self.sender.command(BUILD / "stamp-ping", "-j", *options, target),
                              capture_output=True, text=True, timeout=60, check=False)
        assert not check or done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def remove(self):
        for daemon in self.daemons:
            if daemon.process.poll() is None:
                daemon.kill()
        for namespace in self.namespaces:
            namespace.remove()
        run("umount", self.bpffs, check=False)


@contextlib.contextmanager
def made_lab():
    if os.geteuid():
        pytest.skip("network namespaces and XDP need root")
    with tempfile.TemporaryDirectory(prefix="stamp-") as folder:
        made = Lab(pathlib.Path(folder))
        try:
            yield made
        finally:
            made.remove()


@pytest.fixture
def bare_lab():
    """The lab without an XDP program on the sender's side."""
    with made_lab() as made:
        yield made


@pytest.fixture
def lab(bare_lab):
    """The lab on which native replies arrive."""
    bare_lab.load_pass_program()
    return bare_lab


class Load:
    """A sender of test packets at a steady rate in a thread of its own; counts what comes back."""

    def __init__(self, namespace, target, packets_per_second, port=862, ssid=0, source="",
                 tlvs=b""):
        family = socket.AF_INET6 if ":" in target else socket.AF_INET
        self.socket = namespace.socket(family)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.bind((source, 0))
        self.socket.connect((target, port))
        self.ssid = ssid
        self.tlvs = tlvs
        self.gap = 1 / packets_per_second
        self.sent = 0
        self.replies = []
        self.stopping = threading.Event()
        self.sender = threading.Thread(target=self.send, daemon=True)
        self.receiver = threading.Thread(target=self.receive, daemon=True)
        self.receiver.start()
        self.sender.start()

    def send(self):
        due = time.monotonic()
        while not self.stopping.is_set():
            with contextlib.suppress(ConnectionRefusedError):
                self.socket.send(request(self.sent, self.ssid, timestamp=bytes(8)) + self.tlvs)
            self.sent += 1
            due += self.gap
            self.stopping.wait(max(0, due - time.monotonic()))

    def receive(self):
        self.socket.settimeout(0.2)
        while True:
            try:
                self.replies.append(self.socket.recv(9000))
            except ConnectionRefusedError:
                continue
            except TimeoutError:
                if self.stopping.is_set():
                    return

    def wait_for_replies(self, count):
        target = len(self.replies) + count
        wait_for(lambda: len(self.replies) >= target, f"{count} more replies")

    def stop(self):
        """Ends the load when everything sent has had time to come back."""
        self.stopping.set()
        self.sender.join()
        self.receiver.join()
        self.socket.close()
