#!/usr/bin/env bash
# Run every check and test; all of them, so that one failure does not hide another.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. setup/common.sh
. setup/web.sh
use_node

names=()
results=()
failed=0

# check NAME COMMAND…: run it in full view and remember how it went.
check() {
    local name=$1 began=$SECONDS result=ok
    shift
    printf '\n==> %s\n' "$name"
    if ! "$@"; then
        result=FAILED
        failed=1
    fi
    names+=("$name")
    results+=("$result in $((SECONDS - began)) s")
}

bin=.venv/bin
check 'Python style (ruff)' "$bin/ruff" check .
check 'Python format (ruff)' "$bin/ruff" format --check .
check 'Python types (mypy)' "$bin/mypy"
check 'Import directions (import-linter)' "$bin/lint-imports"
if command -v shellcheck >/dev/null; then
    check 'Shell scripts (shellcheck)' shellcheck -x setup/*.sh .ci/run
fi
check 'Web style (biome)' npm --prefix web run --silent lint
check 'Web types (vue-tsc)' npm --prefix web run --silent types
check 'Web tests (vitest)' npm --prefix web test --silent
check 'Web client matches the API' npm --prefix web run --silent client:check
check 'Tests (pytest)' "$bin/pytest" -n 2 --dist loadscope -m 'not e2e'
check 'Browser tests (pytest, Chromium)' "$bin/pytest" -m e2e tests/e2e

printf '\n'
for i in "${!names[@]}"; do
    printf '%-36s %s\n' "${names[$i]}" "${results[$i]}"
done
exit "$failed"
