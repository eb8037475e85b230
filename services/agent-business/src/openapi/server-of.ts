// Where an API lies and what people call it: as the operator says, or else as its document does.
import { ApiProblem } from './api-problem.ts';
import { isRecord, type Json, membersOf, textOf } from './json.ts';
import type { Overlay } from './overlay.ts';
import { plainWords } from './words.ts';

export interface Server {
  readonly base: URL;
  readonly title: string;
  /** By the operator, not by the document. */
  readonly named: boolean;
}

/** `{scheme}://host/{version}` with the default of each variable. */
function withDefaults(url: string, server: Json): string {
  return membersOf(server['variables']).reduce((text, [name, variable]) => {
    const value = isRecord(variable) ? variable['default'] : undefined;
    return typeof value === 'string' ? text.replaceAll(`{${name}}`, value) : text;
  }, url);
}

/** Throws ApiProblem when neither says where it lies. */
export function serverOf(name: string, document: Json, overlay: Overlay): Server {
  const [first] = Array.isArray(document['servers']) ? document['servers'] : [];
  const said = isRecord(first) ? textOf(first['url']) : undefined;
  const address = overlay.server ?? (isRecord(first) && said !== undefined ? withDefaults(said, first) : '');
  const base = URL.parse(address);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    const why =
      said === undefined ? 'the document names no server' : `the document's server ${said} is no whole address`;
    throw new ApiProblem(`${why}: give \`server\``);
  }
  if (base.username !== '' || base.password !== '')
    throw new ApiProblem('server: secrets belong into a file: see auth');
  base.search = '';
  base.hash = '';
  // The document's own title is for its readers: the file is named as the operator speaks of it.
  const title = overlay.title ?? plainWords(name).replace(/^./, (letter) => letter.toUpperCase());
  return { base, title, named: overlay.server !== undefined };
}
