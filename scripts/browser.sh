#!/bin/sh
# Find a Chromium for the tests of web pages, or install one; its path goes into a file.
#
#   scripts/browser.sh FILE
#
# CHROMIUM=/path/to/chromium wins. Nothing else of the project needs a browser.
set -eu

file=$1
if [ -z "${CHROMIUM:-}" ] && [ -s "$file" ] && [ -x "$(cat "$file")" ]; then
    exit 0
fi

find_browser() {
    for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        [ -n "$candidate" ] && command -v "$candidate" && return 0
    done
    return 1
}

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    printf 'Installing chromium for the tests of web pages\n' >&2
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } >/dev/null 2>&1
}

from_playwright() {
    printf 'Downloading Chromium for the tests of web pages\n' >&2
    PLAYWRIGHT_BROWSERS_PATH="$(dirname "$file")/browsers" &&
        export PLAYWRIGHT_BROWSERS_PATH &&
        .venv/bin/playwright install chromium >/dev/null 2>&1 &&
        .venv/bin/python -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)'
}

if [ -n "${CHROMIUM:-}" ] && ! command -v "$CHROMIUM" >/dev/null; then
    echo "CHROMIUM=$CHROMIUM is no program; name one, for example CHROMIUM=/usr/bin/chromium" >&2
    exit 1
fi
if found=$(find_browser) || { from_debian && found=$(find_browser); } || found=$(from_playwright); then
    mkdir -p "$(dirname "$file")"
    printf '%s\n' "$found" >"$file"
    exit 0
fi
echo "The tests of web pages need Chromium or Chrome; install one, or name it: CHROMIUM=/path/to/chromium" >&2
exit 1
