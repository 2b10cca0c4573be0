"""The Python wheel. maturin makes it, as described in packaging/pypi/pyproject.toml.

maturin asks Cargo for the program. It is given `packaging/pypi/cargo`, which answers with the program that
is compiled already, so that the wheel carries the same bytes as every other package, and maturin still
chooses the platform tag and checks which glibc the program needs.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import facts

PYPI = facts.PACKAGING / "pypi"


def make(triple, program, out):
    """Writes the wheel of `program` to the folder `out`, and returns its path."""
    if shutil.which("maturin") is None:
        raise facts.Problem("maturin is missing: pip install maturin")
    cargo = shutil.which("cargo")
    if cargo is None:
        raise facts.Problem("cargo is missing: maturin reads Cargo.toml with it, and compiles nothing")
    with tempfile.TemporaryDirectory() as scratch:
        ready = Path(scratch) / facts.program_name(triple)
        shutil.copy(program, ready)
        ready.chmod(0o755)
        project = Path(scratch) / "pypi"
        project.mkdir()
        settings = (PYPI / "pyproject.toml").read_text("utf-8")
        manifest = (facts.ROOT / "Cargo.toml").as_posix()
        (project / "pyproject.toml").write_text(settings.replace("../../Cargo.toml", manifest), "utf-8")
        shutil.copy(facts.ROOT / "README.md", project / "README.md")
        environment = os.environ | {
            "PATH": os.pathsep.join([str(PYPI / "ready"), os.environ["PATH"]]),
            "CARGO": str(PYPI / "ready" / "cargo"),
            "PINGMARK_CARGO": cargo,
            "PINGMARK_READY": str(ready),
            "PINGMARK_ROOT": str(facts.ROOT),
        }
        wheels = Path(scratch) / "wheels"
        command = ["maturin", "build", "--release", "--out", str(wheels), "--target", triple]
        run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
        made = list(wheels.glob("*.whl"))
        if run.returncode != 0 or len(made) != 1:
            raise facts.Problem(f"maturin made no wheel for {triple}:\n{run.stderr}{run.stdout}")
        return Path(shutil.copy(made[0], out))
