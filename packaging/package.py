#!/usr/bin/env python3
"""Makes the packages of a release from programs that are compiled already.

    packaging/package.py matrix
    packaging/package.py all --native target/dist/pingmark --out dist TRIPLE=PROGRAM…
    packaging/package.py checksums dist
    packaging/package.py manifests --sums dist/SHA256SUMS --out dist/manifests
    packaging/package.py installers --out dist

`all` writes archives, wheels, npm packages and Debian packages; `archive`, `wheel`, `npm` and `deb` write
one kind. `--native` is a program that runs on this machine: it prints completions and manual pages for
the others. Needs Python 3.11; wheels need maturin and Cargo, npm packages need npm, Debian packages dpkg-deb.
"""

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

from formats import archive, deb, facts, manifests, npm, wheel

KINDS = ("archive", "wheel", "npm", "deb")


def make(kinds, programs, native, out):
    """The packages of these kinds, one path a line."""
    out.mkdir(parents=True, exist_ok=True)
    for triple, program in programs:
        one = facts.target(triple)
        if "archive" in kinds:
            yield archive.make(triple, program, native, out)
        if "wheel" in kinds:
            yield wheel.make(triple, program, out)
        if "npm" in kinds:
            yield npm.make_platform(triple, program, out)
        if "deb" in kinds and "deb" in one:
            yield deb.make(triple, program, native, out)
    if "npm" in kinds:
        yield npm.make_main(out)


def write_checksums(folder):
    """SHA256SUMS of the files in a folder, sorted by name, as `sha256sum -c` reads it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8", newline="\n")
    return folder / "SHA256SUMS"


def write_installers(out):
    """The two installers, with the repository that they download from."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("install.sh", "install.ps1"):
        text = (facts.PACKAGING / "install" / name).read_text("utf-8")
        assert "@REPOSITORY@" in text, name
        (out / name).write_text(text.replace("@REPOSITORY@", facts.repository()), "utf-8", newline="\n")
        yield out / name


def docker_context(programs, out):
    """The programs as the Dockerfile looks for them: in a folder named by Docker's architecture."""
    for triple, program in programs:
        architecture = facts.target(triple).get("docker")
        if architecture:
            (out / architecture).mkdir(parents=True, exist_ok=True)
            yield Path(shutil.copy(program, out / architecture / facts.NAME))


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("matrix", help="the targets as JSON, for the release workflow")
    for kind in ("all", "docker", *KINDS):
        command = commands.add_parser(kind)
        command.add_argument("--native", type=Path, help="a program that runs here [default: the first]")
        command.add_argument("--out", type=Path, default=Path("dist"))
        command.add_argument("programs", nargs="+", metavar="TRIPLE=PROGRAM")
    commands.add_parser("checksums").add_argument("folder", type=Path)
    command = commands.add_parser("manifests", help="Homebrew, Scoop and winget")
    command.add_argument("--sums", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    commands.add_parser("installers").add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def programs_of(args):
    """The programs on the command line, by target."""
    pairs = [text.partition("=") for text in args.programs]
    programs = [(triple, Path(path)) for triple, _, path in pairs]
    for triple, path in programs:
        facts.target(triple)
        if not path.is_file():
            raise facts.Problem(f"{path} is no file; write TRIPLE=PROGRAM")
    return programs


def run(args):
    """The command's answer: paths of the files it wrote, or JSON."""
    match args.command:
        case "matrix":
            keys = ("triple", "runner")
            yield json.dumps({"include": [{key: one[key] for key in keys} for one in facts.TARGETS]})
        case "checksums":
            yield write_checksums(args.folder)
        case "manifests":
            yield from manifests.make(args.sums, args.out)
        case "installers":
            yield from write_installers(args.out)
        case "docker":
            yield from docker_context(programs_of(args), args.out)
        case kind:
            programs = programs_of(args)
            native = (args.native or programs[0][1]).resolve()
            yield from make(KINDS if kind == "all" else (kind,), programs, native, args.out)


if __name__ == "__main__":
    try:
        for line in run(arguments()):
            print(line)
    except facts.Problem as problem:
        sys.exit(f"package.py: {problem}")
