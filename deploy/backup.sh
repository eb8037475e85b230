#!/bin/sh
# Saves the whole deployment in one file: deploy/backup.sh FILE. All that runs stands still for the seconds that it takes,
# so that the parts fit one another; it then goes on from where it was. The file holds every key: keep it as one.
set -eu
umask 077

die() { echo "switchboard: $*" >&2; exit 64; }

[ "$#" -eq 1 ] || die "say where to: deploy/backup.sh FILE"
case $1 in /*) file=$1 ;; *) file=$PWD/$1 ;; esac
[ ! -e "$file" ] || die "$1 is there already"
[ -d "$(dirname "$file")" ] || die "there is no folder $(dirname "$1")"
cd "$(dirname "$0")/.."

docker compose config --quiet
[ -n "$(docker volume ls -q --filter "label=com.docker.compose.project=$(docker compose config --format json |
  sed -n 's/^ *"name": "\(.*\)",\{0,1\}$/\1/p' | head -n 1)")" ] || die "there is nothing here to save"

go_on() { [ -z "$running" ] || docker compose --progress quiet unpause >/dev/null 2>&1 || true; }
running=$(docker compose ps --quiet --status running)
trap 'go_on; rm -f "$file.part"' EXIT
trap 'exit 1' INT TERM HUP

started=$(date +%s)
[ -z "$running" ] || docker compose --progress quiet pause >/dev/null
docker compose --progress quiet run --rm -T --no-deps backup >"$file.part"
go_on
running=
sync
mv "$file.part" "$file"
echo "saved $(du -h "$file" | cut -f1) in $1; it stood still for $(($(date +%s) - started)) s"
