// Under which reference a step creates something in the ERP: the idempotency key that its attempts share.
import { sha256 } from '@switchboard/contract';

/** `…-1-2` is the second attempt of step 1: `SB-0A1B2-C3D4E-F5061` for each of them. */
export function referenceOf(invocationId: string): string {
  const step = invocationId.replace(/-\d+$/, '');
  const digits = sha256(step).slice(0, 15).toUpperCase();
  return `SB-${digits.slice(0, 5)}-${digits.slice(5, 10)}-${digits.slice(10)}`;
}
