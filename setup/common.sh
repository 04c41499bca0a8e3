# Shared by the scripts of this folder: messages, steps with progress, stamps.
# shellcheck shell=bash
set -euo pipefail
# A tool may read the folder of the checkout from here.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

state=$root/.sanbai
logs=$state/log
stamps=$state/stamps
mkdir -p "$logs" "$stamps"

say() { printf '%s\n' "$*"; }

fail() {
    printf '\nERROR: %s\n' "$*" >&2
    exit 1
}

# streaming: whether the output of long steps is shown as it comes (VERBOSE=1, or in CI).
streaming() { [ -n "${VERBOSE:-}" ] || [ "${CI:-}" = true ]; }

# spin LABEL LOG: one line that tells what runs, for how long, and what it said last.
spin() {
    local began=$SECONDS last width
    trap 'exit 0' TERM
    while :; do
        width=$(($(tput cols 2>/dev/null || echo 80) - 1))
        last=$(tail -c 400 "$2" 2>/dev/null | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 || true)
        printf '\r\033[K%s' "$(printf '  %s … %ss  %s' "$1" "$((SECONDS - began))" "$last" | cut -c "1-$width")"
        sleep 0.5
    done
}

# step LABEL COMMAND…: run it with progress; when it fails, show the end of its log and stop.
step() {
    local label=$1 began=$SECONDS log spinner='' code=0
    shift
    log=$logs/setup-$(printf '%s' "$label" | tr '[:upper:] ' '[:lower:]-').log
    if streaming; then
        say "==> $label"
        "$@" || fail "$label failed."
    else
        : >"$log"
        if [ -t 1 ]; then
            spin "$label" "$log" &
            spinner=$!
            # shellcheck disable=SC2064 # the number of this very spinner
            trap "kill $spinner 2>/dev/null; echo" EXIT
        else
            say "  $label … (log: ${log#"$root"/})"
        fi
        "$@" >"$log" 2>&1 </dev/null || code=$?
        if [ -n "$spinner" ]; then
            kill "$spinner" 2>/dev/null || true
            wait "$spinner" 2>/dev/null || true
            trap - EXIT
            printf '\r\033[K'
        fi
        if [ "$code" -ne 0 ]; then
            tail -n 30 "$log" >&2
            fail "$label failed; the whole log is in $log"
        fi
    fi
    say "  $label: done in $((SECONDS - began)) s"
}

# digest FILE…: one checksum over the files' contents and names.
digest() { cat "$@" | cksum | cut -d ' ' -f 1; }

# fresh NAME VALUE: whether the step NAME was last finished for the same VALUE.
fresh() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }

stamp() { printf '%s' "$2" >"$stamps/$1"; }

# alone: let one set-up at a time work in this checkout (flock is in every Debian).
alone() {
    command -v flock >/dev/null || return 0
    exec 9>"$state/setup.lock"
    flock --nonblock 9 && return 0
    say "Another set-up is at work in this folder; waiting for it."
    flock 9
}
