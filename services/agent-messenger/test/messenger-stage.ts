// The messenger as a process on a real bus, with a mailbox, an SMTP server, and a gateway that is this test.
import { join } from 'node:path';
import type { MessageOf } from '@switchboard/contract';
import { type AgentStage, openAgentStage } from '@switchboard/testkit/agent-stage';
import { type Dovecot, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { type Smtp, startSmtp } from '@switchboard/testkit/peers/smtp';

const password = 'open-sesame';
const address = 'home@example.org';
const user = 'home';

export interface Stage extends AgentStage {
  readonly imap: Dovecot;
  readonly smtp: Smtp;
  readonly user: string;
  /** What was brought in, again and again if need be. */
  readonly brought: readonly MessageOf<'inbound'>[];
}

export async function openStage(): Promise<Stage> {
  const [imap, smtp] = await Promise.all([startDovecot({ password }), startSmtp({ password })]);
  const stage = await openAgentStage({
    agent: 'messenger',
    program: join(import.meta.dirname, '../src/main.ts'),
    env: () => ({
      IMAP_URL: `imap://127.0.0.1:${imap.port}?tls=no`,
      SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=no`,
      MAIL_ADDRESS: address,
      MAIL_USER: user,
      MAIL_PASSWORD: password,
      MAIL_ALLOW_FROM: '*',
    }),
  });
  const brought: MessageOf<'inbound'>[] = [];
  stage.gateway.respond('inbound', async ({ message }) => {
    brought.push(message);
    return { v: 1 as const, outcome: 'accepted' as const, text: '' };
  });
  await stage.gateway.flush();
  return {
    ...stage,
    imap,
    smtp,
    user,
    brought,
    async close() {
      await stage.close();
      await Promise.all([smtp.stop(), imap.stop()]);
    },
  };
}
