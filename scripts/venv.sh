#!/bin/sh
# Create a virtual environment from hashed requirements, once per version of the requirements.
#
#   scripts/venv.sh VENV REQUIREMENTS
#
# The only step that runs before Python packages exist, so it is plain POSIX shell.
set -eu

venv=$1
requirements=$2
stamp="$venv/.installed-$(cksum <"$requirements" | tr ' ' '-')"
[ -e "$stamp" ] && exit 0

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# A creation that was interrupted leaves a Python without pip behind.
if ! usable "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if usable "$candidate"; then
            python=$candidate
            break
        fi
    done
    [ -n "$python" ] || fail "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python3.12"
    printf 'Creating %s with %s\n' "$venv" "$("$python" --version)"
    "$python" -m venv --clear "$venv" ||
        fail "Python's venv module does not work; on Debian and Ubuntu install it with: sudo apt install python3-venv"
fi

printf 'Installing %s\n' "$requirements"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes \
    --requirement "$requirements" ||
    fail "The packages of $requirements could not be installed; a package index must be reachable the first time."
# One stamp at a time: another set of requirements may have changed what this one installed.
rm -f "$venv"/.installed-*
touch "$stamp"
