"""What every package says: facts of Cargo.toml and targets.toml, and the files next to the program."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
CARGO = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))
_LISTED = tomllib.loads((PACKAGING / "targets.toml").read_text("utf-8"))

NAME = CARGO["package"]["name"]
SUMMARY = CARGO["package"]["description"]
VERSION = CARGO["workspace"]["package"]["version"]
LICENSE = CARGO["workspace"]["package"]["license"]
KEYWORDS = CARGO["package"]["keywords"]
NPM_SCOPE = _LISTED["npm_scope"]
WINGET_ID = _LISTED["winget_id"]
TARGETS = _LISTED["target"]
SHELLS = {
    "bash": f"{NAME}.bash",
    "zsh": f"_{NAME}",
    "fish": f"{NAME}.fish",
    "powershell": f"_{NAME}.ps1",
    "elvish": f"{NAME}.elv",
}


class Problem(Exception):
    """A mistake of the person who called, with the next step."""


def target(triple):
    """The target of that name."""
    for one in TARGETS:
        if one["triple"] == triple:
            return one
    raise Problem(f"{triple} is not in packaging/targets.toml")


def repository():
    """`owner/name` on GitHub. Set by the workflow: no address is written into the sources."""
    name = os.environ.get("GITHUB_REPOSITORY", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise Problem("set GITHUB_REPOSITORY to the owner/name that publishes the releases")
    return name


def program_name(triple):
    """The file name of the program on that system."""
    return f"{NAME}.exe" if "windows" in triple else NAME


def archive_name(one):
    """The file name of a target's archive, which installers look for by the triple in it."""
    return f"{NAME}-{VERSION}-{one['triple']}.{one['archive']}"


def texts():
    """Files that go into every archive: name there, and path here."""
    names = ("README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE")
    return {name: ROOT / name for name in names}


def completions(native):
    """Completion scripts by file name, printed by a program that runs on this machine."""
    made = {}
    for shell, name in SHELLS.items():
        run = subprocess.run([native, "completions", shell], capture_output=True, check=True)
        made[name] = run.stdout
    return made


def manual(native, folder):
    """Manual pages by file name. A program without the command `man` has none."""
    run = subprocess.run([native, "man", str(folder)], capture_output=True, text=True)
    if run.returncode == 0:
        return {page.name: page.read_bytes() for page in sorted(Path(folder).glob("*.1"))}
    if "unrecognized subcommand" in run.stderr:
        return {}
    raise Problem(f"{native} man: {run.stderr.strip()}")
