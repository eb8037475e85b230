// A login at a Tryton server: made at the first call, shared by all, made anew when the server has ended it.
import { z } from 'zod';
import { callTryton, TrytonError } from './json-rpc.ts';

export interface TrytonLogin {
  /** With the name of the database as its path. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface Tryton {
  /** `model.party.party.read` with its arguments; the context is added as the last one. Throws TrytonError. */
  call(method: string, args: readonly unknown[], options: CallOptions): Promise<unknown>;
  /** The company that the user works for, by id; undefined when it has none. Throws TrytonError. */
  company(signal: AbortSignal): Promise<number | undefined>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly context?: Readonly<Record<string, unknown>>;
}

interface Session {
  readonly authorization: string;
  readonly company: number | undefined;
}

const loginSchema = z.tuple([z.int(), z.string()]);
const preferencesSchema = z.object({ company: z.int().nullish() });
/** What Tryton says is for this language's readers, and is told apart by its words. */
const language = 'en';

async function login({ url, user, password }: TrytonLogin): Promise<Session> {
  // Whoever asked first may go away; the others wait for the same login.
  const signal = new AbortController().signal;
  const method = 'common.db.login';
  const [id, key] = loginSchema.parse(
    await callTryton({ url, method, params: [user, { password }, language], signal }),
  );
  const authorization = `Session ${Buffer.from(`${user}:${id}:${key}`).toString('base64')}`;
  const preferences = { url, method: 'model.res.user.get_preferences', params: [true, {}], authorization, signal };
  const { company } = preferencesSchema.parse(await callTryton(preferences));
  return { authorization, company: company ?? undefined };
}

/** The login goes on for the others. Throws the signal's reason. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Connects to nothing before the first call. */
export function openTryton(options: TrytonLogin): Tryton {
  let current: Promise<Session> | undefined;

  function session(): Promise<Session> {
    if (current !== undefined) return current;
    const begun = login(options).catch((error: unknown) => {
      if (current === begun) current = undefined;
      throw error instanceof z.ZodError ? new TrytonError('lost', 'Tryton answered the login in another way') : error;
    });
    current = begun;
    return begun;
  }

  async function attempt(used: Promise<Session>, method: string, args: readonly unknown[], more: CallOptions) {
    const { authorization, company } = await unlessAborted(used, more.signal);
    const context = { language, ...(company !== undefined && { company }), ...more.context };
    return callTryton({ url: options.url, method, params: [...args, context], authorization, signal: more.signal });
  }

  return {
    async call(method, args, more) {
      const used = session();
      await unlessAborted(used, more.signal);
      try {
        return await attempt(used, method, args, more);
      } catch (error) {
        // A call under an ended session was not carried out: it may be made again under a new one.
        if (!(error instanceof TrytonError) || error.fault !== 'session') throw error;
        if (current === used) current = undefined;
        return attempt(session(), method, args, more);
      }
    },
    async company(signal) {
      return (await unlessAborted(session(), signal)).company;
    },
  };
}
