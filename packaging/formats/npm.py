"""npm packages: one for each target, with the program, and `pingmark`, which installs the one that fits."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import facts

NODE = ">=18"


def name_of(one):
    """The npm name of a target's package."""
    system = one["npm"]
    parts = [system["os"], system["cpu"]]
    if "libc" in system:
        parts.append({"glibc": "gnu"}.get(system["libc"], system["libc"]))
    return f"{facts.NPM_SCOPE}/{'-'.join(parts)}"


def _about(name, summary):
    return {
        "name": name,
        "version": facts.VERSION,
        "description": summary,
        "license": facts.LICENSE,
        "keywords": facts.KEYWORDS,
        "engines": {"node": NODE},
    }


def make_platform(triple, program, out):
    """Writes the package with the program for one target."""
    one = facts.target(triple)
    system = one["npm"]
    about = _about(name_of(one), f"{facts.SUMMARY} (program for {triple})")
    about |= {"os": [system["os"]], "cpu": [system["cpu"]], "preferUnplugged": True}
    if "libc" in system:
        about["libc"] = [system["libc"]]
    files = {facts.program_name(triple): program}
    return _pack(about, files, f"The program of `{facts.NAME}` for {triple}. Install `{facts.NAME}`.\n", out)


def make_main(out):
    """Writes the package that people install: a launcher and the list of programs."""
    about = _about(facts.NAME, facts.SUMMARY)
    about["bin"] = {facts.NAME: "bin/pingmark.js"}
    about["optionalDependencies"] = {name_of(one): facts.VERSION for one in facts.TARGETS}
    launcher = facts.PACKAGING / "npm" / "pingmark.js"
    return _pack(about, {"bin/pingmark.js": launcher}, None, out)


def _pack(about, files, readme, out):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "package"
        folder.mkdir()
        listed = [name for name in files]
        (folder / "package.json").write_text(json.dumps(about | {"files": listed}, indent=2) + "\n", "utf-8")
        for name, path in facts.texts().items():
            if name.startswith("LICENSE"):
                shutil.copy(path, folder / name)
        text = readme or (facts.ROOT / "README.md").read_text("utf-8")
        (folder / "README.md").write_text(text, "utf-8")
        for name, path in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
            (folder / name).chmod(0o755)
        command = ["npm", "pack", "--json", "--pack-destination", str(out.resolve())]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if run.returncode != 0:
            raise facts.Problem(f"npm pack: {run.stderr}")
        packed = json.loads(run.stdout)
        # A list until npm 11, a map by package name after it.
        first = next(iter(packed.values())) if isinstance(packed, dict) else packed[0]
        return out / first["filename"].replace("@", "").replace("/", "-")
