"""Run the program on a pseudo-terminal of a given size."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

from cli.small import command, environment

if TYPE_CHECKING:
    from pathlib import Path

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(*words: str, cwd: Path, width: int = 80, **environ: str) -> tuple[int, str]:
    """Run the program with all three streams on a terminal; return its exit code and output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    env = environment()
    for name in ("COLUMNS", "LINES", "FORCE_COLOR"):
        env.pop(name, None)
    env |= {"TERM": "xterm-256color"} | environ
    with subprocess.Popen(
        command(*words), stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=env
    ) as child:
        os.close(theirs)
        text = drained(ours)
    return child.returncode, text


def drained(terminal: int) -> str:
    """Read from a terminal until its other end is closed everywhere, close it and return the text."""
    read = b""
    while chunk := _chunk(terminal):
        read += chunk
    os.close(terminal)
    return read.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    """Strip color and cursor escape sequences from a terminal's text."""
    return CODES.sub("", text)


def _chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other end is closed
        return b""
