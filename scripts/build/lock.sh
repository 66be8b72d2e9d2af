#!/bin/sh
# Resolve every requirements.in to a requirements.txt with hashes, for all Python versions and
# platforms at once. The emulator says in its pyproject.toml what it needs. What is pinned already
# stays as it is (make lock); with --upgrade the newest versions are taken (make upgrade).
set -eu

upgrade=${1:-}

lock() {
    target=$1
    shift
    .tools/uv/bin/uv pip compile --quiet ${upgrade:+"$upgrade"} --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
        "$@" "$target.in" --output-file "$target.txt"
}

emulator=scripts/emulator/pyproject.toml

lock scripts/uv/requirements
lock src/requirements
lock scripts/requirements --constraint src/requirements.txt "$emulator"
lock tests/requirements --constraint scripts/requirements.txt "$emulator" --extra tests
lock tests/checkov/requirements
