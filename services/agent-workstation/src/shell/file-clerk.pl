# Changes modes and times of files in a command's stead, for landlock.pl: Landlock has no right for either, so a command
# could change them of any file that its user owns. The filter hands such a call over to the keeper (seccomp_unotify(2)),
# which looks where the path leads and does it itself, on that very file, if it is the command's to change.
use strict;
use warnings;
use Fcntl ();

use constant {
    SECCOMP_SET_MODE_FILTER => 1, NEW_LISTENER => 8, WAIT_KILLABLE => 32,
    NOTICE_RECEIVE => 0xc0502100, NOTICE_ANSWER => 0xc0182101, NOTICE_VALID => 0x40082102, NOTICE_BYTES => 80,
    SOL_SOCKET => 1, SCM_RIGHTS => 1, AF_UNIX => 1, SOCK_STREAM => 1,
    AT_CWD => 0xffffff9c, NOFOLLOW => 0x100, EMPTY_PATH => 0x1000, PATH_MAX => 4096,
    EPERM => 1, ENOENT => 2, ESRCH => 3, ENAMETOOLONG => 36, OPEN_PATH => 010000000,
};

my ($desk, $counter, $listening);

# In the keeper, before it starts init.
sub open_desk { socketpair($desk, $counter, AF_UNIX, SOCK_STREAM, 0) or failed("socketpair: $!") }

# What the keeper is to look at beside its life line.
sub desk {
    if ($counter) { close $counter; undef $counter }
    return $desk;
}

sub descriptor_message {
    my ($descriptor) = @_;
    my $message = { byte => '.', control => pack('Q l l l x4', 20, SOL_SOCKET, SCM_RIGHTS, $descriptor) };
    $message->{vector} = pack('P Q', $message->{byte}, 1);
    $message->{header} = pack('Q L x4 P Q P Q l x4', 0, 0, $message->{vector}, 1, $message->{control}, 24, 0);
    return $message;
}

# In the command: lays the filter on it, and gives the keeper what hears of the calls that are handed over.
sub install_filter {
    my ($program) = @_;
    my $listener = call('seccomp', SECCOMP_SET_MODE_FILTER, NEW_LISTENER | WAIT_KILLABLE, $program);
    my $message = descriptor_message($listener);
    call('sendmsg', fileno $counter, $message->{header}, 0);
}

# In the keeper, whenever there is something at the desk.
sub attend {
    return answer() if $listening;
    my $message = descriptor_message(-1);
    my $received = attempt('recvmsg', fileno $desk, $message->{header}, 0);
    my $listener = unpack('x16 l', $message->{control});
    # Nothing comes when the command could not even be confined.
    if (!$received || $listener < 0) { undef $desk; return }
    open($desk, '+<&=', $listener) or failed("listener: $!");
    $listening = 1;
}

sub answer {
    my $notice = "\0" x NOTICE_BYTES;
    # Whoever asked has gone; or all have, and then the agent is about to say so.
    if (!ioctl($desk, NOTICE_RECEIVE, $notice)) { select(undef, undef, undef, 0.01); return }
    my ($id, $process, undef, $call, undef, undef, @arguments) = unpack('Q L L l L Q Q6', $notice);
    my $error = perform($id, $process, $call, @arguments);
    my $answer = pack('Q q l L', $id, 0, -$error, 0);
    ioctl($desk, NOTICE_ANSWER, $answer);
}

sub memory_of {
    my ($process, $address, $length) = @_;
    open(my $memory, '<:raw', "/proc/$process/mem") or return;
    sysseek($memory, $address, 0) or return;
    # Less than asked for, where what can be read ends.
    sysread($memory, my $bytes, $length) or return;
    return $bytes;
}

# Returns the error, or 0.
sub perform {
    my ($id, $process, $call, @arguments) = @_;
    my $times = $call == number('utimensat');
    my ($folder, $path_at, $value, $flags) = @arguments;
    ($folder, $path_at, $value) = (AT_CWD, @arguments[0, 1]) if $call == (number('chmod') // -1);
    ($path_at, $value) = (0, $arguments[1]) if $call == number('fchmod');
    # Only these have flags: what lies in the register means nothing to the others.
    $flags = 0 if !$times && $call != number('fchmodat2');
    my ($path, $rest) = ('', '');
    # Without a path it is for the open file.
    if ($path_at) {
        my $memory = memory_of($process, $path_at, PATH_MAX) // return ESRCH;
        ($path, $rest) = split /\0/, $memory, 2;
        defined $rest or return ENAMETOOLONG;
        length $path or $flags & EMPTY_PATH or return ENOENT;
    }
    $folder &= 0xffffffff;
    my $from = $folder == AT_CWD ? 'cwd' : "fd/$folder";
    my $whole = $path =~ m{^/} ? $path : length $path ? "/proc/$process/$from/$path" : "/proc/$process/$from";
    sysopen(my $file, $whole, OPEN_PATH | ($flags & NOFOLLOW ? Fcntl::O_NOFOLLOW() : 0)) or return int $!;
    my $held = '/proc/self/fd/' . fileno $file;
    my $where = readlink $held // return EPERM;
    grep { $where eq $_ || index($where, "$_/") == 0 } writable() or return EPERM;
    my $wanted = $times && $value ? memory_of($process, $value, 32) // return ESRCH : 0;
    # Not before now is it sure that the process did not end meanwhile, and another get its number.
    my $asked = pack('Q', $id);
    ioctl($desk, NOTICE_VALID, $asked) or return ESRCH;
    if ($times) { return defined attempt('utimensat', -100, $held, $wanted, 0) ? 0 : int $! }
    return chmod($value & 01777, $held) ? 0 : int $!;
}

1;
