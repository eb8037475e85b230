// What settling works with, out of what the gateway has.
import type { Bus, Signer } from '@switchboard/bus';
import type { Log } from '@switchboard/service';
import type { ContractCheck } from '../check-contract.ts';
import type { Directory } from '../directory.ts';
import { sleep } from './run.ts';
import type { SettleParts } from './settle.ts';

export interface Settling {
  readonly bus: Bus;
  readonly signer: Signer;
  readonly directory: Directory;
  readonly check: ContractCheck;
}

/** Outputs are held against the contract that was asked under, as long as the agent offers it. */
export function settleParts({ bus, signer, directory, check }: Settling, log: Log): SettleParts {
  const misfit: SettleParts['misfit'] = ({ agent, skill, contractHash }, output) => {
    const known = directory.offered(agent, skill);
    return known?.document.contractHash === contractHash ? check(known, 'output', output) : undefined;
  };
  return { bus, signer, log, here: directory.here, miss: directory.miss, misfit, sleep };
}
