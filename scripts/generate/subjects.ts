// docs/reference/subjects.md: who says what on the bus, who hears it, and what to type to listen.
import {
  type BrokerUser,
  brokerUsers,
  operatorFilter,
  type StreamFact,
  type SubjectFact,
  type SubjectName,
  streams,
  subjects,
} from '@switchboard/contract';
import { code, codeBlock, list, page, table } from './markdown.ts';
import { fieldTables, toJsonSchema } from './schema-fields.ts';
import { busShapes } from './shapes.ts';

const names = Object.keys(subjects) as SubjectName[];
const seed = '.switchboard/secrets/operator.seed';

/** What an operator types to hear a subject; undefined for what operators may not hear. */
function listenLine(name: SubjectName): string | undefined {
  const fact: SubjectFact = subjects[name];
  if (!fact.heardBy.includes('operator')) return undefined;
  return `nats --server <url> --nkey ${seed} sub '${operatorFilter(name)}'`;
}

function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${bytes / 1024 ** power} ${units[power]}`;
}

function retention(stream: StreamFact): string {
  return `kept ${stream.maxAgeDays} days, at most ${size(stream.bytesMax)}`;
}

function section(name: SubjectName): string {
  const fact: SubjectFact = subjects[name];
  const listen = listenLine(name);
  const facts = [
    `Kind: ${fact.kind}${fact.queue === undefined ? '' : `, to one of the queue group ${code(fact.queue)}`}`,
    `Said by: ${fact.saidBy.join(', ')}`,
    `Heard by: ${fact.heardBy.join(', ')}`,
    ...(fact.stream === undefined ? [] : [`Stream: ${code(fact.stream)}, ${retention(streams[fact.stream])}`]),
  ];
  return [
    `## ${name}`,
    code(fact.pattern),
    fact.summary,
    list(facts),
    ...(listen === undefined ? [] : [codeBlock('sh', listen)]),
    '**Message**',
    fieldTables(toJsonSchema(fact.message, 'output', busShapes)),
    ...(fact.reply === undefined ? [] : ['**Reply**', fieldTables(toJsonSchema(fact.reply, 'output', busShapes))]),
  ].join('\n\n');
}

function shapeSections(): string[] {
  return Object.entries(busShapes).map(
    ([name, schema]) => `### ${name}\n\n${fieldTables(toJsonSchema(schema, 'output', busShapes))}`,
  );
}

function streamTable(): string {
  const rows = Object.entries(streams).map(([name, stream]) => [
    code(name),
    stream.subjects.map(code).join(', '),
    `${stream.maxAgeDays} days`,
    size(stream.bytesMax),
    size(stream.messageBytesMax),
    `${stream.duplicateWindowMinutes} minutes`,
    stream.noAck ? 'no' : 'yes',
  ]);
  return table(['Stream', 'Subjects', 'Age', 'Size', 'Message', 'Duplicate window', 'Acknowledged'], rows);
}

function userSection(user: BrokerUser): string {
  const permissions = (subjects: readonly string[]): string =>
    subjects.length === 0 ? 'nothing' : subjects.map(code).join(', ');
  return [
    `### User ${user.name}`,
    list([
      `Account: ${code(user.account)}`,
      `May publish: ${permissions(user.publish)}`,
      `May subscribe: ${permissions(user.subscribe)}`,
    ]),
  ].join('\n\n');
}

export function subjectsPage(agents: readonly string[]): string {
  return page(
    'Subjects',
    'Everything that is said on the bus. `{parameter}` stands for one token; `*` and `.` never get in.',
    `\`<url>\` is \`natsUrl\` in \`.switchboard/run.json\`. The operator's user can listen to the lines below and say ` +
      'nothing; `npm run tail` shows the same without the `nats` program.',
    table(
      ['Name', 'Subject', 'Kind', 'Said by', 'Heard by'],
      names.map((name) => {
        const { pattern, kind, saidBy, heardBy }: SubjectFact = subjects[name];
        return [`[${name}](#${name.toLowerCase()})`, code(pattern), kind, saidBy.join(', '), heardBy.join(', ')];
      }),
    ),
    ...names.map(section),
    '## Shapes',
    'Parts that several messages share.',
    ...shapeSections(),
    '## Streams',
    'Kept in files, the oldest go first; nothing in them can be deleted or purged by a client.',
    streamTable(),
    '## Users',
    `Of a deployment with ${agents.map((agent) => `the agent ${code(agent)}`).join(', ')}. A queue group's name after a ` +
      'subject allows that group only. `SB` is where the services are; `OPS` hears what `SB` exports to it and nothing else.',
    ...brokerUsers(agents).map(userSection),
  );
}
