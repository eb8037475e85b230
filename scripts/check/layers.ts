// The walls of the project, as data: which part may lean on which.

/** A library leans only on floors beneath its own. */
export const floors: readonly (readonly string[])[] = [
  ['libs/contract'],
  ['libs/bus', 'libs/store', 'libs/service'],
  ['libs/agent', 'libs/embedded'],
];

/** Never part of the product: only tests and scripts lean on it. */
export const forDevelopment: readonly string[] = ['libs/testkit', 'libs/embedded'];

/** Package of others → the part of ours that may know it: one, but for a reason. `/` at the end: everything of that scope. */
export const drivers: Readonly<Record<string, string | readonly string[]>> = {
  nats: 'libs/bus',
  // The store keeps our own data; the business agent asks other people's databases, which the testkit makes.
  postgres: ['libs/store', 'libs/testkit', 'services/agent-business'],
  pino: 'libs/service',
  // The business agent holds answers to the documents of other people's interfaces.
  ajv: ['libs/service', 'services/agent-business'],
  'prom-client': 'libs/service',
  fastify: 'services/gateway',
  'fastify-type-provider-zod': 'services/gateway',
  '@fastify/': 'services/gateway',
  '@scalar/fastify-api-reference': 'services/gateway',
  '@scalar/openapi-parser': 'services/agent-business',
  minisearch: 'services/router',
  // The model service speaks with them; the testkit's own model is tested with them.
  openai: ['services/model', 'libs/testkit'],
  '@anthropic-ai/sdk': ['services/model', 'libs/testkit'],
  cockatiel: 'services/model',
  'lru-cache': 'services/model',
  playwright: 'services/agent-browser',
  imapflow: 'services/agent-messenger',
  nodemailer: 'services/agent-messenger',
  '@xmpp/': 'services/agent-messenger',
};

/** Nobody else keeps anything in the database. */
export const storeUsers: readonly string[] = ['services/gateway', 'libs/testkit', 'libs/embedded', 'scripts', 'test'];

/** They connect and decide, and never hold the code of a skill. */
export const skillless: readonly string[] = ['services/gateway', 'services/router'];

/** Files of skills/ that are no skill. */
export const skillFiles = {
  /** What an agent hosts: they name every skill. */
  manifests: [
    'skills/browser.ts',
    'skills/business.ts',
    'skills/messenger.ts',
    'skills/workstation.ts',
    'skills/chat/chat-skills.ts',
    'skills/database/database-skills.ts',
    'skills/files/files-skills.ts',
    'skills/mail/mail-skills.ts',
    'skills/memory/memory-skills.ts',
    'skills/notify/notify-skills.ts',
    'skills/records/records-skills.ts',
    'skills/shell/shell-skills.ts',
    'skills/web/web-skills.ts',
  ],
  /** Pure functions that the skills of a domain share. */
  shared: [
    'skills/chat/address-field.ts',
    'skills/chat/carried-text.ts',
    'skills/chat/sending.ts',
    'skills/database/csv.ts',
    'skills/database/reasons.ts',
    'skills/files/look.ts',
    'skills/files/media-types.ts',
    'skills/files/path-field.ts',
    'skills/files/phrases.ts',
    'skills/files/place-for.ts',
    'skills/files/reasons.ts',
    'skills/files/text-content.ts',
    'skills/mail/find-mail.ts',
    'skills/mail/mail-fields.ts',
    'skills/mail/reasons.ts',
    'skills/mail/reply-subject.ts',
    'skills/mail/send.ts',
    'skills/memory/memory-fields.ts',
    'skills/memory/memory-words.ts',
    'skills/records/choose.ts',
    'skills/records/reasons.ts',
    'skills/records/record-fields.ts',
    'skills/records/record-words.ts',
    'skills/records/reference.ts',
    'skills/shell/command-result.ts',
    'skills/shell/output-text.ts',
    'skills/shell/time-limit.ts',
    'skills/web/address-field.ts',
    'skills/web/file-name.ts',
    'skills/web/page-view.ts',
    'skills/web/phrases.ts',
    'skills/web/pieces.ts',
    'skills/web/reasons.ts',
    'skills/web/site-field.ts',
  ],
  forTests: [
    'skills/database/testing.ts',
    'skills/chat/killed-agent.ts',
    'skills/chat/testing.ts',
    'skills/notify/killed-agent.ts',
    'skills/notify/testing.ts',
    'skills/files/killed-agent.ts',
    'skills/files/killed-calls.ts',
    'skills/files/small-disk.ts',
    'skills/files/testing.ts',
    'skills/mail/testing.ts',
    'skills/memory/testing.ts',
    'skills/records/killed-agent.ts',
    'skills/records/testing.ts',
    'skills/shell/testing.ts',
    'skills/web/testing.ts',
  ],
};

/** What a skill may know of the world. */
export const skillPackages: readonly string[] = ['libs/contract', 'zod'];
