#!/usr/bin/env bash
# Makes a repository to start a blog from: the blog of `pingmark init`, and what publishes it.
#
#   packaging/starter/make.sh fr|en DIR OWNER/NAME
#
# OWNER/NAME is the repository on GitHub that publishes Pingmark and its action. PINGMARK is the program
# [default: pingmark on the PATH].
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pingmark=${PINGMARK:-pingmark}
[ "$#" = 3 ] || {
    echo "usage: make.sh fr|en DIR OWNER/NAME" >&2
    exit 2
}
lang=$1 dir=$2 repository=$3
case $lang in fr | en) ;; *)
    echo "make.sh: \`$lang\` is no language of the starter; write fr or en" >&2
    exit 2
    ;;
esac

"$pingmark" init "$dir" --lang "$lang" >/dev/null
cp -R "$here/files/." "$dir/"
cp "$here/README.$lang.md" "$dir/README.md"
# The files name the place of the action, which only the caller knows.
for file in .github/workflows/publish.yml netlify.toml .gitlab-ci.yml README.md; do
    sed "s|@REPOSITORY@|$repository|g" "$dir/$file" >"$dir/$file.new"
    mv "$dir/$file.new" "$dir/$file"
done
printf '%s\n' "$dir"
