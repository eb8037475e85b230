# The fence of Landlock for sandbox.pl: rules that the kernel lays on a process and all that it starts, for where no
# namespaces can be made (docs/adr/0010-landlock-sandbox.md).
#
# Two domains, one in the other. The outer one holds the keeper and init, and forbids only signals to what is outside:
# so kill(-1) reaches all of the command and nothing else, in one step that no fork escapes. The inner one holds the
# command, which reaches neither of them.
use strict;
use warnings;

require(($0 =~ s{[^/]*$}{}r) . 'file-clerk.pl');

use constant {
    RULESET_VERSION => 1, RULE_PATH_BENEATH => 1, VERSION_MIN => 6,
    EXECUTE => 1 << 0, WRITE_FILE => 1 << 1, READ_FILE => 1 << 2, READ_DIR => 1 << 3, REMOVE_DIR => 1 << 4,
    REMOVE_FILE => 1 << 5, MAKE_DIR => 1 << 7, MAKE_REG => 1 << 8, MAKE_FIFO => 1 << 10, MAKE_SYM => 1 << 12,
    REFER => 1 << 13, TRUNCATE => 1 << 14, FS_ALL => (1 << 16) - 1,
    NET_ALL => 3, SCOPE_ABSTRACT_SOCKETS => 1, SCOPE_SIGNALS => 2,
    O_PATH => 010000000,
};
use constant {
    READING  => EXECUTE | READ_FILE | READ_DIR,
    FILES    => EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE,
    WRITING  => EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO
        | MAKE_SYM | REFER | TRUNCATE,
};

# Of /proc, nothing that belongs to a process.
my @proc = qw(cpuinfo filesystems loadavg meminfo stat uptime version sys/kernel/random/uuid sys/vm/overcommit_memory);
# Programs do without these when they are not there, but not when they may not read them.
my @etc = qw(bash.bashrc gai.conf group host.conf hosts inputrc nsswitch.conf passwd perl profile profile.d protocols
    python3 services ssl/openssl.cnf);
my ($keeper, $ruleset, @held);

sub private_folders { my $private = option('private'); return ($private, map { "$private/$_" } qw(bin home tmp)) }

sub writable { my (undef, undef, @own) = private_folders(); return (option('workspace'), @own) }

sub create_ruleset {
    my ($files, $network, $scopes) = @_;
    return call('landlock_create_ruleset', pack('Q3', $files, $network, $scopes), 24, 0);
}

# Allows it for the file, or for all beneath the folder.
sub grant {
    my ($rights, $path) = @_;
    sysopen(my $object, $path, O_PATH) or failed("$path: $!");
    my $allowed = -d $object ? $rights : $rights & FILES;
    call('landlock_add_rule', $ruleset, RULE_PATH_BENEATH, pack('Q l', $allowed, fileno $object), 0);
    # The kernel forgets a file of /proc, and the rule with it, when nobody uses it.
    push @held, $object if $path =~ m{^/proc/};
}

# Lets it be read, but for what is hidden there: a rule takes nothing away that another gives.
sub show_all_but_hidden {
    my ($path) = @_;
    my @hidden = options('hidden');
    return if grep { $_ eq $path } @hidden;
    return grant(READING, $path) if !grep { index($_, "$path/") == 0 } @hidden;
    opendir(my $folder, $path) or failed("$path: $!");
    show_all_but_hidden("$path/$_") for grep { $_ ne '.' && $_ ne '..' && !-l "$path/$_" } readdir $folder;
}

# Root without privilege would still own what is root's, and Landlock does not keep it from changing modes and owners:
# so it becomes whoever owns the workspace.
sub become_owner {
    my ($user, $group) = (stat option('workspace'))[4, 5];
    defined $user or failed("the workspace: $!");
    $user != 0 or failed('Landlock does not fence in root: the workspace must belong to somebody else');
    attempt('setgroups', 0, 0);
    empty_bounding_set();
    call('setresgid', $group, $group, $group);
    call('setresuid', $user, $user, $user);
}

# In the keeper: from here on, its signals and those of whatever it starts stay inside.
sub enclose {
    my $version = attempt('landlock_create_ruleset', 0, 0, RULESET_VERSION) // failed("no Landlock: $!");
    $version >= VERSION_MIN or failed("the kernel's Landlock is version $version, and " . VERSION_MIN . ' is needed');
    $keeper = $$;
    become_owner() if $> == 0;
    mkdir($_, 0700) or failed("$_: $!") for private_folders();
    symlink(option('node'), option('private') . '/bin/node') or failed("symlink: $!");
    no_new_privileges();
    my ($released, $holding) = gate();
    my $outsider = begin(sub { close $holding; await($released) });
    close $released;
    call('landlock_restrict_self', create_ruleset(0, 0, SCOPE_SIGNALS), 0);
    # Everything depends on it: without the scope, finish would end all that this user runs.
    !kill(0, $outsider) or failed('Landlock does not keep signals inside');
    close $holding;
    waitpid($outsider, 0);
    call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    open_desk();
}

# In init: makes the command's surroundings, and returns its workspace.
sub furnish {
    # The keeper ends all when init has gone, and init when the keeper has.
    $SIG{TERM} = sub { finish(); exit 1 };
    call('prctl', PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    getppid() == $keeper or exit 1;
    call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    $ruleset = create_ruleset(FS_ALL, NET_ALL, SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS);
    -d && !-l && show_all_but_hidden($_) for qw(/usr /bin /sbin /lib /lib32 /lib64 /libx32);
    -e "/etc/$_" && grant(READING, "/etc/$_") for etc(), @etc;
    -e "/proc/$_" && grant(READ_FILE, "/proc/$_") for @proc;
    grant(READ_FILE | WRITE_FILE, "/dev/$_") for qw(null zero full random urandom);
    grant(READ_FILE | EXECUTE, option('node'));
    grant(WRITING, $_) for writable();
    return option('workspace');
}

# In the command itself.
sub restrict {
    my ($filter) = @_;
    @held = ();
    call('landlock_restrict_self', $ruleset, 0);
    install_filter($filter);
}

# In the keeper, or in init when the keeper is no more: nothing of the command is left when it returns.
sub finish {
    kill('KILL', -1);
    1 while wait != -1;
    my ($private, @folders) = private_folders();
    unlink("$private/bin/node");
    rmdir($_) for @folders, $private;
    return if !-e $private;
    system('/bin/chmod', '-R', 'u+rwx', $private);
    system('/bin/rm', '-rf', $private);
}

1;
