#!/usr/bin/env bash
# Delete what set-up and use have made in this checkout, the private database as well.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. setup/common.sh

# outside: folders of the private database that had to be put elsewhere (see data/cluster.py).
outside() {
    sed -n 's/.*"base": "\(\/.*\)".*/\1/p' .sanbai/cluster/cluster.json \
        .sanbai/test-cluster/cluster.json .sanbai/bench-cluster/cluster.json 2>/dev/null || true
}

made=()
for path in .sanbai .venv web/node_modules api/webclient .mypy_cache .ruff_cache .pytest_cache \
    .hypothesis .import_linter_cache; do
    [ ! -e "$path" ] || made+=("$path")
done
while read -r path; do
    [ -z "$path" ] || made+=("$path")
done < <(outside)

say "This deletes, with every case, patrol and photo in the private database:"
printf '  %s\n' "${made[@]}"
if [ "${YES:-}" != 1 ]; then
    [ -t 0 ] || fail "nobody to ask; run 'make clean YES=1' if you are sure."
    read -r -p "Delete? [y/N] " answer
    [ "$answer" = y ] || [ "$answer" = Y ] || fail "nothing was deleted."
fi
bash setup/stop.sh
rm -rf -- "${made[@]}"
say "Deleted."
