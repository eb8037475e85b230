// Who could sit on the bus, each with a client of its own, as somebody comes who has taken a party's key.
import { brokerUsers, type Role, type SubjectFact, subjects } from '@switchboard/contract';
import type { TestNats } from '@switchboard/testkit';
import { connect, type NatsConnection, nkeyAuthenticator } from 'nats';

export const agents = ['workstation', 'browser', 'mail', 'business'] as const;
export const parties: readonly string[] = brokerUsers(agents).map(({ name }) => name);

/** Whoever signs its audit with its own name. */
const services = ['gateway', 'router', 'model', ...agents];

/** The part that the subject map gives a party; the provisioner and the witness have none. */
export function roleOf(party: string): Role | undefined {
  if (agents.some((agent) => agent === party)) return 'agent';
  return ['gateway', 'router', 'model', 'operator'].includes(party) ? (party as Role) : undefined;
}

export interface Named {
  readonly subject: string;
  readonly fact: SubjectFact;
  /** The agent or the service that the subject is about. */
  readonly about: string | undefined;
}

function fill(pattern: string, about: string, rest: string): string {
  return pattern.replace(/\{(\w+)\}/g, (_, key: string) => (key === 'agent' || key === 'service' ? about : rest));
}

/** Every subject of the map for everybody it could be about; `rest` stands for its other parameters. */
export function named(rest: string): Named[] {
  return Object.values(subjects).flatMap((fact: SubjectFact): Named[] => {
    if (fact.pattern.includes('{service}')) return services.map((about) => nameOne(fact, about, rest));
    if (fact.pattern.includes('{agent}')) return agents.map((about) => nameOne(fact, about, rest));
    return [{ subject: fill(fact.pattern, '', rest), fact, about: undefined }];
  });
}

function nameOne(fact: SubjectFact, about: string, rest: string): Named {
  return { subject: fill(fact.pattern, about, rest), fact, about };
}

/** An agent speaks of itself only, and so does every service in the audit. */
export function maySay(party: string, { fact, about }: Named): boolean {
  const role = roleOf(party);
  if (role === undefined || !fact.saidBy.includes(role)) return false;
  return about === undefined || about === party || (role !== 'agent' && fact.pattern.includes('{agent}'));
}

export function mayHear(party: string, { fact, about }: Named): boolean {
  const role = roleOf(party);
  if (role === undefined || !fact.heardBy.includes(role)) return false;
  return about === undefined || about === party || role !== 'agent';
}

export function connectAs(nats: TestNats, party: string): Promise<NatsConnection> {
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(nats.identities[party]));
  return connect({ servers: nats.url, authenticator, reconnect: false });
}

export interface Attempt {
  readonly verb: 'publish' | 'subscription';
  readonly subject: string;
  readonly queue?: string;
}

export function inWords({ verb, subject, queue }: Attempt): string {
  return queue === undefined ? `${verb} ${subject}` : `${verb} ${subject} in ${queue}`;
}

/** Tries everything on a connection of its own. What the broker refused, sorted. */
export async function refusals(nats: TestNats, party: string, attempts: readonly Attempt[]): Promise<string[]> {
  const nc = await connectAs(nats, party);
  const refused: string[] = [];
  void (async () => {
    for await (const { permissionContext: context } of nc.status()) {
      if (context === undefined) continue;
      const verb = context.operation === 'publish' ? 'publish' : 'subscription';
      refused.push(inWords({ verb, ...context }));
    }
  })();
  for (const { verb, subject, queue } of attempts) {
    if (verb === 'publish') nc.publish(subject, 'attack');
    else nc.subscribe(subject, { ...(queue === undefined ? {} : { queue }), callback: () => {} });
  }
  // The broker answers in order: what it refused it has said before this.
  await nc.flush();
  await nc.flush();
  await nc.close();
  return refused.sort();
}
