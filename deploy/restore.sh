#!/bin/sh
# Brings back what deploy/backup.sh has saved, on a host that has nothing yet: deploy/restore.sh FILE, then docker compose up.
set -eu

die() { echo "switchboard: $*" >&2; exit 64; }

[ "$#" -eq 1 ] || die "say where from: deploy/restore.sh FILE"
[ -r "$1" ] || die "$1 cannot be read"
case $1 in /*) file=$1 ;; *) file=$PWD/$1 ;; esac
cd "$(dirname "$0")/.."

compose() { docker compose --progress quiet "$@"; }
[ -z "$(compose ps --quiet)" ] || die "it runs here: docker compose down first"
# All of it is read once before anything is written: a file that was cut off restores nothing.
held=$(compose run --rm -T --no-deps --entrypoint "tar --list" backup <"$file") || die "$1 is damaged, or is no backup"
case $held in *secrets/made.json*) ;; *) die "$1 is no backup of Switchboard" ;; esac
compose run --rm -T --no-deps restore <"$file"
echo "restored; start it with: docker compose up -d"
