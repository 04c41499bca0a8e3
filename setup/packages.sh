# What the operating system must offer, and how Debian 12 gets it.
# shellcheck shell=bash

# postgis_ready: whether a PostgreSQL of version 15 or newer with PostGIS is installed.
postgis_ready() {
    local folder version
    for folder in /usr/lib/postgresql/*/bin; do
        version=${folder#/usr/lib/postgresql/}
        version=${version%/bin}
        if [ -x "$folder/initdb" ] && [ "$version" -ge 15 ] &&
            [ -f "/usr/share/postgresql/$version/extension/postgis.control" ]; then
            return 0
        fi
    done
    command -v initdb >/dev/null && command -v pg_config >/dev/null &&
        [ -f "$(pg_config --sharedir)/extension/postgis.control" ]
}

browser_ready() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null

chinese_fonts_ready() {
    if command -v fc-list >/dev/null; then
        [ -n "$(fc-list :lang=zh family)" ]
    else
        [ -n "$(find /usr/share/fonts -iname '*CJK*' -print -quit 2>/dev/null)" ]
    fi
}

# library_ready NAME: whether there is this shared library; on other systems it is not looked for.
library_ready() {
    [ "$(uname)" != Linux ] || [ -n "$(find /usr/lib* /lib* -name "$1" -print -quit 2>/dev/null)" ]
}

# find_python: print a Python of a version Sanbai runs on.
find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
            2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

python_ready() {
    local python
    python=$(find_python) && "$python" -c 'import ensurepip, venv' 2>/dev/null
}

# missing_packages demo|test: names of the Debian packages whose contents are not there.
missing_packages() {
    python_ready || say python3 python3-venv
    postgis_ready || say postgresql-15 postgresql-15-postgis-3
    library_ready 'libpangoft2-1.0.so.0' || say libpangoft2-1.0-0
    library_ready 'libharfbuzz-subset.so.0' || say libharfbuzz-subset0
    chinese_fonts_ready || say fonts-noto-cjk
    if [ "$1" = test ]; then
        browser_ready || say chromium
        # What Playwright's driver is linked against.
        library_ready 'libatomic.so.1' || say libatomic1
        command -v shellcheck >/dev/null || say shellcheck
    fi
}

purpose_of() {
    case $1 in
    python3*) say 'Python 3.11 to 3.13 with venv' ;;
    postgresql-15) say 'database server; runs privately in .sanbai, not as a system service' ;;
    postgresql-15-postgis-3) say 'maps in the database' ;;
    chromium) say 'browser tests' ;;
    libatomic1) say 'library that the browser tests need' ;;
    libpangoft2-1.0-0 | libharfbuzz-subset0) say 'text in PDF files' ;;
    fonts-noto-cjk) say 'Chinese letters in PDF files and screenshots' ;;
    shellcheck) say 'checks the shell scripts' ;;
    esac
}

on_debian_12() {
    [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}

# how_to_install PACKAGE…: the message for a machine that this script does not install on.
how_to_install() {
    cat >&2 <<TEXT

This machine is not a Debian 12, so nothing is installed on it by itself. It lacks what these
Debian packages hold: $*

Please install it, then run the same command again. Under other systems it is usually called:
  Debian 13:      apt-get install python3-venv postgresql-17 postgresql-17-postgis-3
  Ubuntu 24.04:   apt-get install python3-venv postgresql-16 postgresql-16-postgis-3
  Fedora:         dnf install python3 postgresql-server postgresql-contrib postgis
  macOS:          brew install python@3.12 postgresql@17 postgis
And Pango with the fonts Noto Sans CJK, for PDF files; for 'make test' also Chromium (or Chrome)
and shellcheck.
Needed: Python 3.11 to 3.13 with venv; PostgreSQL 15 or newer with PostGIS 3.3 or newer, pg_trgm,
ltree and btree_gist. These systems have not been tried.
TEXT
    exit 1
}

# as_root COMMAND…: run it as root, by sudo where needed.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

may_become_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

# install_packages PACKAGE…
install_packages() {
    may_become_root || fail "installing packages needs root, and there is no sudo. As root, run:
  apt-get update && apt-get install --no-install-recommends $*
then run the same command again."
    if [ "$(id -u)" -ne 0 ]; then
        say "sudo may ask for your password."
        sudo -v
    fi
    step 'Debian packages' install_with_apt "$@"
}

install_with_apt() {
    local no_cluster=/etc/postgresql-common/createcluster.d/sanbai-setup.conf
    local code=0
    if [ -n "$(dpkg --audit)" ]; then
        as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a
    fi
    # PostgreSQL's package would start a cluster of its own on port 5432; ours is apart from it.
    as_root mkdir -p "${no_cluster%/*}"
    say 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    apt_get update && apt_get install --no-install-recommends "$@" || code=$?
    as_root rm -f "$no_cluster"
    return "$code"
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get --yes -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confold "$@"
}
