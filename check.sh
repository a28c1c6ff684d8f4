#!/usr/bin/env bash
# Everything that must hold: format, lints, all tests, documentation. One line a step; the output of a step that fails.
# On Debian and Ubuntu it first installs what the tests need and is missing, as root or by sudo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Tests start groups of six real server processes and give them bounded time. Two tests at once are what two cores
# carry; with one thread a core, a machine with many cores would start dozens of servers at the same moment.
export RUST_TEST_THREADS="${RUST_TEST_THREADS:-2}"

output=$(mktemp)
trap 'rm -f "$output"' EXIT

# step TEXT COMMAND…: runs a command and says how long it took; on failure shows what it wrote, and ends.
step() {
    local text=$1 start=$SECONDS status=0
    shift
    printf '%-62s' "$text"
    "$@" >"$output" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        echo "FAILED after $((SECONDS - start)) s"
        cat "$output"
        exit "$status"
    fi
    echo "ok, $((SECONDS - start)) s"
    grep '^test result' "$output" || true
}

# What the tests need: a test for it, and the package of Debian and Ubuntu that has it.
has_compiler() { command -v cc; }
has_headers() { echo '#include <stdio.h>' | cc -E - -o /dev/null; }
has_python() { command -v python3; }
has_pip() { python3 -m pip --version; }
has_ps() { command -v ps; }
has_sqlite() { command -v sqlite3; }
# Debian keeps the servers of PostgreSQL away from the search path, one folder a version.
has_postgres() { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; }
has_mariadb() { PATH=$PATH:/usr/sbin command -v mariadbd && command -v mariadb-install-db; }
has_rabbitmq() { PATH=$PATH:/usr/sbin command -v rabbitmq-server; }
has_wrk() { command -v wrk; }
has_display() { command -v Xvfb; }
# The window loads these when it opens; the linker's cache knows them on Linux. On macOS they are part of the system.
has_library() { ! PATH=$PATH:/sbin command -v ldconfig || [[ $(PATH=$PATH:/sbin ldconfig -p) == *"$1"* ]]; }
has_chinese() {
    [ -n "$(find -L /usr/share/fonts /usr/local/share/fonts /System/Library/Fonts "$HOME/.local/share/fonts" \
        \( -iname '*CJK*' -o -iname '*SourceHanSans*' -o -iname 'PingFang*' \) -print -quit 2>/dev/null)" ]
}

missing_packages() {
    has_compiler &>/dev/null || echo gcc
    has_headers &>/dev/null || echo libc6-dev
    has_python &>/dev/null || echo python3
    has_pip &>/dev/null || echo python3-pip
    has_ps &>/dev/null || echo procps
    has_sqlite &>/dev/null || echo sqlite3
    has_postgres &>/dev/null || echo postgresql
    has_mariadb &>/dev/null || echo mariadb-server
    has_rabbitmq &>/dev/null || echo rabbitmq-server
    has_wrk &>/dev/null || echo wrk
    has_display &>/dev/null || echo xvfb
    has_chinese &>/dev/null || echo fonts-noto-cjk
    has_library libfontconfig.so.1 &>/dev/null || echo libfontconfig1
    has_library libX11.so.6 &>/dev/null || echo libx11-6
    has_library libX11-xcb.so.1 &>/dev/null || echo libx11-xcb1
    has_library libXcursor.so.1 &>/dev/null || echo libxcursor1
    has_library libXi.so.6 &>/dev/null || echo libxi6
    has_library libXrandr.so.2 &>/dev/null || echo libxrandr2
    has_library libxkbcommon-x11.so.0 &>/dev/null || echo libxkbcommon-x11-0
    has_library libGL.so.1 &>/dev/null || echo libgl1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

read -r -a missing <<<"$(missing_packages | tr '\n' ' ')"
if [ "${#missing[@]}" -gt 0 ]; then
    if ! command -v apt-get >/dev/null; then
        echo "Missing here (by their names on Debian): ${missing[*]}"
        echo "Install a C compiler with its headers, python3 with pip, ps, sqlite3, PostgreSQL, MariaDB, wrk and Xvfb, then start again."
        exit 1
    elif [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "Missing: ${missing[*]}. As root: apt-get install ${missing[*]}"
        exit 1
    fi
    step "Install ${missing[*]}" install_packages "${missing[@]}"
fi

if ! command -v cargo >/dev/null; then
    echo "cargo is missing. Get Rust 1.95 or later from https://rustup.rs:"
    echo "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    exit 1
fi
if ! cargo fmt --version &>/dev/null || ! cargo clippy --version &>/dev/null; then
    echo "rustfmt or clippy is missing: rustup component add rustfmt clippy"
    exit 1
fi

step "Format: cargo fmt --check" cargo fmt --check
# With `inspection` the end-to-end test can drive the real window on a virtual display.
features=(--features inspection)
step "Lints: cargo clippy, warnings are errors" cargo clippy --all-targets "${features[@]}" --locked -- -D warnings
step "Tests: unit, real servers, window, reference, tidy, documentation" \
    cargo test --quiet "${features[@]}" --locked --no-fail-fast
step "Documentation: cargo doc, warnings are errors" \
    env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked
echo "Everything holds."
