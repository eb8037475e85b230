// What comes from outside is somebody else's text: whoever reads it taints the turn, so that no order in it is obeyed unasked.
import { expect, test } from 'vitest';
import { deployment } from '../scripts/generate/agents.ts';

/** Capabilities that hold what others wrote. Skills of APIs are made at run time: `openapi-documents.test.ts`. */
const outside = ['page', 'mail', 'chat', 'notification', 'records', 'database'];

test('every skill that reads from outside says that what it reads is untrusted', () => {
  const contracts = Object.values(deployment).flatMap((skills) => skills.map(({ contract }) => contract));
  const reading = contracts.filter(({ effects }) => effects.some((effect) => outside.includes(effect.on)));
  expect(reading.length).toBeGreaterThan(20);
  const trusted = reading.filter(({ ingests }) => ingests !== 'untrusted').map(({ name }) => name);
  // They look only whether what they sent is there, and tell nothing of what else they saw.
  expect(trusted.sort()).toEqual(['notify', 'reply-chat', 'reply-mail', 'send-mail', 'send-message']);
});
