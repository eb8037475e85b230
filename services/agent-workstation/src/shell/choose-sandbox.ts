// Which sandbox commands run in on this machine: the first that holds, or the one that the settings ask for.
import { probeSandbox } from './probe-sandbox.ts';
import { type SandboxKind, sandboxKinds } from './sandbox.ts';
import type { ShellOptions } from './shell-adapter.ts';

export type Chosen =
  | { readonly ok: true; readonly sandbox: SandboxKind }
  | { readonly ok: false; readonly why: string };

/** Never rejects. Namespaces before Landlock, which lets a command see more of the machine. `why` names each that was tried. */
export async function chooseSandbox(
  options: Omit<ShellOptions, 'sandbox'>,
  wanted: SandboxKind | 'auto',
): Promise<Chosen> {
  const reasons: string[] = [];
  for (const sandbox of wanted === 'auto' ? sandboxKinds : [wanted]) {
    const probed = await probeSandbox({ ...options, sandbox });
    if (probed.ok) return { ok: true, sandbox };
    reasons.push(`${sandbox}: ${probed.why}`);
  }
  return { ok: false, why: reasons.join('; ') };
}
