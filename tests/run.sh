#!/usr/bin/env bash
# Everything that must pass before a change is merged, from formatting to the example site.
# Works from any folder; exits with 0 only if every step passed.
#
#   tests/run.sh            checks for what the tests need, and installs it as root on Debian
#
# A failed step does not stop the others, so that one run reports everything.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
stop() {
    printf 'tests/run.sh: %s\n' "$*" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# ---- what the tests need ----------------------------------------------------------------------

# A shell that was open while rustup installed cargo does not have its folder on the path yet.
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
# Syntax highlighting uses Oniguruma, which is C and compiled with the rest.
if ! has cc; then packages+=(gcc libc6-dev pkg-config); fi
if ! has cargo && ! has curl; then
    # To download rustup. Without root, the message below asks for cargo instead.
    if [ "$(id -u)" = 0 ] && has apt-get; then packages+=(curl ca-certificates); fi
fi
# The browser tests drive the system's Chromium from Node.
has_chromium() {
    [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome || has google-chrome-stable
}
if ! has_chromium; then packages+=(chromium); fi
if ! has node; then packages+=(nodejs); fi
if ! has npm; then packages+=(npm); fi
install_packages ${packages[@]+"${packages[@]}"}
has_chromium || stop "missing: Chromium. Install it, or set CHROMIUM to the path of the program."
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

# Cargo compiles a dependency again when its features differ, and dev-dependencies turn some on. So
# every step compiles with them: `--examples` asks for them, and there are no examples.
lints() { cargo clippy --workspace --all-targets --quiet -- -D warnings; }
documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --lib --examples --no-deps --quiet; }

# Compiling the tests compiles the program too. The steps after the tests run that one.
program=
compile() {
    cargo test --workspace --no-run --message-format=json-render-diagnostics >"$scratch/artifacts" || return
    program=$(sed -n 's|.*"executable":"\([^"]*/pingmark\)".*|\1|p' "$scratch/artifacts" | tail -n 1)
    [ -x "$program" ]
}
run_program() {
    if [ -z "$program" ]; then
        echo "tests/run.sh: the program was not compiled" >&2
        return 1
    fi
    "$program" "$@"
}

run_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --no-fail-fast && cargo test --workspace --doc --quiet
    else
        cargo test --workspace --no-fail-fast
    fi 2>&1 | tee "$scratch/tests.log"
}

install_browser_driver() {
    # The locked versions, once.
    cmp -s package-lock.json node_modules/.locked && return
    if ! npm ci --no-audit --no-fund --loglevel=error; then
        echo "tests/run.sh: npm could not install the packages of tests/browser/package.json" >&2
        return 1
    fi
    cp package-lock.json node_modules/.locked
}

browser_tests() {
    run_program --version >/dev/null || return
    (
        cd tests/browser && install_browser_driver &&
            PINGMARK=$program node --test --test-reporter=spec
    ) 2>&1 | tee "$scratch/browser.log"
}

# The pages of docs/site, the commands and settings that they show, and the site itself.
documentation_site() {
    run_program --version >/dev/null || return
    PINGMARK=$program node --test --test-reporter=spec tests/docs/*.test.js 2>&1 | tee "$scratch/docs.log"
}

# A fixed day, so that a post that becomes due does not change the result.
DAY=2026-11-22
check_example() { run_program check --root example-site --today "$DAY" --deny-warnings; }

build_example() {
    # A copy, so that no cache or output stays in the site's folder.
    cp -R example-site "$scratch/site" && rm -rf "$scratch/site/public" "$scratch/site/.pingmark" &&
        run_program build --root "$scratch/site" --output-dir "$scratch/public" \
            --today "$DAY" --deny-warnings
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Output that differs from what is expected is a failure here, even where the shell accepts it.
unset UPDATE_EXPECT

step "formatting" cargo fmt --all --check
# Advisories and licences of the dependencies, with deny.toml. The list of advisories is downloaded.
if cargo deny --version >/dev/null 2>&1; then
    step "dependencies" cargo deny --workspace check advisories licenses bans sources
else
    say "dependencies: skipped, because cargo-deny is not installed"
fi
step "lints" lints
step "documentation" documentation
step "compilation of the tests" compile
step "tests" run_tests
step "browser tests" browser_tests
step "documentation site" documentation_site
step "example site: check" check_example
step "example site: build" build_example

# ---- the result -------------------------------------------------------------------------------

say "result"
# The summaries of cargo test (one per binary), cargo nextest and Node.
touch "$scratch/tests.log" "$scratch/browser.log" "$scratch/docs.log"
grep -hE 'test result: |Summary \[|^. (pass|fail) [0-9]+$' "$scratch/tests.log" "$scratch/browser.log" \
    "$scratch/docs.log" || true
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
' "$scratch/tests.log" "$scratch/browser.log" "$scratch/docs.log"
if [ "${#failed[@]}" -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "all $passed steps passed"
