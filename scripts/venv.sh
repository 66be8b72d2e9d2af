#!/bin/sh
# Create a virtual environment from hashed requirements, once per version of the requirements.
#
#   scripts/venv.sh VENV REQUIREMENTS [SOURCE [SUPERSET]]
#
# SOURCE is a folder of this repository with Python packages, which are imported as they lie there.
# REQUIREMENTS hold what they need. SUPERSET are requirements that include those of REQUIREMENTS with
# the same pins: where they are installed, nothing is left to do.
#
# The only step that runs before Python packages exist, so it is plain POSIX shell.
set -eu

venv=$1
requirements=$2
source=${3:-}
superset=${4:-}
# The path belongs to it: a source is found by its absolute path, and folders are copied.
stamp_of() {
    content=$(pwd && cat "$1")
    printf '%s/.installed-%s' "$venv" "$(printf '%s' "$content" | cksum | tr ' ' '-')"
}
stamp=$(stamp_of "$requirements")
[ -e "$stamp" ] && exit 0
[ -n "$superset" ] && [ -e "$(stamp_of "$superset")" ] && exit 0

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Pip, uv and venv answer Ctrl-C in their own ways: what they say counts only where they fail by themselves.
trap 'printf "\nInterrupted while installing %s. Run the same command again.\n" "$requirements" >&2; exit 130' INT
quietly() {
    said=$("$@" 2>&1) && return
    printf '%s\n' "$said" >&2
    return 1
}

usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python=
[ -z "${PYTHON:-}" ] || usable "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer."
# The last one made the environment that is there already.
made_by=$("$venv/bin/python" -c 'import sys; print(sys._base_executable)' 2>/dev/null) || made_by=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 "$made_by"; do
    if usable "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python3.12"

# The pip of that Python installs for others. Where it has none, each environment gets its own, which
# takes as long as all the rest of it.
has_pip() { "$1" -c 'import pip' >/dev/null 2>&1; }
lender=$venv/bin/python bare=
if has_pip "$python"; then
    lender=$python bare=yes
fi
pip() {
    "$lender" -m pip --disable-pip-version-check "$@"
}

# A creation that was interrupted leaves a Python without pip behind.
if ! usable "$venv/bin/python" || ! has_pip "$lender"; then
    printf 'Creating %s with %s\n' "$venv" "$("$python" --version)"
    [ -n "$bare" ] || "$python" -c 'import ensurepip' >/dev/null 2>&1 ||
        fail "Python's venv module is missing; on Debian and Ubuntu install it with: sudo apt install python3-venv"
    quietly "$python" -m venv --clear ${bare:+--without-pip} "$venv" ||
        fail "$venv could not be created; see the lines above."
fi

# uv takes a fraction of pip's time, and has an environment of its own. It does not read pip's
# configuration: where that names an index, or anything goes wrong, pip installs.
with_uv() {
    [ "$venv" != .tools/uv ] || return 1
    case $(pip config list) in *.index-url=* | *no-index=*) return 1 ;; esac
    PIP_ONLY_BINARY=:all: sh "$0" .tools/uv scripts/uv/requirements.txt || return 1
    .tools/uv/bin/uv pip install --no-deps --require-hashes --python "$venv/bin/python" --requirement "$requirements"
}

printf 'Installing %s\n' "$requirements"
# Python compiles a module when it is first imported. Pip would compile all of them, most of which
# are never used: half of its time.
(with_uv) >/dev/null 2>&1 ||
    quietly pip --python "$venv/bin/python" install -qq --no-compile --require-hashes \
        --requirement "$requirements" ||
    fail "The packages of $requirements could not be installed; see the lines above. This step needs a package index."
if [ -n "$source" ]; then
    # As `pip install --editable` does it, without a second pip.
    for packages in "$venv"/lib/python3.*/site-packages; do
        printf '%s/%s\n' "$(pwd)" "$source" >"$packages/source.pth"
    done
fi
# One stamp at a time: another set of requirements may have changed what this one installed.
rm -f "$venv"/.installed-*
touch "$stamp"
