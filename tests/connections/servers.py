"""Real servers on loopback, each in its own folder."""

import logging
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Postgres:
    """A server that trusts connections from this machine."""

    binaries: Path
    port: int

    @property
    def uri(self) -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/postgres"

    def run(self, sql: str) -> str:
        """Run SQL with the server's own client; return its output, one row per line, `|` between cells."""
        done = subprocess.run(
            [self.binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.uri],
            input=sql, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def binaries() -> Path | None:
    """Return the folder of the newest Debian server, else that of `initdb` in PATH, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).parent if named else None


def free_port() -> int:
    with closing(socket.socket()) as there:
        there.bind(("127.0.0.1", 0))
        return there.getsockname()[1]


@contextmanager
def running() -> Iterator[Postgres]:
    """Create a database and start its server as a non-root user."""
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if user is not None:
        shutil.chown(folder, user)
    server = Postgres(binaries(), free_port())
    data = str(folder / "data")

    def command(name: str, *words: str) -> None:
        subprocess.run(
            [server.binaries / name, *words], user=user, check=True, cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
        )  # fmt: skip

    try:
        command("initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {server.port} -k {folder} -c fsync=off"
        command("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield server
        finally:
            command("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Store:
    """A store that speaks the S3 protocol, with one bucket."""

    endpoint: str
    bucket: str

    @property
    def client(self):
        """Return a client from another library than the one under test."""
        import boto3  # noqa: PLC0415 - it takes time to import

        key = {"aws_access_key_id": "key-of-the-tests", "aws_secret_access_key": "s3cr3t-XYZ"}
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="us-east-1", **key)

    def make(self) -> None:
        self.client.create_bucket(Bucket=self.bucket)

    def put(self, key: str, data: str | bytes) -> None:
        body = data.encode() if isinstance(data, str) else data
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def delete(self, *keys: str) -> None:
        for key in keys:
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def keys(self, prefix: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return sorted(each["Key"] for page in pages for each in page.get("Contents", ()))


@contextmanager
def storing() -> Iterator[str]:
    """Start a store; yield its endpoint."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - it takes time to import

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
