#!/bin/sh
# Rebuilds headway-plan.jar from the sources beside it: sh build.sh FOLDER_WITH_MPXJ_JARS
set -eu
cd "$(dirname "$0")"
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac --release 11 -Xlint:all,-path -encoding UTF-8 -cp "$1/*" -d "$classes" src/headway/plan/*.java
cp -r src/META-INF "$classes/"
find "$classes" -exec touch -t 202601010000.00 {} +
jar --create --file headway-plan.jar -C "$classes" META-INF -C "$classes" headway
