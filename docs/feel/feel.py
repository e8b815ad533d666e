"""Measures what the screen costs: tokens per second beside "inkling generate", how soon a key shows, and the CPU of a chat that waits.

    go build -o /tmp/inkling . && python3 docs/feel/feel.py /tmp/inkling --model gpt2

It needs Linux and Python 3.9, nothing else. Run it while nothing else runs: each figure is a median over --rounds, in which "generate", the
chat alone and the chat with every pane take turns. The chat runs on a pseudoterminal of 140x40 and in a home of its own.
"""

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import tempfile
import termios
import time

PANES = ["/dial", "/memory", "/note", "/world", "/tree"]  # and the colours of tokens


class Chat:
    """A chat on a pseudoterminal."""

    def __init__(self, binary, arguments, home):
        self.home = home
        self.seen = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(environment(home), TERM="xterm-256color")
            os.execv(binary, [binary, *arguments])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))

    def read(self, seconds):
        """Reads what is written within a time, and returns it."""
        fresh = b""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if ready:
            try:
                fresh = os.read(self.terminal, 1 << 16)
            except OSError:  # it has ended
                pass
        self.seen = (self.seen + fresh)[-(1 << 20):]
        return fresh

    def quiet(self, seconds, patience=600):
        """Waits until nothing has been written for a time."""
        until = time.monotonic() + seconds
        end = time.monotonic() + patience
        while time.monotonic() < until:
            if self.read(max(until - time.monotonic(), 0)):
                until = time.monotonic() + seconds
            if time.monotonic() > end:
                raise SystemExit("the chat never comes to rest")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def command(self, line):
        self.type(line)
        self.quiet(0.3)
        self.type("\r")
        self.quiet(0.3)

    def open_panes(self):
        for line in PANES:
            self.command(line)
            self.type("\x1b")  # the input has the keys
            self.quiet(0.3)
        self.command("/colors probability")

    def say(self, text):
        self.type(text)
        self.quiet(0.3)
        self.type("\r")

    def cpu(self):
        """Seconds of CPU so far."""
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        while self.read(5):
            pass
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def environment(home):
    return {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}


def settings(a, tokens):
    """Those that "generate" and the chat have in common. Both write on until the length is reached."""
    return ["--model", a.model, "--seed", "3", "--max-tokens", str(tokens), "--min-tokens", str(tokens), "--threads", str(a.threads)]


def generated(a):
    with tempfile.TemporaryDirectory() as home:
        out = subprocess.run([a.binary, "generate", *settings(a, a.tokens), "--json", "User: Tell me a story\nAssistant:"],
                             env={**os.environ, **environment(home)}, check=True, capture_output=True).stdout
    return json.loads(out)["timings"]["tokens_per_second"]


def chatted(a, panes):
    with tempfile.TemporaryDirectory() as home:
        chat = Chat(a.binary, settings(a, a.tokens), home)
        chat.quiet(2)
        if panes:
            chat.open_panes()
        chat.say("Tell me a story")
        chat.quiet(3)
        chat.end()
        out = subprocess.run([a.binary, "export", "last", "--format", "json"], env={**os.environ, **environment(home)}, check=True,
                             capture_output=True).stdout
        reply = json.loads(out)["turns"][-1]["reply"]
        return reply["tokens_per_second"]


def key_times(a, panes):
    """Milliseconds from a key to what it writes, while a reply streams."""
    times = []
    with tempfile.TemporaryDirectory() as home:
        chat = Chat(a.binary, settings(a, a.tokens), home)
        chat.quiet(2)
        if panes:
            chat.open_panes()
        chat.say("Tell me a story")
        while not chat.read(1):
            pass
        for n in range(40):
            until = time.monotonic() + 0.02 + 0.007 * (n % 10)
            while time.monotonic() < until:
                chat.read(max(until - time.monotonic(), 0))
            sign = chr(0x2460 + n % 20)  # circled digits, which no model writes
            before = time.monotonic()
            chat.type(sign)
            got = b""
            while sign.encode() not in got:
                got += chat.read(1)
                if time.monotonic() - before > 5:
                    raise SystemExit(f"a key never showed: {re.sub(rb'[^ -~]+', b' ', got[-300:])!r}")
            times.append(1000 * (time.monotonic() - before))
        chat.end()
    return times


def idle(a, panes):
    """Milliseconds of CPU in which a chat that waits for its user spends a minute."""
    with tempfile.TemporaryDirectory() as home:
        chat = Chat(a.binary, settings(a, 30), home)
        chat.quiet(2)
        if panes:
            chat.open_panes()
        chat.say("Tell me a story")
        chat.quiet(5)
        before = chat.cpu()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            chat.read(max(until - time.monotonic(), 0))
        spent = 1000 * (chat.cpu() - before)
        chat.end()
    return spent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--model", default="gpt2")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    a = parser.parse_args()
    a.binary = os.path.abspath(a.binary)

    rates = {"generate": [], "chat": [], "chat, every pane": []}
    for n in range(a.rounds):
        rates["generate"].append(generated(a))
        rates["chat"].append(chatted(a, False))
        rates["chat, every pane"].append(chatted(a, True))
        print(f"round {n + 1}:", ", ".join(f"{name} {all[-1]:.1f}/s" for name, all in rates.items()), flush=True)
    for name, all in rates.items():
        ratios = [x / y for x, y in zip(all, rates["generate"])]
        print(f"{name}: {statistics.median(all):.1f} tokens/s, {100 * statistics.median(ratios):.1f}% of generate (limit 95%)")
    for name, panes in (("chat", False), ("every pane", True)):
        times = sorted(key_times(a, panes))
        print(f"a key while it streams, {name}: median {statistics.median(times):.1f} ms, longest {times[-1]:.1f} ms (limit 33)", flush=True)
    for name, panes in (("chat", False), ("every pane", True)):
        print(f"CPU of a waiting chat in 60 s, {name}: {idle(a, panes):.0f} ms (limit 50)", flush=True)


main()
