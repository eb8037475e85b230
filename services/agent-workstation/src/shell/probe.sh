# Run inside the sandbox: says what holds it does not keep, a sentence each, and nothing when it keeps them all.
# $1 is a file of the host outside the workspace; $2 a port on which the agent listens on 127.0.0.1.
refuse() { echo "$1"; exit 1; }

while read -r name value _; do
  case $name$value in
    Cap*:0000000000000000 | NoNewPrivs:1 | Seccomp:2) ;;
    Cap*:* | NoNewPrivs:* | Seccomp:*) refuse "a command keeps privileges ($name $value)" ;;
  esac
done < /proc/self/status
[ -e "$1" ] && refuse 'files outside the workspace are in reach'
(: < /proc/1/environ) 2> /dev/null && refuse 'other processes can be read'
for path in /probe /usr/probe /etc/probe /dev/probe /proc/sys/kernel/hostname /proc/self/comm; do
  (: > "$path") 2> /dev/null && refuse "$path can be written"
done
unshare --user true 2> /dev/null && refuse 'new user namespaces can be made'
perl -e 'exit !socket(my $socket, 40, 1, 0)' && refuse 'sockets to the hypervisor can be made'
perl -e '
  socket(my $socket, 2, 1, 0) or exit 1;
  exit !connect($socket, pack("S n a4 x8", 2, $ARGV[0], "\x7f\0\0\1"));
' "$2" && refuse 'the network of the host is in reach'
for folder in /workspace /tmp "$HOME"; do
  file=$(mktemp "$folder/.probe-XXXXXX" 2> /dev/null) || refuse "$folder cannot be written"
  chmod 4755 "$file" 2> /dev/null && refuse 'set-user-id programs can be made'
  rm -f "$file"
done
node --version > /dev/null 2>&1 || refuse 'the JavaScript runtime does not start'
exit 0
