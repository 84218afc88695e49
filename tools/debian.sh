#!/bin/sh
# Installs Debian packages that some tests want, once and quietly: tools/debian.sh chromium …
# Without apt, or without the right to use it, it says what is missing and ends with 1.
set -eu

missing=
for package in "$@"; do
  dpkg-query --show --showformat='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Not installed, and there is no apt-get here:$missing" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "Not installed; as root: apt-get install$missing" >&2
    exit 1
  fi
  as_root='sudo -n'
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing$missing (about a minute)." >&2
# shellcheck disable=SC2086 # Words are what they are.
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  exit 1
fi
