// What the tests of the mail skills share: the agent's own adapter over a real mailbox and a real SMTP server.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createMailAdapter, type MailAccount } from '@switchboard/agent-messenger/mail';
import { type Dovecot, dovecotPackages, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { prepareMaildir } from '@switchboard/testkit/peers/mailbox-state';
import { type Smtp, startSmtp } from '@switchboard/testkit/peers/smtp';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, reconcileSkill, runSkill } from '@switchboard/testkit/skill';
export { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';

/** Why there is no mailbox on this machine; undefined when there is one. */
export const { missing: noMailbox } = await dovecotPackages();

const password = 'open-sesame';
const address = 'home@example.org';
const none = { host: '127.0.0.1', encryption: 'none' } as const;

export interface TestMail extends SkillSetup {
  /** What the SMTP server took. */
  readonly smtp: Smtp;
  readonly imap: Dovecot;
  account(workspace: string): MailAccount;
}

/**
 * A mail server for a file of tests. The files of a workspace are the mails of a mailbox of its own: `INBOX/1.eml` has the id
 * `INBOX/1/1`. What is sent goes nowhere but into `smtp.received`.
 */
export function useMail(): TestMail {
  let imap: Dovecot | undefined;
  let smtp: Smtp | undefined;
  const prepared = new Set<string>();
  const started = <T>(server: T | undefined): T => {
    if (server === undefined) throw new Error('the mail servers have not been started');
    return server;
  };
  beforeAll(async () => {
    if (noMailbox !== undefined) return;
    imap = await startDovecot({ password });
    smtp = await startSmtp({ password });
  });
  afterAll(async () => {
    await smtp?.stop();
    await imap?.stop();
  });
  const account = (workspace: string): MailAccount => ({
    imap: { ...none, port: started(imap).port },
    smtp: { ...none, port: started(smtp).port },
    address,
    user: basename(workspace),
    password,
    ca: undefined,
  });
  return {
    get imap() {
      return started(imap);
    },
    get smtp() {
      return started(smtp);
    },
    account,
    invocationId: 'example-1-1',
    adapters(workspace) {
      if (!prepared.has(workspace)) prepareMaildir(started(imap).folderOf(basename(workspace)), mailsOf(workspace));
      prepared.add(workspace);
      return { mail: createMailAdapter(account(workspace)) };
    },
  };
}

function mailsOf(workspace: string): Record<string, Uint8Array> {
  const paths = readdirSync(workspace, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.eml'));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(workspace, path))]));
}
