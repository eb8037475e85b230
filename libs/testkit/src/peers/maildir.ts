// A mail put into a Maildir folder, as a delivery agent does it: whole, or not at all.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

let lastMicroseconds = 0;

/** A server orders mails that it has not numbered yet by these names: seconds, then microseconds. */
function nextName(): string {
  lastMicroseconds = Math.max(Date.now() * 1000, lastMicroseconds + 1);
  const [seconds, rest] = [Math.floor(lastMicroseconds / 1_000_000), lastMicroseconds % 1_000_000];
  return `${seconds}.M${String(rest).padStart(6, '0')}P${process.pid}.test`;
}

/** A server that looks at the folder finds it as a new mail, after all that were delivered before. */
export async function deliverTo(maildir: string, raw: string | Uint8Array): Promise<void> {
  const name = nextName();
  for (const folder of ['tmp', 'new', 'cur']) await mkdir(join(maildir, folder), { recursive: true });
  await writeFile(join(maildir, 'tmp', name), raw);
  await rename(join(maildir, 'tmp', name), join(maildir, 'new', name));
}
