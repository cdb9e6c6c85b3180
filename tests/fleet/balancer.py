"""nginx with the file that README gives: only its addresses are others. Knows nothing of what runs behind it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.crashes.server import ROOT

START_SECONDS_MAX = 10.0
MAIN = """
{user}
error_log {folder}/error.log warn;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def find_nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def site(port: int, behind: Sequence[int]) -> str:
    """README's file for these addresses."""
    [text] = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    [how, *_] = re.findall(r"server 10\.0\.0\.\d+:8000( [^;]*);", text)
    servers = "\n".join(f"    server 127.0.0.1:{each}{how};" for each in behind)
    text = re.sub(r"(?:    server 10\.0\.0\.\d+:8000[^;]*;\n?)+", servers + "\n", text, count=1)
    return text.replace("listen 80;", f"listen 127.0.0.1:{port};", 1)


@contextmanager
def nginx(folder: Path, port: int, behind: Sequence[int]) -> Iterator[None]:
    """It listens on `port` of loopback until the block ends."""
    program = find_nginx()
    assert program is not None
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # its workers must reach this folder
    file = folder / "nginx.conf"
    file.write_text(MAIN.format(user=user, folder=folder, site=site(port, behind)))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(file), "-g", "daemon off;"])
    try:
        began = time.monotonic()
        while not (folder / "nginx.pid").exists():
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() - began < START_SECONDS_MAX
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(START_SECONDS_MAX)
