#!/bin/sh
# Installs pingmark from a release, without a compiler and without root.
#
#   sh install.sh [VERSION]
#
# Downloads the archive for this system, compares its SHA-256 with the release's list, and puts the program
# into ~/.local/bin. Nothing else is changed: no file of the shell is edited.
#
#   PINGMARK_BIN        folder of the program [default: ~/.local/bin]
#   PINGMARK_RELEASES   address of the releases, also file:///FOLDER [default: the project's on GitHub]
#   PINGMARK_TARGET     target to install, as x86_64-unknown-linux-musl [default: this system's]
set -eu

releases=${PINGMARK_RELEASES:-https://github.com/@REPOSITORY@/releases}
bin=${PINGMARK_BIN:-${HOME:?}/.local/bin}
version=${1:-latest}

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in fr*) french=1 ;; *) french= ;; esac
# In French, the second text.
say() { if [ -n "$french" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
stop() {
    say "install.sh: $1" "install.sh : $2" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

target() {
    system=$(uname -s)
    machine=$(uname -m)
    case $machine in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) stop "there is no program for $machine processors; build it from source" \
            "il n'y a pas de programme pour les processeurs $machine ; compilez-le depuis les sources" ;;
    esac
    case $system in
        Darwin)
            # A shell under Rosetta says x86_64 on an Apple processor.
            if [ "$(sysctl -n hw.optional.arm64 2>/dev/null || echo 0)" = 1 ]; then machine=aarch64; fi
            echo "$machine-apple-darwin"
            ;;
        Linux)
            # The static program where glibc is missing or older than the 2.35 that the other one needs.
            glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
            glibc=${glibc##* }
            minor=${glibc#2.}
            case $minor in
                '' | *[!0-9]*) libc=musl ;;
                *) if [ "$minor" -ge 35 ]; then libc=gnu; else libc=musl; fi ;;
            esac
            echo "$machine-unknown-linux-$libc"
            ;;
        *) stop "there is no program for $system; on Windows, use install.ps1" \
            "il n'y a pas de programme pour $system ; sous Windows, utilisez install.ps1" ;;
    esac
}

download() {
    if has curl; then
        curl --fail --silent --show-error --location --proto '=https,file,http' --proto-redir '=https,http' \
            --output "$2" "$1"
    elif has wget; then
        case $1 in
            file://*) cp "${1#file://}" "$2" ;;
            *) wget -q -O "$2" "$1" ;;
        esac
    else
        stop "install curl or wget first" "installez d'abord curl ou wget"
    fi
}

sha256() {
    if has sha256sum; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif has shasum; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    else
        stop "neither sha256sum nor shasum is installed, so the download cannot be verified" \
            "ni sha256sum ni shasum n'est installé : impossible de vérifier le téléchargement"
    fi
}

case $releases in
    file://*) from=$releases ;;
    *@REPOSITORY*) stop "this copy does not know where releases are: take install.sh from a release" \
        "cette copie ne sait pas où sont les versions publiées : prenez install.sh dans l'une d'elles" ;;
    *)
        if [ "$version" = latest ]; then
            from=$releases/latest/download
        else
            from=$releases/download/v${version#v}
        fi
        ;;
esac

target=${PINGMARK_TARGET:-$(target)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

download "$from/SHA256SUMS" "$scratch/SHA256SUMS" ||
    stop "$from/SHA256SUMS cannot be downloaded" "$from/SHA256SUMS : téléchargement impossible"
line=$(grep -E "  pingmark-[0-9][^ ]*-$target\.tar\.gz\$" "$scratch/SHA256SUMS" | head -n 1)
[ -n "$line" ] ||
    stop "the release has no program for $target" "cette version n'a pas de programme pour $target"
archive=${line##* }
wanted=${line%% *}
download "$from/$archive" "$scratch/$archive" ||
    stop "$from/$archive cannot be downloaded" "$from/$archive : téléchargement impossible"
found=$(sha256 "$scratch/$archive")
[ "$found" = "$wanted" ] ||
    stop "$archive is damaged: its SHA-256 is $found, not $wanted. Nothing was installed" \
        "$archive est abîmé : son SHA-256 est $found au lieu de $wanted. Rien n'a été installé"

tar -xzf "$scratch/$archive" -C "$scratch"
program=$scratch/${archive%.tar.gz}/pingmark
"$program" --version >/dev/null ||
    stop "the program for $target does not run on this system" "le programme pour $target ne fonctionne pas ici"
mkdir -p "$bin"
# Renamed into place, so that a pingmark that is running is not disturbed.
cp "$program" "$bin/.pingmark.$$"
chmod 755 "$bin/.pingmark.$$"
mv -f "$bin/.pingmark.$$" "$bin/pingmark"

installed=$("$bin/pingmark" --version)
say "$installed is installed in $bin" "$installed est installé dans $bin"
case ":$PATH:" in
    *":$bin:"*) say "Next: pingmark init my-blog --lang en" "Pour commencer : pingmark init mon-blog" ;;
    *)
        say "$bin is not on your PATH. Add this line to ~/.profile, then open a new terminal:" \
            "$bin n'est pas dans votre PATH. Ajoutez cette ligne à ~/.profile, puis ouvrez un autre terminal :"
        # shellcheck disable=SC2016 # the line is for the shell of the reader
        printf '  export PATH="%s:$PATH"\n' "$bin"
        ;;
esac
