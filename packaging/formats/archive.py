"""One archive for each target: program, licences, completions and manual pages in one folder."""

import gzip
import io
import tarfile
import tempfile
import zipfile

from . import facts

# Reproducible: the same program gives the same bytes.
STAMP = 946684800  # 2000-01-01; a zip has no dates before 1980


def make(triple, program, native, out):
    """Writes the archive of `program` to the folder `out`, and returns its path."""
    one = facts.target(triple)
    folder = f"{facts.NAME}-{facts.VERSION}-{triple}"
    files = {facts.program_name(triple): (program.read_bytes(), 0o755)}
    files |= {name: (path.read_bytes(), 0o644) for name, path in facts.texts().items()}
    for name, text in facts.completions(native).items():
        files[f"completions/{name}"] = (text, 0o644)
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in facts.manual(native, scratch).items():
            files[f"man/{name}"] = (text, 0o644)
    path = out / facts.archive_name(one)
    write = _zip if one["archive"] == "zip" else _tar
    path.write_bytes(write(folder, files))
    return path


def _tar(folder, files):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, (data, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mode, entry.mtime = len(data), mode, STAMP
            tar.addfile(entry, io.BytesIO(data))
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(plain.getvalue())
    return packed.getvalue()


def _zip(folder, files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (data, mode) in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", (2000, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()
