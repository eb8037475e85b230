// How many records may be followed at a time: each holds a connection, and looks at the database when it hears nothing.
import { SwitchboardError } from '@switchboard/contract';

const openMax = 1_000;
const ownMax = 100;

export interface StreamLimit {
  /** Takes a place for this principal; the returned function gives it back, once. Throws `overloaded`. */
  take(principal: string): () => void;
}

export function createStreamLimit(): StreamLimit {
  const own = new Map<string, number>();
  let open = 0;
  return {
    take(principal) {
      const theirs = own.get(principal) ?? 0;
      if (theirs >= ownMax) throw new SwitchboardError('overloaded', `You follow ${ownMax} records already`);
      if (open >= openMax) throw new SwitchboardError('overloaded', `${openMax} records are followed already`);
      open += 1;
      own.set(principal, theirs + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        open -= 1;
        const left = (own.get(principal) ?? 1) - 1;
        if (left === 0) own.delete(principal);
        else own.set(principal, left);
      };
    },
  };
}
