// A child that ends when this process does, however it ends: the kernel sends the signal, so kill -9 leaves no orphan.

/**
 * The command line that runs `argv` so that it gets `signal` when this process is gone. Needs setpriv (util-linux).
 * The shell closes the one gap: a parent that died before setpriv asked the kernel. Put it inside anything that changes
 * the user, because that clears the request. Spawn it from the main thread: the kernel watches the thread that forked.
 */
export function dieWithParent(signal: NodeJS.Signals, argv: readonly string[]): string[] {
  const onlyWithParent = '[ "$PPID" = "$0" ] && exec "$@"';
  return ['setpriv', '--pdeathsig', signal, '--', 'sh', '-c', onlyWithParent, String(process.pid), ...argv];
}
