# The fence of namespaces for sandbox.pl: a root, processes and a network of the command's own (docs/adr/0005-command-sandbox.md).
# Init is process 1 of the namespaces: when the keeper kills it, all else ends.
use strict;
use warnings;

use constant {
    CLONE_NEWNS => 0x00020000, CLONE_NEWCGROUP => 0x02000000, CLONE_NEWUTS => 0x04000000, CLONE_NEWIPC => 0x08000000,
    CLONE_NEWUSER => 0x10000000, CLONE_NEWPID => 0x20000000, CLONE_NEWNET => 0x40000000,
    MS_RDONLY => 1, MS_NOSUID => 2, MS_NODEV => 4, MS_NOEXEC => 8, MS_BIND => 4096, MS_REC => 16384, MS_PRIVATE => 1 << 18,
    ATTR_RDONLY => 1, ATTR_NOSUID => 2, ATTR_NODEV => 4, ATTR_IDMAP => 0x00100000, MNT_DETACH => 2,
    AT_FDCWD => -100, AT_RECURSIVE => 0x8000, AT_EMPTY_PATH => 0x1000, MOVE_MOUNT_F_EMPTY_PATH => 4,
    OPEN_TREE_CLONE => 1, OPEN_TREE_CLOEXEC => 02000000,
    PR_SET_SECCOMP => 22, SECCOMP_MODE_FILTER => 2, AF_INET => 2, SOCK_DGRAM => 2, SIOCSIFFLAGS => 0x8914, IFF_UP => 1,
    # Who the command is in the sandbox; and to the host, when root runs the agent: somebody who owns nothing there.
    USER => 1000, STRANGER => 2_000_000_000,
    # Both are there everywhere, and hide nothing that is shown later.
    STAGE => '/sys', NEW_ROOT => '/proc',
};

# What would name the people of the host is written anew.
my %written = (
    'etc/passwd' => "root:x:0:0::/:/bin/sh\nuser:x:@{[USER]}:@{[USER]}::$ENV{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    'etc/group'         => "root:x:0:\nuser:x:@{[USER]}:\nnogroup:x:65534:\n",
    'etc/hosts'         => "127.0.0.1 localhost sandbox\n",
    'etc/nsswitch.conf' => "passwd: files\ngroup: files\nhosts: files\n",
);

sub attributes { my ($set, $namespace) = @_; return (pack('Q4', $set, 0, 0, $namespace // 0), 32) }

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
    set_option(workspace => $workspace);
    set_option(node => $node);
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
    for my $name (etc()) { show("/etc/$name", "etc/$name", $fixed) if -e "/etc/$name" }
    spill(NEW_ROOT . "/$_", $written{$_}) for keys %written;
    for my $path (options('hidden')) {
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

# In the keeper: from here on, whatever it starts is in the namespaces.
sub enclose {
    my @outside = $> == 0 ? stage() : ($>, split ' ', $));
    my ($unshared, $unsharing) = gate();
    my $keeper = $$;
    my $mapper = begin(sub { close $unsharing; await($unshared); map_ids($keeper, \@outside, [USER, USER]) });
    call('unshare', CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
    close $unsharing;
    waitpid($mapper, 0);
    $? == 0 or failed('the user namespace cannot be set up');
}

# In init: makes the command's surroundings, and returns its workspace.
sub furnish {
    call('setresgid', USER, USER, USER);
    call('setresuid', USER, USER, USER);
    call('prctl', PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    # No user namespace beneath this one, so that nobody in it gets capabilities back.
    spill('/proc/sys/user/max_user_namespaces', '0');
    build_root();
    bring_loopback_up();
    call('sethostname', 'sandbox', 7);
    return '/workspace';
}

# In the command itself, which is in its namespaces already.
sub restrict { my ($filter) = @_; call('prctl', PR_SET_SECCOMP, SECCOMP_MODE_FILTER, $filter, 0, 0) }

# Nobody asks the keeper for anything.
sub desk { }
sub attend { }

# In the keeper: nothing of the command is left when it returns.
sub finish {
    my ($init) = @_;
    kill 'KILL', $init;
    waitpid($init, 0);
}

1;
