// Everything that is generated without a database: the reference, and what a deployment takes from it.
import { describeApi } from '../../services/gateway/src/http/openapi.ts';
import { deployment } from './agents.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { checksPage } from './checks.ts';
import { errorsPage } from './errors.ts';
import { type Generated, toJson } from './generated.ts';
import { httpPage } from './http.ts';
import { list, page } from './markdown.ts';
import { envExample, settingsPage } from './settings.ts';
import { skillsPage } from './skills.ts';
import { subjectsPage } from './subjects.ts';
import { usersFile } from './users.ts';

function indexPage(): string {
  return page(
    'Reference',
    'Made from the code by `npm run generate`; `npm run check` fails when it and the code differ.',
    list([
      '[Skills](skills.md): what can be done, and by which sentences',
      '[HTTP API](http.md), also as [OpenAPI](openapi.json)',
      '[Errors](errors.md): every code, and whether to try again',
      '[Subjects](subjects.md): who says what on the bus and how to listen, also as [AsyncAPI](asyncapi.json)',
      '[Settings](settings.md), also as [a file to start from](../../deploy/env.example)',
      '[Checks](checks.md) of `npm run doctor`',
      '[Broker users](../../deploy/nats/users.json): who may publish and subscribe to what',
      '[Database schema](../../libs/store/schema.sql)',
    ]),
  );
}

/** The OpenAPI document is what the gateway serves, byte for byte but for white space. */
export async function generateReference(): Promise<Generated> {
  const agents = Object.keys(deployment);
  return new Map([
    ['docs/reference/README.md', indexPage()],
    ['docs/reference/subjects.md', subjectsPage(agents)],
    ['docs/reference/asyncapi.json', asyncApiDocument()],
    ['docs/reference/skills.md', skillsPage(deployment)],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/http.md', httpPage()],
    ['docs/reference/openapi.json', toJson(await describeApi())],
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/checks.md', checksPage()],
    ['deploy/env.example', envExample()],
    ['deploy/nats/users.json', usersFile(agents)],
  ]);
}
