# Run inside the sandbox: says what holds it does not keep, a sentence each, and nothing when it keeps them all.
# $1 is a file of the agent's outside the workspace, in a folder of its own with a socket `socket`; $2 a port on which the
# agent listens on 127.0.0.1; $3 a process of the agent's.
refuse() { echo "$1"; exit 1; }

# PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP and capget(2), because /proc/self/status is not for every command to read.
perl -e '
  use POSIX ();
  my ($prctl, $capget) = @{ { x86_64 => [157, 125], aarch64 => [167, 90] }->{ (POSIX::uname())[4] } };
  my ($header, $capabilities) = (pack("LL", 0x20080522, 0), "\xff" x 24);
  my $has = syscall($capget, $header, $capabilities);
  exit !($has == 0 && $capabilities eq "\0" x 24
    && syscall($prctl, 39, 0, 0, 0, 0) == 1 && syscall($prctl, 21, 0, 0, 0, 0) == 2);
' || refuse 'a command keeps privileges'
(: < "$1") 2> /dev/null && refuse 'files outside the workspace can be read'
(: > "${1%/*}/made") 2> /dev/null && refuse 'files outside the workspace can be made'
chmod 0 "$1" 2> /dev/null && refuse 'files outside the workspace can be changed'
ln "$1" linked 2> /dev/null && refuse 'files outside the workspace can be linked'
for process in 1 "$3"; do
  (: < "/proc/$process/environ") 2> /dev/null && refuse 'other processes can be read'
done
for path in /probe /usr/probe /etc/probe /dev/probe /proc/sys/kernel/hostname /proc/self/comm; do
  (: > "$path") 2> /dev/null && refuse "$path can be written"
done
unshare --user true 2> /dev/null && refuse 'new user namespaces can be made'
perl -e 'exit !socket(my $socket, 40, 1, 0)' && refuse 'sockets to the hypervisor can be made'
perl -e '
  socket(my $socket, 2, 1, 0) or exit 1;
  exit !connect($socket, pack("S n a4 x8", 2, $ARGV[0], "\x7f\0\0\1"));
' "$2" && refuse 'the network of the host is in reach'
perl -e '
  socket(my $socket, 1, 1, 0) or exit 1;
  exit !connect($socket, pack("S a*", 1, $ARGV[0]));
' "${1%/*}/socket" && refuse 'programs of the host are in reach'
for folder in "$PWD" "$TMPDIR" "$HOME"; do
  file=$(mktemp "$folder/.probe-XXXXXX" 2> /dev/null) || refuse "$folder cannot be written"
  chmod 4755 "$file" 2> /dev/null && refuse 'set-user-id programs can be made'
  rm -f "$file"
done
node --version > /dev/null 2>&1 || refuse 'the JavaScript runtime does not start'
kill -KILL "$3" 2> /dev/null
exit 0
