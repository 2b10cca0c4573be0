#!/usr/bin/env bash
# The steps of the GitHub Action.
#
#   pingmark.sh install    downloads the program and puts it on the PATH of the steps that follow
#   pingmark.sh build      builds the blog and sets the outputs `site` and `next`
#
# Inputs are in INPUT_*, as action.yml sets them; GITHUB_* and RUNNER_* come from the runner.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

problem() {
    printf '::error title=Pingmark::%s\n' "$*"
    exit 1
}

# `true` and `false` are all that a workflow may say.
switch() {
    case $2 in
        true) return 0 ;;
        false) return 1 ;;
        *) problem "$1 is \`$2\`; write true or false" ;;
    esac
}

install() {
    local releases=${INPUT_RELEASES:-https://github.com/${ACTION_REPOSITORY:?}/releases}
    local bin=${RUNNER_TEMP:?}/pingmark/bin
    if [ "${RUNNER_OS:?}" = Windows ]; then
        PINGMARK_BIN=$(cygpath -w "$bin") PINGMARK_RELEASES=$releases pwsh -NoProfile -File "$here/../install/install.ps1" \
            -Version "$INPUT_VERSION"
    else
        PINGMARK_BIN=$bin PINGMARK_RELEASES=$releases sh "$here/../install/install.sh" "$INPUT_VERSION"
    fi
    printf '%s\n' "$bin" >>"${GITHUB_PATH:?}"
}

build() {
    local options=(--root "$INPUT_ROOT" --output-dir "$INPUT_ROOT/$INPUT_OUTPUT_DIR" --format short)
    if [ -n "$INPUT_BASE_URL" ]; then options+=(--base-url "$INPUT_BASE_URL"); fi
    if switch deny-warnings "$INPUT_DENY_WARNINGS"; then options+=(--deny-warnings); fi
    if switch lenient "$INPUT_LENIENT"; then options+=(--lenient); fi
    # Each problem becomes an annotation of its line.
    printf '::add-matcher::%s\n' "$here/problems.json"
    pingmark build "${options[@]}" 2>&1 || problem "the blog has problems: they are listed above"
    printf '::remove-matcher owner=pingmark::\n'
    local next
    next=$(pingmark build "${options[@]}" --dry-run --quiet --until-next 2>/dev/null)
    {
        printf 'site=%s\n' "$INPUT_ROOT/$INPUT_OUTPUT_DIR"
        printf 'next=%s\n' "$next"
    } >>"${GITHUB_OUTPUT:?}"
}

case ${1:-} in
    install) install ;;
    build) build ;;
    *) problem "pingmark.sh: write install or build" ;;
esac
