// The least that shows that all of it works: a file is written and read again, through every part.
import type { Client } from '../../../scripts/client/client.ts';

/** The answer of the second turn. */
export async function firstTurn(client: Client): Promise<string | undefined> {
  const session = await client.homeSession();
  await client.say(session, 'write buy milk to first.txt');
  return (await client.say(session, 'read first.txt')).output?.text;
}
