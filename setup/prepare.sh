#!/usr/bin/env bash
# Make this machine ready: prepare.sh demo (to run Sanbai) or prepare.sh test (to check it).
# What is there already is left alone, so that a second run takes seconds.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. setup/common.sh
. setup/packages.sh
. setup/python.sh
. setup/web.sh

announce() {
    local package
    say "Sanbai is going to install what is missing here:"
    for package in $packages; do
        say "  - $package (Debian package: $(purpose_of "$package"))"
    done
    if ! python_fresh "$purpose"; then
        say "  - uv and the Python packages of requirements$([ "$purpose" = demo ] || echo -dev).lock, into .venv"
    fi
    if ! node_new_enough; then
        say "  - Node, into .sanbai/node (this machine has none that is new enough)"
    fi
    if ! node_new_enough || ! modules_fresh; then
        say "  - the packages of web/package-lock.json, into web/node_modules"
    fi
}

purpose=${1:?demo or test}
began=$SECONDS
alone
packages=$(missing_packages "$purpose" | tr ' \n' '  ' | xargs)
use_node

if [ -n "$packages" ] && ! on_debian_12; then
    # shellcheck disable=SC2086 # a list of names
    how_to_install $packages
fi
if [ -n "$packages" ] || ! python_fresh "$purpose" || ! node_new_enough || ! modules_fresh; then
    announce
fi
if [ -n "$packages" ]; then
    # shellcheck disable=SC2086 # a list of names
    install_packages $packages
fi
python_fresh "$purpose" || install_python "$purpose"
node_new_enough || install_node
modules_fresh || install_modules
bundle_fresh || build_bundle
say "Sanbai is set up ($((SECONDS - began)) s). The command line is .venv/bin/sanbai"
