// Starts Chromium: its own sandbox on, and every way to the network closed but the proxy.
import { fileURLToPath } from 'node:url';
import { SwitchboardError } from '@switchboard/contract';
import type { Browser } from 'playwright';
import type { BrowserNetwork } from './closed-network.ts';
import type { ChromiumProgram } from './locate-chromium.ts';

const launcher = fileURLToPath(new URL('launch.sh', import.meta.url));
const startMsMax = 30_000;
/** Nobody listens there: a context without a proxy of its own reaches nothing. */
const nowhere = 'http://127.0.0.1:1';

/** Each closes a way past the proxy, for where the network alone does not, or bounds what a page may use. */
const switches = [
  // Names are resolved by the proxy alone; not even a look-up may leave.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--dns-prefetch-disable',
  '--disable-quic',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--no-pings',
  '--js-flags=--max-old-space-size=512',
];

export interface LaunchOptions {
  readonly chromium: ChromiumProgram;
  readonly network: BrowserNetwork;
  /** False only where the operator has said so. */
  readonly sandbox: boolean;
}

function whyNot(error: unknown, sandbox: boolean): string {
  const said = error instanceof Error ? error.message : String(error);
  const refused = sandbox && /sandbox|unshare|user namespace/i.test(said);
  if (!refused) return `Chromium does not start: ${said.slice(0, 300)}`;
  return (
    'Chromium’s own sandbox does not hold here: the kernel or the container refuses user namespaces. Allow them, ' +
    'or set CHROMIUM_SANDBOX=off to let pages run without it.'
  );
}

/** Throws SwitchboardError `unavailable`, which says why and what can be done. */
export async function launchChromium({ chromium, network, sandbox }: LaunchOptions): Promise<Browser> {
  // Loaded with the first page, and not with every start of the agent: it is large.
  const { chromium: driver } = await import('playwright');
  try {
    return await driver.launch({
      executablePath: launcher,
      chromiumSandbox: sandbox,
      args: switches,
      proxy: { server: nowhere },
      timeout: startMsMax,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        SWITCHBOARD_CHROMIUM: chromium.program,
        SWITCHBOARD_ENTER: network.enter.join(' '),
        ...chromium.env,
      },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    throw new SwitchboardError('unavailable', whyNot(cause, sandbox), { cause });
  }
}
