// Concrete subjects out of the map, and back: no parameter that is more than one token gets through.
import { type ParametersOf, type Pattern, type SubjectName, subjects } from './subjects.ts';

const token = /^[A-Za-z0-9_-]{1,63}$/;

/** The concrete subject. Throws TypeError on a parameter that is not one plain token: `*` and `.` never get in. */
export function subject<Name extends SubjectName>(name: Name, parameters: ParametersOf<Pattern<Name>>): string {
  return subjects[name].pattern.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = (parameters as Record<string, string>)[key];
    if (value === undefined || !token.test(value)) throw new TypeError(`subject ${name}: ${key} is not a plain token`);
    return value;
  });
}

/** The subject to listen on: parameters that are not given become `*`. */
export function subjectFilter<Name extends SubjectName>(
  name: Name,
  parameters: Partial<ParametersOf<Pattern<Name>>> = {},
): string {
  return subjects[name].pattern.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = (parameters as Record<string, string | undefined>)[key];
    if (value === undefined) return '*';
    if (!token.test(value)) throw new TypeError(`subject ${name}: ${key} is not a plain token`);
    return value;
  });
}

/** The parameters in a concrete subject, or undefined when it is not one of this name's. */
export function parseSubject<Name extends SubjectName>(
  name: Name,
  concrete: string,
): ParametersOf<Pattern<Name>> | undefined {
  const pattern = subjects[name].pattern.split('.');
  const tokens = concrete.split('.');
  if (tokens.length !== pattern.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = tokens[index] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters as ParametersOf<Pattern<Name>>;
}
