#!/usr/bin/env bash
# Run every check and test; all of them, so that one failure does not hide another.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. setup/common.sh
. setup/web.sh
use_node

told=$(mktemp -d)
trap 'rm -rf "$told"' EXIT

# check NAME COMMAND…: run it in full view and note how it went.
check() {
    local name=$1 began=$SECONDS result=ok
    shift
    printf '\n==> %s\n' "$name"
    "$@" || result=FAILED
    printf '%-36s %s in %d s\n' "$name" "$result" $((SECONDS - began)) >>"$told/results"
}

bin=.venv/bin
check_python() {
    check 'Python style (ruff)' "$bin/ruff" check .
    check 'Python format (ruff)' "$bin/ruff" format --check .
    check 'Python types (mypy)' "$bin/mypy"
    check 'Import directions (import-linter)' "$bin/lint-imports"
    if command -v shellcheck >/dev/null; then
        check 'Shell scripts (shellcheck)' shellcheck -x setup/*.sh .ci/run
    fi
}

check_web() {
    check 'Web style (biome)' npm --prefix web run --silent lint
    check 'Web types (vue-tsc)' npm --prefix web run --silent types
    check 'Web tests (vitest)' npm --prefix web test --silent
    check 'Web client matches the API' npm --prefix web run --silent client:check
}

# Side by side, for most of them keep one core busy; what the second says comes after the first.
check_web >"$told/web" 2>&1 &
check_python
wait
cat "$told/web"

# A browser waits a good deal, for pages and for maps: others use that time. A worker that crashes is
# not replaced, for with --dist loadscope pytest-xdist 3.8 then waits for ever at the end of the run;
# whatever else waits for ever is ended and told as failed.
in_time() { timeout --foreground --signal=INT --kill-after=1m 45m "$@"; }
check 'Browser tests (pytest, Chromium)' in_time "$bin/pytest" -m e2e tests/e2e >"$told/browser" 2>&1 &
check 'Tests (pytest)' in_time "$bin/pytest" -n 2 --dist loadscope --max-worker-restart=0 -m 'not e2e'
wait
cat "$told/browser"

printf '\n'
cat "$told/results"
[ -s "$told/results" ] && ! grep -q " FAILED in " "$told/results"
