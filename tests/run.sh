#!/usr/bin/env bash
# Everything that must hold before a change is kept, from formatting to the example site.
# Works from any folder; ends with 0 only when every step passed.
#
#   tests/run.sh            what the tests need is looked for, and installed where it can be
#
# The steps run in order and go on after a failure, so that one run tells everything.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
stop() {
    printf 'tests/run.sh: %s\n' "$*" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# ---- what the tests need ----------------------------------------------------------------------

# rustup puts cargo where a shell that was open before does not look.
PATH="$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"

install_packages() {
    [ "$#" -gt 0 ] || return 0
    if [ "$(id -u)" = 0 ] && has apt-get; then
        say "installing $*"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        stop "missing: $*. Install them with your system's package manager and run this again."
    fi
}

packages=()
# The regular expressions that colour code are written in C, and compiled with the rest.
if ! has cc; then packages+=(gcc libc6-dev pkg-config); fi
if ! has cargo && ! has curl; then
    # rustup comes through it. Without the rights to install, cargo is what is missing.
    if [ "$(id -u)" = 0 ] && has apt-get; then packages+=(curl ca-certificates); fi
fi
# What only a browser can show is tested in the system's Chromium, driven from Node.
has_chromium() {
    [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome || has google-chrome-stable
}
if ! has_chromium; then packages+=(chromium); fi
if ! has node; then packages+=(nodejs); fi
if ! has npm; then packages+=(npm); fi
install_packages ${packages[@]+"${packages[@]}"}
has_chromium || stop "missing: Chromium. Install it, or name its program in CHROMIUM."
node_version=$(node --version)
[ "$(printf '%s\n' v20 "$node_version" | sort -V | head -n 1)" = v20 ] ||
    stop "Node $node_version is too old; 20 or later is needed"

wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! has cargo; then
    if [ "$(id -u)" = 0 ] && has apt-get; then
        say "installing Rust"
        curl --proto '=https' --tlsv1.2 -fsSL https://sh.rustup.rs | sh -s -- -y -q --profile minimal --no-modify-path
    else
        stop "missing: cargo, of Rust $wanted or later. https://rustup.rs installs it."
    fi
fi
found=$(cargo --version | cut -d ' ' -f 2)
oldest=$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)
[ "$oldest" = "$wanted" ] || stop "Rust $found is too old; $wanted or later is needed: rustup update stable"
for component in fmt clippy; do
    if ! cargo "$component" --version >/dev/null 2>&1; then
        has rustup || stop "missing: cargo $component (the package of your system that brings rustfmt and clippy)"
        name=$component
        if [ "$name" = fmt ]; then name=rustfmt; fi
        rustup component add "$name"
    fi
done

# ---- the steps --------------------------------------------------------------------------------

passed=0
failed=()
step() {
    local name=$1
    shift
    say "$name"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed+=("$name")
        printf '== FAILED: %s\n' "$name" >&2
    fi
}

documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet; }

run_tests() {
    # A snapshot that differs is a failure, never a file to be accepted on the way.
    if cargo nextest --version >/dev/null 2>&1; then
        INSTA_UPDATE=no cargo nextest run --no-fail-fast && INSTA_UPDATE=no cargo test --doc --quiet
    else
        INSTA_UPDATE=no cargo test --no-fail-fast
    fi 2>&1 | tee "$scratch/tests.log"
}

install_browser_driver() {
    # As locked; once.
    cmp -s package-lock.json node_modules/.locked && return
    if ! npm ci --no-audit --no-fund --loglevel=error; then
        echo "tests/run.sh: missing: the npm packages of tests/browser/package.json, which npm could not install" >&2
        return 1
    fi
    cp package-lock.json node_modules/.locked
}

browser_tests() {
    cargo build --quiet || return
    local program=${CARGO_TARGET_DIR:-$PWD/target}/debug/pingmark
    (
        cd tests/browser && install_browser_driver &&
            PINGMARK=$program node --test --test-reporter=spec
    ) 2>&1 | tee "$scratch/browser.log"
}

# On a fixed day: a post that falls due must not change the result.
DAY=2026-11-22
check_example() { cargo run --quiet -- check --root example-site --today "$DAY" --deny-warnings; }

build_example() {
    # A copy, so that nothing of this run stays in the site's own folder.
    cp -R example-site "$scratch/site" && rm -rf "$scratch/site/public" "$scratch/site/.pingmark" &&
        cargo run --quiet -- build --root "$scratch/site" --output-dir "$scratch/public" \
            --today "$DAY" --deny-warnings
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step "formatting" cargo fmt --check
step "lints" cargo clippy --all-targets --quiet -- -D warnings
step "documentation" documentation
step "tests" run_tests
step "browser tests" browser_tests
step "example site: check" check_example
step "example site: build" build_example

# ---- the result -------------------------------------------------------------------------------

say "result"
# The last lines of cargo test, one for each binary, of cargo nextest and of Node.
touch "$scratch/tests.log" "$scratch/browser.log"
grep -hE 'test result: |Summary \[|^. (pass|fail) [0-9]+$' "$scratch/tests.log" "$scratch/browser.log" || true
awk '
    /test result: |Summary \[/ {
        for (i = 2; i <= NF; i++) {
            if ($i ~ /^passed/) passed += $(i - 1)
            if ($i ~ /^failed/) failed += $(i - 1)
        }
    }
    $2 == "pass" && NF == 3 { passed += $3 }
    $2 == "fail" && NF == 3 { failed += $3 }
    END { printf "tests: %d passed, %d failed\n", passed, failed }
' "$scratch/tests.log" "$scratch/browser.log"
if [ "${#failed[@]}" -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "all $passed steps passed"
