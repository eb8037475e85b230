# Makes the sandbox of one command out of kernel namespaces, and runs the command in it (docs/adr/0005-command-sandbox.md).
#
#   perl sandbox.pl machine=x64 workspace=/home/me/files folder=. node=/opt/node filter=<hex> ... -- program argument...
#
# Three processes. The keeper, started by the agent, stays outside and waits on the life line (descriptor 4): when the
# agent closes it or dies, the keeper kills init, and with init all else ends. Init is process 1 of the namespaces: it
# builds the root, starts the command, reaps orphans. The command has no privilege.
# What happens is told on descriptor 3, a line each: `pipes`, `ready`, `exit`, `signal`, `exec`, `folder`, `failed`.
use strict;
use warnings;

open(my $control, '+<&=', 3) or exit 1;
open(my $life,    '<&=',  4) or exit 1;
local $SIG{__DIE__} = sub { failed($_[0]) };

my %option;
while (defined(my $word = shift @ARGV)) {
    last if $word eq '--';
    my ($name, $value) = split /=/, $word, 2;
    push @{ $option{$name} }, $value;
}
sub option { my ($name) = @_; my $values = $option{$name} or failed("option $name is missing"); return $values->[0] }

# name => [x86-64, arm64]; arm64 has the numbers of the kernel's include/uapi/asm-generic/unistd.h.
my %calls = (
    capset => [126, 91], close_range => [436, 436], mount => [165, 40], mount_setattr => [442, 442],
    move_mount => [429, 429], open_tree => [428, 428], pivot_root => [155, 41], prctl => [157, 167],
    prlimit => [302, 261], setgroups => [116, 159], sethostname => [170, 161], setresgid => [119, 149],
    setresuid => [117, 147], umount => [166, 39], unshare => [272, 97],
);
my %column = (x64 => 0, arm64 => 1);
my $column = $column{ option('machine') };
defined $column or failed('this processor is not supported');

use constant {
    CLONE_NEWNS => 0x00020000, CLONE_NEWCGROUP => 0x02000000, CLONE_NEWUTS => 0x04000000, CLONE_NEWIPC => 0x08000000,
    CLONE_NEWUSER => 0x10000000, CLONE_NEWPID => 0x20000000, CLONE_NEWNET => 0x40000000,
    MS_RDONLY => 1, MS_NOSUID => 2, MS_NODEV => 4, MS_NOEXEC => 8, MS_BIND => 4096, MS_REC => 16384, MS_PRIVATE => 1 << 18,
    ATTR_RDONLY => 1, ATTR_NOSUID => 2, ATTR_NODEV => 4, ATTR_IDMAP => 0x00100000, MNT_DETACH => 2,
    AT_FDCWD => -100, AT_RECURSIVE => 0x8000, AT_EMPTY_PATH => 0x1000, MOVE_MOUNT_F_EMPTY_PATH => 4,
    OPEN_TREE_CLONE => 1, OPEN_TREE_CLOEXEC => 02000000,
    PR_SET_PDEATHSIG => 1, PR_SET_SECCOMP => 22, PR_CAPBSET_DROP => 24, PR_SET_NO_NEW_PRIVS => 38,
    SECCOMP_MODE_FILTER => 2, CAPABILITY_V3 => 0x20080522, SIGKILL => 9, F_SETFD => 2, FD_CLOEXEC => 1,
    AF_INET => 2, SOCK_DGRAM => 2, SIOCSIFFLAGS => 0x8914, IFF_UP => 1,
    # Who the command is in the sandbox; and to the host, when root runs the agent: somebody who owns nothing there.
    USER => 1000, STRANGER => 2_000_000_000,
    # Both are there everywhere, and hide nothing that is shown later.
    STAGE => '/sys', NEW_ROOT => '/proc',
};

