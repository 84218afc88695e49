#!/bin/sh
# Runs the command line with a Node.js that reads TypeScript: the one installed here, else the machine's own if it is new enough.
set -eu
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
here=$(cd -P "$(dirname "$self")" && pwd)
root=$(dirname "$(dirname "$here")")
if [ ! -d "$root/node_modules" ]; then
  echo "allclear: its packages are not installed. Run \"make setup\" in $root." >&2
  exit 1
fi
node=$root/node_modules/.bin/node
if [ ! -x "$node" ]; then
  node=$(command -v node || true)
  if [ -z "$node" ] || ! "$node" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)'; then
    echo "allclear: Node.js 24 or newer is needed. Run \"make setup\" in $root: it brings one." >&2
    exit 1
  fi
fi
exec "$node" "$here/main.ts" "$@"
