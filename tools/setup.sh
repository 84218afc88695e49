#!/bin/sh
# Installs the npm packages when node_modules is not what package-lock.json says. Otherwise it is silent.
# It runs with whatever Node the machine has; everything else runs with the one in node_modules.
set -eu
cd "$(dirname "$0")/.."

need() {
  command -v "$1" >/dev/null 2>&1 && return
  echo "$1 is not installed. $2" >&2
  exit 1
}
need node 'Install Node.js 20 or newer with npm (https://nodejs.org); AllClear then brings its own for itself.'
need npm 'Install Node.js 20 or newer with npm (https://nodejs.org).'
need git 'Install Git (https://git-scm.com): the incident records go into a repository.'

# The modification times say nothing: git sets them on checkout, and npm writes the two files in no fixed order.
installed() {
  [ -x node_modules/.bin/node ] && node -e '
    const { readFileSync } = require("node:fs");
    const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const have = packages("node_modules/.package-lock.json");
    const stale = Object.entries(packages("package-lock.json"))
      .filter(([path, { optional, version }]) => path && !optional && have[path]?.version !== version);
    process.exit(stale.length ? 1 : 0);
  ' 2>/dev/null
}
installed && exit 0

# Two targets started side by side must not both install.
mkdir -p artifacts
lock=artifacts/setup.lock
until mkdir "$lock" 2>/dev/null; do
  holder=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$lock"; else sleep 1; fi
done
echo $$ >"$lock/pid"
log=$(mktemp)
trap 'rm -rf "$lock" "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
installed && exit 0

echo 'Installing the npm packages (about half a minute).' >&2
if ! npm ci >"$log" 2>&1; then
  cat "$log" >&2
  echo 'npm ci failed; see above.' >&2
  exit 1
fi
