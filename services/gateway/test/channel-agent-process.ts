// The agent with a channel as a process of its own, which tests kill. Its mailbox is whoever started it: over IPC.
import { closeSync, openSync } from 'node:fs';
import { type Channel, type Door, runAgent } from '@switchboard/agent';
import { createVerifier } from '@switchboard/bus';
import { inboundSchema } from '@switchboard/contract';
import { runService } from '@switchboard/service';
import { z } from 'zod';
import { outboxAt, plainSkills, replySkill } from './channel-agent.ts';

const settings = z
  .object({
    AGENT: z.string(),
    NATS_URL: z.string(),
    BUS_SEED: z.string(),
    GATEWAY_PUBLIC_KEY: z.string(),
    DATA_DIR: z.string(),
    OUTBOX: z.string(),
    /** Where the process dies while it sends: before, noted, sent. */
    DIE: z.string().optional(),
    DIE_ONCE_FILE: z.string().optional(),
  })
  .parse(process.env);

/** Once, in whichever process comes there first. */
function dieAt(place: string, text: string): void {
  // What confirms the link is not what the test is about.
  if (settings.DIE !== place || settings.DIE_ONCE_FILE === undefined || !text.startsWith('Noted')) return;
  try {
    closeSync(openSync(settings.DIE_ONCE_FILE, 'wx'));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}

/** Told when it is on the gateway's disk: only then is a message taken out of the mailbox. */
function mailbox(): Channel {
  return {
    name: 'mail',
    start(door: Door) {
      const ending = new AbortController();
      const bring = async (text: unknown): Promise<void> => {
        const message = inboundSchema.parse(text);
        const { outcome } = await door.bring(message, ending.signal);
        process.send?.({ brought: message.messageId, outcome });
      };
      process.on('message', (text) => void bring(text).catch(() => {}));
      process.send?.({ open: true });
      return async () => ending.abort();
    },
  };
}

const outbox = outboxAt(settings.OUTBOX);
const sending = replySkill('mail', outbox, {
  before: ({ text }) => dieAt('before', text),
  noted: ({ text }) => dieAt('noted', text),
  after: ({ text }) => dieAt('sent', text),
});

await runService(settings.AGENT, async (life) => {
  await runAgent({
    name: settings.AGENT,
    description: 'For tests.',
    version: '1.0.0',
    bus: { url: settings.NATS_URL, seed: settings.BUS_SEED },
    verifier: createVerifier(settings.GATEWAY_PUBLIC_KEY),
    skills: [...plainSkills, sending],
    adapters: {},
    channels: [mailbox()],
    dataDir: settings.DATA_DIR,
    concurrency: 4,
    life,
  });
});
