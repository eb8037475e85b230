// A mailbox whose mails, numbers and times are known beforehand, so that a test can name what comes out of it.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleTime } from '../skill-workspace.ts';

/** What Dovecot counts a folder's mails by. */
const uidValidity = 1;

/**
 * Puts mails into a Maildir that no server has opened yet: `INBOX/1.eml`, `Archive/1.eml` and so on, in the order of their
 * names. Their ids are then `INBOX/1/1` …, and they came in at `exampleTime`.
 */
export function prepareMaildir(maildir: string, mails: Readonly<Record<string, string | Uint8Array>>): void {
  const folders = new Map<string, string[]>();
  for (const path of Object.keys(mails).sort()) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  for (const [folder, paths] of folders) {
    const place = folder === 'INBOX' ? maildir : join(maildir, `.${folder}`);
    for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(place, part), { recursive: true });
    const list = paths.map((path, index) => {
      const name = `${index + 1}.example`;
      const file = join(place, 'cur', `${name}:2,`);
      writeFileSync(file, mails[path] ?? '');
      utimesSync(file, exampleTime, exampleTime);
      return `${index + 1} :${name}\n`;
    });
    const head = `3 V${uidValidity} N${paths.length + 1} G${'0'.repeat(31)}1\n`;
    writeFileSync(join(place, 'dovecot-uidlist'), head + list.join(''));
  }
}
