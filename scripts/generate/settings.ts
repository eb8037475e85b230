// docs/reference/settings.md and deploy/env.example: every setting, from the schema that reads it.
import type { z } from 'zod';
import { serviceSettings } from '../start/service-settings.ts';
import { startSettings } from '../start/settings.ts';
import { header } from './generated.ts';
import { code, page, table } from './markdown.ts';
import { type JsonSchema, toJsonSchema } from './schema-fields.ts';

interface Group {
  readonly name: string;
  readonly summary: string;
  readonly settings: z.ZodObject;
}

const groups: readonly Group[] = [
  {
    name: 'npm start',
    summary: 'Read by `npm start`, which gives each service what it needs.',
    settings: startSettings,
  },
  ...Object.entries(serviceSettings).map(([name, settings]) => ({
    name,
    summary: `Read by the process \`${name}\`.`,
    settings,
  })),
];

interface Setting {
  readonly name: string;
  readonly description: string;
  /** Undefined: there is none. */
  readonly default: string | undefined;
  readonly required: boolean;
  readonly limits: string;
}

/** As it is written in the environment. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function limits({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `at least ${minimum}`;
  return maximum === undefined ? '' : `at most ${maximum}`;
}

function settingsOf({ settings }: Group): Setting[] {
  const schema = toJsonSchema(settings, 'input');
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    if (typeof property !== 'object' || property.description === undefined) {
      throw new TypeError(`the setting ${name} has no description`);
    }
    return {
      name,
      description: property.description,
      default: property.default === undefined ? undefined : textOf(property.default),
      required: schema.required?.includes(name) ?? false,
      limits: limits(property),
    };
  });
}

function section(group: Group): string {
  const rows = settingsOf(group).map((setting) => [
    code(setting.name),
    setting.description,
    setting.required ? 'required' : setting.default ? code(setting.default) : '',
    setting.limits,
  ]);
  return `## ${group.name}\n\n${group.summary}\n\n${table(['Setting', 'What it is', 'Default', 'Limits'], rows)}`;
}

export function settingsPage(): string {
  return page(
    'Settings',
    'Settings come from the environment, are read once at the start, and one that cannot be used is one line that names ' +
      'it. A setting `NAME` may be given as a file in `NAME_FILE` instead: so are secrets. Every service takes `LOG_LEVEL` and `TZ` too, ' +
      '`SETTINGS_FILE`, a file with settings that are not in the environment, and `HEALTH_FILE`, one that it touches ' +
      'every 20 seconds while it is ready.',
    ...groups.map(section),
  );
}

function lines(setting: Setting): string {
  const about = [setting.description, setting.limits, setting.required ? 'required' : ''];
  return `# ${about.filter((part) => part !== '').join('; ')}\n#${setting.name}=${setting.default ?? ''}`;
}

export function envExample(): string {
  const parts = groups.map((group) => {
    const title = `# ---- ${group.name}: ${group.summary.replaceAll('`', '')}`;
    return [title, ...settingsOf(group).map(lines)].join('\n\n');
  });
  const intro = [
    `# ${header}`,
    '# Every setting with its default; take the # away to set one. NAME_FILE may name a file that holds NAME.',
  ].join('\n');
  return `${[intro, ...parts].join('\n\n')}\n`;
}