# Programs need these to run; nothing else of the host's /etc is seen, and what would name its people is written anew.
my @etc = qw(alternatives debian_version fonts java-11-openjdk java-17-openjdk java-21-openjdk java-25-openjdk
    ld.so.cache ld.so.conf ld.so.conf.d locale.alias localtime magic mime.types os-release ssl/certs timezone);
my %written = (
    'etc/passwd' => "root:x:0:0::/:/bin/sh\nuser:x:@{[USER]}:@{[USER]}::$ENV{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    'etc/group'         => "root:x:0:\nuser:x:@{[USER]}:\nnogroup:x:65534:\n",
    'etc/hosts'         => "127.0.0.1 localhost sandbox\n",
    'etc/nsswitch.conf' => "passwd: files\ngroup: files\nhosts: files\n",
);

sub report { my ($line) = @_; $line =~ tr/\n/ /; syswrite($control, "$line\n") }
sub failed { my ($what) = @_; report("failed $what"); exit 1 }

# Numbers go as they are, strings as pointers: copied, because syscall takes no read-only string. Undefined on failure.
sub attempt {
    my ($name, @arguments) = @_;
    my $result = syscall($calls{$name}[$column], @arguments);
    return $result == -1 ? undef : $result;
}
sub call { my ($name, @arguments) = @_; return attempt($name, @arguments) // failed("$name: $!") }
sub attributes { my ($set, $namespace) = @_; return (pack('Q4', $set, 0, 0, $namespace // 0), 32) }

sub write_file {
    my ($path, $text) = @_;
    open(my $file, '>', $path) or return 0;
    return defined(syswrite($file, $text)) && close($file);
}
sub spill { my ($path, $text) = @_; write_file($path, $text) or failed("$path: $!") }

sub folder {
    my ($path) = @_;
    my $made = NEW_ROOT;
    for my $part (split m{/}, $path) { $made .= "/$part"; -d $made or mkdir($made, 0755) or failed("$made: $!") }
    return $made;
}

# Shows a file or folder of the host, with all that is mounted beneath it.
sub show {
    my ($source, $path, $set) = @_;
    my $target = NEW_ROOT . "/$path";
    if (-d $source) { folder($path) }
    else { folder($path =~ s{[^/]*$}{}r); spill($target, '') }
    call('mount', $source, $target, 0, MS_BIND | MS_REC, 0);
    call('mount_setattr', AT_FDCWD, $target, AT_RECURSIVE, attributes($set)) if $set;
}

# Runs a child that ends with what it returns; the reading end of a pipe that it or its parent holds open until a point.
sub begin { my ($work) = @_; defined(my $child = fork) or failed("fork: $!"); $child or exit !$work->(); return $child }
sub gate { pipe(my $closed, my $open) or failed("pipe: $!"); return ($closed, $open) }
sub await { my ($closed) = @_; sysread($closed, my $nothing, 1) }

# Lets one user and group of the host be one of a process's user namespace; that process cannot give itself other ids.
sub map_ids {
    my ($process, $outer, $inner) = @_;
    return write_file("/proc/$process/uid_map", "$inner->[0] $outer->[0] 1")
        && write_file("/proc/$process/setgroups", 'deny')
        && write_file("/proc/$process/gid_map", "$inner->[1] $outer->[1] 1");
}

# An ID-mapped mount (mount_setattr(2)): in this tree the owner's files are STRANGER's. Not every file system has it.
sub lend {
    my ($tree, $owner) = @_;
    my ($made, $making) = gate();
    my $holder = begin(sub { close $made; attempt('unshare', CLONE_NEWUSER); close $making; sleep 10 });
    close $making;
    await($made);
    my $mapped = map_ids($holder, [STRANGER, STRANGER], $owner);
    open(my $namespace, '<', "/proc/$holder/ns/user") or failed("namespace: $!");
    my @set = attributes(ATTR_IDMAP, fileno $namespace);
    my $lent = $mapped && defined attempt('mount_setattr', $tree, '', AT_EMPTY_PATH | AT_RECURSIVE, @set);
    kill 'KILL', $holder;
    waitpid($holder, 0);
    return $lent;
}

# For root: takes the workspace and the JavaScript runtime to where somebody else can reach them. Returns who that is:
# where files cannot be lent it is the workspace's owner, and if that is root, then root without any privilege.
sub stage {
    my @owner = (stat option('workspace'))[4, 5];
    @owner or failed("the workspace: $!");
    # Root of a user namespace may have been denied this, and then has no groups but its user's.
    attempt('setgroups', 0, 0);
    call('unshare', CLONE_NEWNS);
    call('mount', 'none', '/', 0, MS_REC | MS_PRIVATE, 0);
    call('mount', 'tmpfs', STAGE, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=0755,size=64k');
    my ($workspace, $node) = (STAGE . '/workspace', STAGE . '/node');
    my $tree = call('open_tree', AT_FDCWD, option('workspace'), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    my $lent = lend($tree, \@owner);
    mkdir($workspace) or failed("$workspace: $!");
    call('move_mount', $tree, '', AT_FDCWD, $workspace, MOVE_MOUNT_F_EMPTY_PATH);
    spill($node, '');
    call('mount', option('node'), $node, 0, MS_BIND, 0);
    @option{qw(workspace node)} = ([$workspace], [$node]);
    return $lent ? (STRANGER, STRANGER) : @owner;
}

sub build_root {
    call('mount', 'none', '/', 0, MS_REC | MS_PRIVATE, 0);
    call('mount', 'tmpfs', NEW_ROOT, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=0755,size=1m,nr_inodes=512');
    my $fixed = ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV;
    show('/usr', 'usr', $fixed);
    for my $name (qw(bin sbin lib lib32 lib64 libx32)) {
        if (-l "/$name") { symlink(readlink("/$name"), NEW_ROOT . "/$name") or failed("/$name: $!") }
        elsif (-d "/$name") { show("/$name", $name, $fixed) }
    }
    folder('etc');
    for my $name (@etc) { show("/etc/$name", "etc/$name", $fixed) if -e "/etc/$name" }
    spill(NEW_ROOT . "/$_", $written{$_}) for keys %written;
    for my $path (@{ $option{hidden} // [] }) {
        my $target = NEW_ROOT . $path;
        call('mount', 'tmpfs', $target, 'tmpfs', MS_RDONLY, 'mode=0555,size=4k') if -d $target;
    }
    show("/dev/$_", "dev/$_", 0) for qw(null zero full random urandom);
    symlink("/proc/self/$_->[1]", NEW_ROOT . "/dev/$_->[0]")
        for ['fd', 'fd'], ['stdin', 'fd/0'], ['stdout', 'fd/1'], ['stderr', 'fd/2'];
    symlink('/tmp', NEW_ROOT . '/dev/shm');
    show(option('node'), 'opt/switchboard/bin/node', $fixed);
    # Read-only as a whole: files in it are guarded by owner alone, and the host's root may be the owner.
    call('mount', 'proc', folder('proc'), 'proc', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
    call('mount', 'tmpfs', folder('tmp'), 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=1777,nr_inodes=65536,size=' . option('tmp'));
    folder('tmp/home');
    show(option('workspace'), 'workspace', ATTR_NOSUID | ATTR_NODEV);
    call('mount_setattr', AT_FDCWD, NEW_ROOT, 0, attributes($fixed));
    # pivot_root(2): the new root on top of the old one, which is then let go.
    chdir(NEW_ROOT) or failed("chdir: $!");
    call('pivot_root', '.', '.');
    call('umount', '.', MNT_DETACH);
    chdir('/') or failed("chdir: $!");
}

sub bring_loopback_up {
    socket(my $socket, AF_INET, SOCK_DGRAM, 0) or failed("socket: $!");
    my $request = pack('a16 s x22', 'lo', IFF_UP);
    ioctl($socket, SIOCSIFFLAGS, $request) or failed("loopback: $!");
}

# Nothing that the command is or starts can gain a privilege after this.
sub confine {
    setpriority(0, 0, option('nice'));
    call('prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for my $capability (0 .. 63) { attempt('prctl', PR_CAPBSET_DROP, $capability, 0, 0, 0) // last }
    call('capset', pack('LL', CAPABILITY_V3, 0), pack('L6', (0) x 6));
    for my $limit (@{ $option{limit} // [] }) {
        my ($resource, $most) = map { int } split /:/, $limit;
        my $now = pack('QQ', 0, 0);
        syscall($calls{prlimit}[$column], 0, $resource, 0, $now) == 0 or failed("getrlimit: $!");
        my (undef, $hard) = unpack('QQ', $now);
        $most = $hard if $hard < $most;
        call('prlimit', 0, $resource, pack('QQ', $most, $most), 0);
    }
    my $filter = pack('H*', option('filter'));
    call('prctl', PR_SET_SECCOMP, SECCOMP_MODE_FILTER, pack('S x6 P', length($filter) / 8, $filter), 0, 0);
}

sub run_command {
    my $command = begin(sub {
        confine();
        fcntl($control, F_SETFD, FD_CLOEXEC);
        no warnings 'exec';
        exec { $ARGV[0] } @ARGV;
        report('exec ' . int($!));
    });
    open(STDIN, '<', '/dev/null');
    while ((my $ended = wait) != -1) {
        next if $ended != $command;
        report($? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8));
        exit 0;
    }
}

sub init {
    $0 = 'init';
    close $life;
    call('setresgid', USER, USER, USER);
    call('setresuid', USER, USER, USER);
    call('prctl', PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    my $self = readlink('/proc/self') or failed("/proc/self: $!");
    # No user namespace beneath this one, so that nobody in it gets capabilities back.
    spill('/proc/sys/user/max_user_namespaces', '0');
    build_root();
    bring_loopback_up();
    call('sethostname', 'sandbox', 7);
    my $folder = option('folder');
    chdir("/workspace/$folder") or do { report('folder'); exit 1 };
    report("ready $self");
    run_command();
}

# Pipes, not the sockets that the agent's runtime would give: /dev/stdout cannot be opened when it is a socket. The
# agent opens the other ends through this process's /proc.
sub take_pipes {
    my ($out_read, $out) = gate();
    my ($err_read, $err) = gate();
    my ($in, $in_write) = gate();
    # A command that is another user to the host opens them too; nobody else finds the way to them.
    chmod(0666, $out, $err, $in) == 3 or failed("chmod: $!");
    report(join ' ', 'pipes', map { fileno($_) } $out_read, $err_read, $in_write);
    sysread($control, my $opened, 1) or exit 1;
    open(STDOUT, '>&', $out) && open(STDERR, '>&', $err) or failed("dup: $!");
    if (option('stdin')) { open(STDIN, '<&', $in) or failed("dup: $!") }
}

# What the agent was started with and does not know of is not the command's to have.
call('close_range', 5, 0xffffffff, 0);
take_pipes();
spill('/proc/self/oom_score_adj', '1000');
my @outside = $> == 0 ? stage() : ($>, split ' ', $));
my ($unshared, $unsharing) = gate();
my $keeper = $$;
my $mapper = begin(sub { close $unsharing; await($unshared); map_ids($keeper, \@outside, [USER, USER]) });
call('unshare', CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
close $unsharing;
waitpid($mapper, 0);
$? == 0 or failed('the user namespace cannot be set up');
my $init = begin(\&init);
close $control;
close $_ for *STDIN, *STDOUT, *STDERR;
# Waits for the agent, but not for ever: an agent that hangs does not keep a command alive.
vec(my $waiting = '', fileno($life), 1) = 1;
select($waiting, undef, undef, option('seconds'));
kill 'KILL', $init;
waitpid($init, 0);
