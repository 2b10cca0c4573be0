"""Homebrew's formula, Scoop's manifest and winget's three files, from the checksums of a release.

Everything comes from targets.toml and the file SHA256SUMS; nothing is to be edited by hand.
"""

import json
import re

from . import facts


def checksums(path):
    """SHA-256 by file name, as `sha256sum` writes them."""
    sums = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match = re.fullmatch(r"([0-9a-f]{64})[ *]+(\S+)", line)
        if match is None:
            raise facts.Problem(f"{path}:{number}: `{line}` is no line of sha256sum")
        sums[match[2]] = match[1]
    return sums


class Release:
    """The files of one release: their addresses and checksums."""

    def __init__(self, sums):
        self.repository = facts.repository()
        self.home = f"https://github.com/{self.repository}"
        self._sums = sums

    def url(self, one, version=facts.VERSION):
        """Where the archive of a target is."""
        name = facts.archive_name(one).replace(facts.VERSION, version)
        return f"{self.home}/releases/download/v{version}/{name}"

    def sha256(self, one):
        """The checksum of a target's archive."""
        name = facts.archive_name(one)
        if name not in self._sums:
            raise facts.Problem(f"SHA256SUMS has no line for {name}")
        return self._sums[name]


def make(sums, out):
    """Writes all manifests below the folder `out`, and returns their paths."""
    release = Release(checksums(sums))
    texts = {f"homebrew/{facts.NAME}.rb": _homebrew(release), f"scoop/{facts.NAME}.json": _scoop(release)}
    texts |= {f"winget/{name}": text for name, text in _winget(release).items()}
    for name, text in texts.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return [out / name for name in texts]


def _homebrew(release):
    lines = [
        f"# Made by packaging/package.py for version {facts.VERSION}.",
        f"class {facts.NAME.capitalize()} < Formula",
        f'  desc "{facts.SUMMARY.removeprefix("The ").capitalize()}"',
        f'  homepage "{release.home}"',
        f'  version "{facts.VERSION}"',
        '  license any_of: ["MIT", "Apache-2.0"]',
        "",
    ]
    for system in ("macos", "linux"):
        lines.append(f"  on_{system} do")
        for cpu in ("arm", "intel"):
            one = next(o for o in facts.TARGETS if o.get("brew") == {"os": system, "cpu": cpu})
            lines += [
                f"    on_{cpu} do",
                f'      url "{release.url(one)}"',
                f'      sha256 "{release.sha256(one)}"',
                "    end",
            ]
        lines += ["  end", ""]
    lines += [
        "  def install",
        f'    bin.install "{facts.NAME}"',
        f'    bash_completion.install "completions/{facts.SHELLS["bash"]}" => "{facts.NAME}"',
        f'    zsh_completion.install "completions/{facts.SHELLS["zsh"]}"',
        f'    fish_completion.install "completions/{facts.SHELLS["fish"]}"',
        '    man1.install Dir["man/*.1"]',
        "  end",
        "",
        "  test do",
        f'    assert_match version.to_s, shell_output("#{{bin}}/{facts.NAME} --version")',
        f'    system bin/"{facts.NAME}", "init", "blog", "--lang", "en"',
        f'    system bin/"{facts.NAME}", "build", "--root", "blog"',
        '    assert_path_exists testpath/"blog/public/index.html"',
        "  end",
        "end",
    ]
    return "\n".join(lines) + "\n"


def _scoop(release):
    listed = [one for one in facts.TARGETS if "scoop" in one]

    def folder(version):
        return f"{facts.NAME}-{version}-"

    manifest = {
        "version": facts.VERSION,
        "description": facts.SUMMARY,
        "homepage": release.home,
        "license": facts.LICENSE.replace(" OR ", "|"),
        "architecture": {
            one["scoop"]: {
                "url": release.url(one),
                "hash": release.sha256(one),
                "extract_dir": folder(facts.VERSION) + one["triple"],
            }
            for one in listed
        },
        "bin": f"{facts.NAME}.exe",
        "checkver": "github",
        "autoupdate": {
            "architecture": {
                one["scoop"]: {
                    "url": release.url(one, "$version"),
                    "extract_dir": folder("$version") + one["triple"],
                }
                for one in listed
            },
            "hash": {"url": "$baseurl/SHA256SUMS"},
        },
    }
    return json.dumps(manifest, indent=4) + "\n"


def _winget(release):
    schema = "1.10.0"
    owner = release.repository.split("/")[0]
    common = [f"PackageIdentifier: {facts.WINGET_ID}", f"PackageVersion: {facts.VERSION}"]

    def text(kind, lines):
        head = (
            "# yaml-language-server: "
            f"$schema=https://aka.ms/winget-manifest.{kind}.{schema}.schema.json\n\n"
        )
        return head + "\n".join([*common, *lines, f"ManifestType: {kind}", f"ManifestVersion: {schema}"]) + "\n"

    installers = ["InstallerType: zip", "NestedInstallerType: portable", "Installers:"]
    for one in (one for one in facts.TARGETS if "winget" in one):
        folder = f"{facts.NAME}-{facts.VERSION}-{one['triple']}"
        installers += [
            f"  - Architecture: {one['winget']}",
            f"    InstallerUrl: {release.url(one)}",
            f"    InstallerSha256: {release.sha256(one).upper()}",
            "    NestedInstallerFiles:",
            f"      - RelativeFilePath: {folder}\\{facts.NAME}.exe",
            f"        PortableCommandAlias: {facts.NAME}",
        ]
    locale = [
        "PackageLocale: en-US",
        f"Publisher: {owner}",
        f"PackageName: {facts.NAME.capitalize()}",
        f"PackageUrl: {release.home}",
        f"License: {facts.LICENSE}",
        f"LicenseUrl: {release.home}/blob/v{facts.VERSION}/LICENSE-MIT",
        f"ShortDescription: {facts.SUMMARY}",
        f"Moniker: {facts.NAME}",
        "Tags:",
        *(f"  - {word}" for word in facts.KEYWORDS),
    ]
    return {
        f"{facts.WINGET_ID}.yaml": text("version", ["DefaultLocale: en-US"]),
        f"{facts.WINGET_ID}.installer.yaml": text("installer", installers),
        f"{facts.WINGET_ID}.locale.en-US.yaml": text("defaultLocale", locale),
    }
