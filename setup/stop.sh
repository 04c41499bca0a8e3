#!/usr/bin/env bash
# Stop a running demo and the private database of this checkout.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. setup/common.sh

if [ -x .venv/bin/sanbai ]; then
    exec .venv/bin/sanbai stop
fi
say "Nothing is set up here, so nothing runs."
