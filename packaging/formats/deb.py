"""The Debian package, from `[package.metadata.deb]` of Cargo.toml.

The keys are those of cargo-deb, so that `cargo deb` makes the same package where it is installed. What
is read here: maintainer, copyright, section, priority, depends, extended-description.
"""

import gzip
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from . import facts

SHELL_FOLDERS = {
    f"{facts.NAME}.bash": f"usr/share/bash-completion/completions/{facts.NAME}",
    f"_{facts.NAME}": f"usr/share/zsh/vendor-completions/_{facts.NAME}",
    f"{facts.NAME}.fish": f"usr/share/fish/vendor_completions.d/{facts.NAME}.fish",
}
STANZA = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {name}
{source}
Files: *
Copyright: {holder}
License: MIT or Apache-2.0

License: MIT
{mit}

License: Apache-2.0
 On Debian systems, the complete text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
"""


def make(triple, program, native, out):
    """Writes the package of `program` to the folder `out`, and returns its path."""
    architecture = facts.target(triple).get("deb")
    if architecture is None:
        raise facts.Problem(f"no Debian package is made for {triple}")
    about = facts.CARGO["package"]["metadata"]["deb"]
    maintainer = os.environ.get("PINGMARK_MAINTAINER", about["maintainer"])
    version = facts.VERSION.replace("-", "~") + "-1"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        _files(root, program, native, about, version, maintainer)
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024 + 1
        _control(root, about, architecture, version, maintainer, size)
        for path in root.rglob("*"):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        path = out / f"{facts.NAME}_{version}_{architecture}.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return path


def _files(root, program, native, about, version, maintainer):
    binary = root / "usr/bin" / facts.NAME
    binary.parent.mkdir(parents=True)
    shutil.copy(program, binary)
    # Debian ships no symbols with a program; `dist` has none already.
    subprocess.run([os.environ.get("STRIP", "strip"), str(binary)], check=False, capture_output=True)
    for name, text in facts.completions(native).items():
        if name in SHELL_FOLDERS:
            _write(root / SHELL_FOLDERS[name], text)
    with tempfile.TemporaryDirectory() as pages:
        for name, text in facts.manual(native, pages).items():
            _write(root / "usr/share/man/man1" / f"{name}.gz", _gzip(text))
    documents = root / "usr/share/doc" / facts.NAME
    _write(documents / "copyright", _copyright(about).encode())
    _write(documents / "changelog.gz", _gzip((facts.ROOT / "CHANGELOG.md").read_bytes()))
    stamp = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(stamp))
    entry = (
        f"{facts.NAME} ({version}) unstable; urgency=medium\n\n"
        f"  * Version {facts.VERSION}. What changed is in changelog.gz.\n\n"
        f" -- {maintainer}  {date}\n"
    )
    _write(documents / "changelog.Debian.gz", _gzip(entry.encode()))


def _control(root, about, architecture, version, maintainer, size):
    home = facts.CARGO["package"].get("homepage") or facts.CARGO["package"].get("repository")
    fields = {
        "Package": facts.NAME,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": maintainer,
        "Installed-Size": size,
        "Depends": about["depends"],
        "Section": about["section"],
        "Priority": about["priority"],
        "Homepage": home,
        "Description": _description(about),
    }
    text = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    _write(root / "DEBIAN/control", text.encode())


def _description(about):
    # The first letter is small, because the line reads as `pingmark: blog generator …`.
    summary = facts.SUMMARY.removeprefix("The ")
    lines = about["extended-description"].strip().splitlines()
    return "\n ".join([summary, *(line.strip() or "." for line in lines)])


def _copyright(about):
    mit = (facts.ROOT / "LICENSE-MIT").read_text("utf-8").strip().splitlines()
    home = facts.CARGO["package"].get("repository")
    return STANZA.format(
        name=facts.NAME,
        source=f"Source: {home}\n" if home else "",
        holder=about["copyright"],
        mit="\n".join(f" {line}".rstrip() if line.strip() else " ." for line in mit),
    )


def _gzip(data):
    return gzip.compress(data, 9, mtime=0)


def _write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
