// A program that rewrites files through the files capability until it is killed.
import { createFilesAdapter } from '../src/files/files-adapter.ts';

const workspace = process.argv[2] ?? '';
const adapter = createFilesAdapter({ workspace });
const signal = new AbortController().signal;
for (let n = 0; ; n += 1) {
  const files = adapter.write({ invocationId: `turn-${n % 3}-1`, session: 'session', signal, deadline: new Date() });
  const content = Buffer.alloc(300_000, String(n % 10));
  await files.write('replaced.txt', content, { replace: true });
  await files.update('updated.txt', async () => content);
  await files.write(`created/${n}.txt`, content, { replace: false });
  await files.copy('created', `copy-${n}`);
}
