// The capability `records` over a Tryton server, for one agent.
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import {
  type Order,
  type RecordsExternal,
  type RecordsRead,
  type RecordsWrite,
  SkillError,
  SwitchboardError,
} from '@switchboard/contract';
import { z } from 'zod';
import { confirmOrder, isConfirmed, orderNow } from './confirm-order.ts';
import { TrytonError } from './json-rpc.ts';
import { createReader } from './read-records.ts';
import { openTryton, type TrytonLogin } from './session.ts';
import { settled } from './settle.ts';
import { createCustomer, customerWith, draftOrder, orderWith } from './write-records.ts';

/** What went wrong, in the words of the capability. */
function translated(error: unknown): unknown {
  if (error instanceof z.ZodError) {
    return new SwitchboardError('unavailable', 'The ERP answered what cannot be read', { cause: error });
  }
  if (!(error instanceof TrytonError)) return error;
  const { fault, message } = error;
  const cause = { cause: error };
  switch (fault) {
    case 'session':
      return new SkillError('login-refused', 'The ERP does not accept the user and password it was given', cause);
    case 'forbidden':
      return new SkillError('not-allowed', 'The ERP does not let this user do that', cause);
    case 'refused': {
      const said = message.slice(0, 1000);
      return new SkillError(
        /^You are not allowed/.test(said) ? 'not-allowed' : 'refused',
        `The ERP says: ${said}`,
        cause,
      );
    }
    case 'changed':
      return new SkillError('changed', 'Somebody else has just changed this in the ERP; nothing was done.', cause);
    case 'busy':
      return new SwitchboardError('unavailable', 'The ERP takes no more logins for now', cause);
    default:
      return new SwitchboardError('unavailable', `The ERP does not answer; nothing was done: ${message}`, cause);
  }
}

/** Each method throws what the capability says. */
function translating<T extends object>(methods: T): T {
  const wrapped = Object.entries(methods).map(([name, method]) => {
    const call = async (...given: unknown[]): Promise<unknown> => {
      try {
        return await Reflect.apply(method, methods, given);
      } catch (error) {
        throw translated(error);
      }
    };
    return [name, call];
  });
  // The same names with the same parameters and results, as the line above has it.
  return Object.fromEntries(wrapped) as T;
}

/** Logs in at the first call. */
export function createTrytonRecords(login: TrytonLogin): NonNullable<CapabilityAdapters['records']> {
  const tryton = openTryton(login);
  const hands = ({ signal }: CallScope) => ({ tryton, signal, reader: createReader(tryton, signal) });
  return {
    read(scope) {
      const { reader, signal } = hands(scope);
      const confirmed = async (id: string): Promise<Order | undefined> => {
        const now = await orderNow(reader, id);
        return now && isConfirmed(now.order) ? now.order : undefined;
      };
      return translating<RecordsRead>({
        findCustomers: reader.findCustomers,
        findProducts: reader.findProducts,
        findOrders: reader.findOrders,
        orders: reader.orders,
        customerOf: (reference) => settled(() => customerWith(reader, reference), signal),
        orderOf: (reference) => settled(() => orderWith(reader, reference), signal),
        settledOrder: async (id) => (await settled(() => confirmed(id), signal)) ?? (await orderNow(reader, id))?.order,
      });
    },
    write(scope) {
      const { tryton, reader, signal } = hands(scope);
      return translating<RecordsWrite>({
        createCustomer: (reference, customer) => createCustomer(tryton, reader, signal, reference, customer),
        draftOrder: (reference, order) => draftOrder(tryton, reader, signal, reference, order),
      });
    },
    external(scope) {
      const { tryton, reader, signal } = hands(scope);
      return translating<RecordsExternal>({ confirmOrder: (seen) => confirmOrder(tryton, reader, signal, seen) });
    },
  };
}
