#!/usr/bin/env bash
# Make this machine ready: prepare.sh demo (to run Sanbai), test (to check it) or bench (to measure).
# What is there already is left alone, so that a second run takes seconds.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. setup/common.sh
. setup/packages.sh
. setup/python.sh
. setup/web.sh
. setup/peers.sh

announce() {
    local package
    say "Sanbai is going to install what is missing here:"
    for package in $packages; do
        say "  - $package (Debian package: $(purpose_of "$package"))"
    done
    if ! python_fresh "$purpose"; then
        say "  - uv and the Python packages of requirements$([ "$purpose" != test ] || echo -dev).lock, into .venv"
    fi
    if [ "$purpose" = bench ]; then
        peers_fresh || say "  - the programs of bench/requirements-peers.lock, into .sanbai/peers"
        return
    fi
    if ! node_new_enough; then
        say "  - Node, into .sanbai/node (this machine has none that is new enough)"
    fi
    if ! node_new_enough || ! modules_fresh; then
        say "  - the packages of web/package-lock.json, into web/node_modules"
    fi
}

purpose=${1:?demo, test or bench}
began=$SECONDS
alone
packages=$(missing_packages "$purpose" | tr ' \n' '  ' | xargs)
use_node

if [ -n "$packages" ] && ! on_debian_12; then
    # shellcheck disable=SC2086 # a list of names
    how_to_install $packages
fi
# ready: whether all but Debian's packages is there.
ready() {
    python_fresh "$purpose" || return 1
    if [ "$purpose" = bench ]; then peers_fresh; else node_new_enough && modules_fresh; fi
}

if [ -n "$packages" ] || ! ready; then
    announce
fi
if [ -n "$packages" ]; then
    # shellcheck disable=SC2086 # a list of names
    install_packages $packages
fi
python_fresh "$purpose" || install_python "$purpose"
if [ "$purpose" = bench ]; then
    peers_fresh || install_peers
else
    node_new_enough || install_node
    modules_fresh || install_modules
    bundle_fresh || build_bundle
fi
say "Sanbai is set up ($((SECONDS - began)) s). The command line is .venv/bin/sanbai"
