# Makes the sandbox of one command and runs the command in it. What the sandbox is made of is in the file that `fence`
# names: namespaces.pl (docs/adr/0005-command-sandbox.md) or landlock.pl (docs/adr/0010-landlock-sandbox.md).
#
#   perl sandbox.pl fence=namespaces machine=x64 workspace=/home/me/files folder=. filter=<hex> ... -- program argument...
#
# Three processes. The keeper, started by the agent, waits on the life line (descriptor 4): when the agent closes it or
# dies, the keeper ends all of the sandbox. Init starts the command and reaps orphans. The command has no privilege.
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
sub options { my ($name) = @_; return @{ $option{$name} // [] } }
sub set_option { my ($name, $value) = @_; $option{$name} = [$value] }
sub option { my ($name) = @_; my $values = $option{$name} or failed("option $name is missing"); return $values->[0] }

# name => [x86-64, arm64]; arm64 has the numbers of the kernel's include/uapi/asm-generic/unistd.h.
my %calls = (
    capset => [126, 91], chmod => [90, undef], clock_gettime => [228, 113], close_range => [436, 436], fchmod => [91, 52],
    fchmodat => [268, 53], fchmodat2 => [452, 452],
    landlock_add_rule => [445, 445], landlock_create_ruleset => [444, 444], landlock_restrict_self => [446, 446],
    mount => [165, 40], mount_setattr => [442, 442], move_mount => [429, 429], open_tree => [428, 428],
    pivot_root => [155, 41], prctl => [157, 167], prlimit => [302, 261], recvmsg => [47, 212], seccomp => [317, 277],
    sendmsg => [46, 211], setgroups => [116, 159], sethostname => [170, 161], setresgid => [119, 149],
    setresuid => [117, 147], umount => [166, 39], unshare => [272, 97], utimensat => [280, 88],
);
my %column = (x64 => 0, arm64 => 1);
my $column = $column{ option('machine') };
defined $column or failed('this processor is not supported');

use constant {
    PR_SET_PDEATHSIG => 1, PR_CAPBSET_DROP => 24, PR_SET_CHILD_SUBREAPER => 36,
    PR_SET_NO_NEW_PRIVS => 38, CAPABILITY_V3 => 0x20080522, SIGKILL => 9, SIGTERM => 15,
    F_SETFD => 2, FD_CLOEXEC => 1, CLOCK_MONOTONIC => 1,
};

# Programs need these to run; nothing else of the host's /etc is seen.
sub etc {
    return grep { -e "/etc/$_" } qw(alternatives debian_version fonts java-11-openjdk java-17-openjdk java-21-openjdk
        java-25-openjdk ld.so.cache ld.so.conf ld.so.conf.d locale.alias localtime magic mime.types os-release ssl/certs
        timezone);
}

sub report { my ($line) = @_; $line =~ tr/\n/ /; syswrite($control, "$line\n") }
sub failed { my ($what) = @_; report("failed $what"); exit 1 }

sub number { my ($name) = @_; return $calls{$name}[$column] }

# Numbers go as they are, strings as pointers: copied, because syscall takes no read-only string. Undefined on failure.
sub attempt {
    my ($name, @arguments) = @_;
    my $result = syscall(number($name), @arguments);
    return $result == -1 ? undef : $result;
}
sub call { my ($name, @arguments) = @_; return attempt($name, @arguments) // failed("$name: $!") }

sub write_file {
    my ($path, $text) = @_;
    open(my $file, '>', $path) or return 0;
    return defined(syswrite($file, $text)) && close($file);
}
sub spill { my ($path, $text) = @_; write_file($path, $text) or failed("$path: $!") }

# Runs a child that ends with what it returns; the reading end of a pipe that it or its parent holds open until a point.
sub begin { my ($work) = @_; defined(my $child = fork) or failed("fork: $!"); $child or exit !$work->(); return $child }
sub gate { pipe(my $closed, my $open) or failed("pipe: $!"); return ($closed, $open) }
sub await { my ($closed) = @_; sysread($closed, my $nothing, 1) }

sub no_new_privileges { call('prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }
sub empty_bounding_set { for my $capability (0 .. 63) { attempt('prctl', PR_CAPBSET_DROP, $capability, 0, 0, 0) // last } }

# Nothing that the command is or starts can gain a privilege after this.
sub confine {
    setpriority(0, 0, option('nice'));
    no_new_privileges();
    empty_bounding_set();
    call('capset', pack('LL', CAPABILITY_V3, 0), pack('L6', (0) x 6));
    for my $limit (options('limit')) {
        my ($resource, $most) = map { int } split /:/, $limit;
        my $now = pack('QQ', 0, 0);
        syscall(number('prlimit'), 0, $resource, 0, $now) == 0 or failed("getrlimit: $!");
        my (undef, $hard) = unpack('QQ', $now);
        $most = $hard if $hard < $most;
        call('prlimit', 0, $resource, pack('QQ', $most, $most), 0);
    }
    my $filter = pack('H*', option('filter'));
    restrict(pack('S x6 P', length($filter) / 8, $filter));
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
    my $self = readlink('/proc/self') or failed("/proc/self: $!");
    my $workspace = furnish();
    my $folder = option('folder');
    chdir("$workspace/$folder") or do { report('folder'); exit 1 };
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

# Gives enclose, desk, attend and finish, for the keeper; furnish, for init; restrict, for the command.
require(($0 =~ s{[^/]*$}{}r) . option('fence') . '.pl');

# Seconds, by a clock that nobody sets.
sub now {
    my $time = "\0" x 16;
    call('clock_gettime', CLOCK_MONOTONIC, $time);
    my ($seconds, $nanoseconds) = unpack('q2', $time);
    return $seconds + $nanoseconds / 1e9;
}

# Waits for the agent to close the life line, but not for ever: an agent that hangs does not keep a command alive.
sub keep {
    my $until = now() + option('seconds');
    while ((my $left = $until - now()) > 0) {
        my $desk = desk();
        my $waiting = '';
        vec($waiting, fileno($_), 1) = 1 for $life, $desk // ();
        select($waiting, undef, undef, $left) > 0 or next;
        return if vec($waiting, fileno($life), 1);
        attend();
    }
}

# What the agent was started with and does not know of is not the command's to have.
call('close_range', 5, 0xffffffff, 0);
take_pipes();
spill('/proc/self/oom_score_adj', '1000');
enclose();
my $init = begin(\&init);
close $control;
close $_ for *STDIN, *STDOUT, *STDERR;
keep();
finish($init);
