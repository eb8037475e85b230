// The ERP part of the business agent: one Tryton server, where the settings name one.
import { withoutCapability } from '@switchboard/agent';
import { SettingError } from '@switchboard/service';
import { recordsSkills } from '@switchboard/skills/business';
import type { BusinessPart } from '../part.ts';
import type { ErpConfig } from './erp-settings.ts';
import { createTrytonRecords } from './tryton-adapter.ts';

/** Connects to nothing. Throws SettingError for an address without a database. */
export function recordsPart({ ERP_URL, ERP_USER, ERP_PASSWORD }: ErpConfig): BusinessPart {
  const skills = recordsSkills;
  if (ERP_URL === undefined || ERP_USER === undefined || ERP_PASSWORD === undefined) {
    const given = { ERP_URL, ERP_USER, ERP_PASSWORD_FILE: ERP_PASSWORD };
    const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
    const why = `no ERP is configured: set ${missing.join(', ')} (ERP_URL is a Tryton server with its database, such as https://erp.example.org/production)`;
    return { skills, adapters: {}, unavailable: withoutCapability(skills, 'records', why) };
  }
  const login = { url: databaseUrl(ERP_URL), user: ERP_USER, password: ERP_PASSWORD };
  return { skills, adapters: { records: createTrytonRecords(login) }, unavailable: [] };
}

/** Tryton takes calls at `/<database>/`, and answers without the last slash by a redirect. */
function databaseUrl(address: string): string {
  const url = new URL(address);
  const database = url.pathname.replace(/^\/|\/$/g, '');
  if (database === '' || database.includes('/') || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new SettingError(
      'ERP_URL: name the database as its path, and nothing else: https://erp.example.org/production',
    );
  }
  url.pathname = `/${database}/`;
  return url.href;
}
