// The business agent: business APIs, ERP and databases.
import { agentBasics, runAgent } from '@switchboard/agent';
import type { Life } from '@switchboard/service';
import type { BusinessConfig } from './config.ts';
import { databasePart } from './database/database-part.ts';
import { createApis } from './openapi/create-apis.ts';
import { together } from './part.ts';
import { recordsPart } from './tryton/records-part.ts';

export async function startBusiness(config: BusinessConfig, life: Life): Promise<void> {
  const own = together([recordsPart(config), await databasePart(config, life.log)]);
  // Last: what is made of documents takes no name that is taken.
  const apis = await createApis(config, own.skills, life.log);
  await runAgent({
    name: 'business',
    description: 'Business APIs, ERP and databases.',
    version: '1.0.0',
    ...agentBasics(config),
    ...together([own, apis]),
    life,
  });
}
