# The Python environment in .venv: uv, the locked dependencies, and Sanbai itself.
# shellcheck shell=bash
# shellcheck disable=SC2154 # root, state and stamps come from common.sh

python_value() {
    say "$root" "$("$(find_python)" -c 'import sys; print(sys.version)')" \
        "$(digest pyproject.toml requirements.lock requirements-dev.lock setup/requirements-uv.lock)"
}

# python_stamp demo|test|bench: running and measuring need the same.
python_stamp() { if [ "$1" = test ]; then say python-test; else say python-demo; fi; }

# python_fresh demo|test|bench
python_fresh() {
    [ -x .venv/bin/sanbai ] &&
        { fresh "$(python_stamp "$1")" "$(python_value)" || fresh python-test "$(python_value)"; }
}

# install_python demo|test|bench
install_python() {
    local lock=requirements.lock
    [ "$1" != test ] || lock=requirements-dev.lock
    # Scripts in .venv hold the folder they were made in.
    if [ -d .venv ] && ! fresh venv-folder "$root" && [ -e "$stamps/venv-folder" ]; then
        rm -rf .venv
    fi
    if [ ! -x .venv/bin/python ]; then
        step 'Python environment' "$(find_python)" -m venv .venv
    fi
    stamp venv-folder "$root"
    step 'uv' .venv/bin/python -m pip install --disable-pip-version-check --no-deps \
        --require-hashes -r setup/requirements-uv.lock
    # Compiled here, once: where Python may not write its cache every start would take seconds more.
    step 'Python packages' .venv/bin/uv pip install --python .venv/bin/python --compile-bytecode \
        --require-hashes -r "$lock"
    step 'Sanbai' .venv/bin/uv pip install --python .venv/bin/python --no-deps --editable .
    stamp "$(python_stamp "$1")" "$(python_value)"
}
