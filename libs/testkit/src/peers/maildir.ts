// A mail put into a Maildir folder, as a delivery agent does it: whole, or not at all.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

let delivered = 0;

/** A server that looks at the folder finds it as a new mail. */
export async function deliverTo(maildir: string, raw: string | Uint8Array): Promise<void> {
  const name = `${Date.now()}.${process.pid}_${++delivered}.test`;
  for (const folder of ['tmp', 'new', 'cur']) await mkdir(join(maildir, folder), { recursive: true });
  await writeFile(join(maildir, 'tmp', name), raw);
  await rename(join(maildir, 'tmp', name), join(maildir, 'new', name));
}
