"""A PostGIS server of one's own on the loopback, started as a user without rights and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "postgresql-postgis"
USER, GUARDED, PASSWORD = "test", "guarded", "swordfish%3"
ACCESS = f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"


def server_folder() -> Path | None:
    """The folder of a server's programs that has PostGIS, the newest; None where there is none."""
    for control in sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"), reverse=True):
        programs = Path("/usr/lib/postgresql") / control.parts[-3] / "bin"
        if (programs / "postgres").is_file():
            return programs
    return None


def reason() -> str | None:
    """Why there can be no server, None where there can."""
    if server_folder() is None:
        return f"no PostGIS server here; Debian's package {PACKAGE} has one"
    if os.getuid() == 0 and shutil.which("setpriv") is None:
        return "a server does not run as root, and there is no setpriv"
    return None


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Server:
    """A running server; `port` is its port on the loopback."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs, self.port = folder, programs, free_port()

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs, as nobody where this is root."""
        command = [str(self.programs / program), *arguments]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"}
        subprocess.run(
            command, check=True, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip

    def start(self) -> None:
        """Make a cluster and start it."""
        data = self.folder / "data"
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
        self.run(
            "initdb", "-D", str(data), "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"
        )
        (data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "-D", str(data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it, whatever is connected."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def dsn(self, database: str, user: str = USER) -> str:
        """How to connect."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server; pytest's own folders are closed to nobody, so it has one of its own."""
    programs = server_folder()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="ptreach-postgis-"))
    server = Server(folder, programs)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
