// What the tests of the database skills share: the agent's own adapter, over a shop's tables in a real PostgreSQL.
import { createDatabaseAdapter } from '@switchboard/agent-business/database';
import { createShopDatabase, type ShopDatabase } from '@switchboard/testkit/peers/shop-database';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, runSkill } from '@switchboard/testkit/skill';

export interface TestShop {
  /** As the role that can only read. */
  readonly setup: SkillSetup;
  readonly database: ShopDatabase;
  as(role: string): SkillSetup;
}

/** Made before the tests of the file and dropped after them; not to be touched outside of a test. */
export function testShop(): TestShop {
  let database: ShopDatabase | undefined;
  const made = (): ShopDatabase => {
    if (database === undefined) throw new Error('the database is there within a test only');
    return database;
  };
  beforeAll(async () => {
    database = await createShopDatabase();
  });
  afterAll(() => database?.drop());
  const as = (url: () => string): SkillSetup => ({ adapters: () => ({ database: createDatabaseAdapter(url()) }) });
  return {
    setup: as(() => made().urlFor(made().role)),
    as: (role) => as(() => made().urlFor(role)),
    get database() {
      return made();
    },
  };
}
