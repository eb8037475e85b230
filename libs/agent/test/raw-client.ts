// The gateway's key in an attacker's hands: any bytes under any header, over a bare socket.
import { once } from 'node:events';
import { connect } from 'node:net';
import { publicKeyOf, signNonce } from '@switchboard/bus';
import { waitUntil } from '@switchboard/testkit';

export interface RawClient {
  /** Sends the bytes, and waits for the answer of the agent that `inbox` belongs to: the error's code, or the body. */
  ask(subject: string, body: Uint8Array, signature?: string): Promise<string>;
  close(): void;
}

/** `seed` is the gateway's; answers come from the agent of this name. */
export async function rawClient(url: string, seed: string, agent: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let told = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    told += piece;
  });
  await once(socket, 'connect');
  const info = await waitUntil('the greeting', () => /^INFO (\{.*\})/.exec(told)?.[1]);
  const nkey = publicKeyOf(seed);
  const sig = signNonce(seed, JSON.parse(info).nonce);
  const inbox = `_INBOX.gw.${agent}.raw`;
  socket.write(`CONNECT ${JSON.stringify({ verbose: false, headers: true, nkey, sig })}\r\n`);
  socket.write(`SUB ${inbox}.* 1\r\nPING\r\n`);
  await waitUntil('the broker', () => told.includes('PONG'));
  let asked = 0;
  return {
    async ask(subject, body, signature) {
      const reply = `${inbox}.${++asked}`;
      const head = `NATS/1.0\r\n${signature === undefined ? '' : `sb-signature: ${signature}\r\n`}\r\n`;
      const sizes = `${head.length} ${head.length + body.length}`;
      socket.write(`HPUB ${subject} ${reply} ${sizes}\r\n${head}`);
      socket.write(body);
      socket.write('\r\n');
      // MSG <subject> <sid> <bytes>, or HMSG <subject> <sid> <header bytes> <bytes>.
      const answer = await waitUntil(`an answer about ${subject}`, () => {
        const start = told.indexOf(`MSG ${reply} `);
        const line = told.indexOf('\r\n', start);
        const bytes = Number(told.slice(start, line).split(' ').at(-1));
        return start >= 0 && line >= 0 && told.length >= line + bytes + 4 ? told.slice(line + 2, line + 2 + bytes) : '';
      });
      const error = /sb-error: (\S+)/.exec(answer)?.[1];
      return error === undefined
        ? Buffer.from(answer, 'latin1').toString()
        : JSON.parse(decodeURIComponent(error)).code;
    },
    close: () => socket.destroy(),
  };
}
