# The programs that benches measure against, in an environment of their own: .sanbai/peers
# shellcheck shell=bash
# shellcheck disable=SC2154 # root, state and stamps come from common.sh

peers_home=$state/peers

peers_value() {
    say "$root" "$("$(find_python)" -c 'import sys; print(sys.version)')" \
        "$(digest bench/requirements-peers.lock)"
}

peers_fresh() { [ -x "$peers_home/bin/python" ] && fresh peers "$(peers_value)"; }

install_peers() {
    rm -rf "$peers_home"
    step 'Peers environment' "$(find_python)" -m venv "$peers_home"
    step 'Peers' .venv/bin/uv pip install --python "$peers_home/bin/python" --compile-bytecode \
        --require-hashes -r bench/requirements-peers.lock
    stamp peers "$(peers_value)"
}
