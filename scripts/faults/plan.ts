// The exact grammar that the suite's clients speak and its router understands: `<skill> <key> <ms>`, joined by `then`.

export interface PlannedAct {
  readonly skill: string;
  /** Of the effect in the outside world: unique in a run. */
  readonly key: string;
  readonly ms: number;
}

const joint = ' then ';
/** What follows is not read. */
const remark = ' -- ';
const act = /^([a-z-]+) ([\w.-]+) (\d+)$/;

export function say(acts: readonly PlannedAct[]): string {
  return acts.map(({ skill, key, ms }) => `${skill} ${key} ${ms}`).join(joint);
}

/** Makes what is said longer, and nothing else. */
export function sayWith(acts: readonly PlannedAct[], words: string): string {
  return say(acts) + remark + words;
}

/** Undefined when it is not said in this grammar. */
export function understand(text: string): PlannedAct[] | undefined {
  const acts: PlannedAct[] = [];
  const [said = ''] = text.split(remark, 1);
  for (const part of said.split(joint)) {
    const [, skill, key, ms] = act.exec(part) ?? [];
    if (skill === undefined || key === undefined) return undefined;
    acts.push({ skill, key, ms: Number(ms) });
  }
  return acts;
}

/** The file that the file skills keep a session's keys in. */
export function fileOf(key: string): string {
  return `${key.split('.')[0]}.txt`;
}

const sentences: readonly ((key: string, file: string) => string)[] = [
  (key, file) => `append "${key}" to ${file}`,
  (key, file) => `please add "${key}" to the file ${file}`,
  (key, file) => `put "${key}" at the end of ${file}`,
  (key, file) => `add the line "${key}" to ${file}`,
  (key, file) => `note "${key}" in ${file}`,
];

/** Appended keys as a person would say it, for the router of the product; one act says the same words each time. */
export function speak(acts: readonly PlannedAct[]): string {
  const [first] = acts;
  if (first === undefined || acts.length > 1) throw new TypeError('a person says one thing at a time here');
  return sentences[first.ms % sentences.length]?.(first.key, fileOf(first.key)) ?? say(acts);
}

/** What the skill is given: file skills write the key on a line of the session's file. */
export function inputOf({ skill, key, ms }: PlannedAct): Record<string, unknown> {
  return skill === 'append-file' ? { path: fileOf(key), text: key } : { key, ms };
}
