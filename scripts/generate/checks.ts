// docs/reference/checks.md: what `npm run doctor` looks at, by the ids that stay.
import { allChecks } from '../doctor/all-checks.ts';
import { code, page, table } from './markdown.ts';

export function checksPage(): string {
  const rows = allChecks({}, undefined).map(({ id, about }) => [code(id), about]);
  return page(
    'Checks',
    '`npm run doctor` tells each as `ok`, `warning`, `failed` or `skipped` (what does not run is not looked at), with what ' +
      'mends it; `-- --json` for programs; the exit code is 1 when one failed. The ids stay as they are. ' +
      '`npm run config -- check` looks at the settings alone.',
    table(['Id', 'What is looked at'], rows),
  );
}
