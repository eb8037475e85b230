// The calls that the killed agent makes, each with an effect that would show if it were lost or done twice.
import { type Artifact, type Skill, sha256 } from '@switchboard/contract';
import { filesSkills } from './files-skills.ts';

export interface Call {
  readonly skill: Skill;
  readonly input: Record<string, unknown>;
  /** Of the step; an attempt adds its number. */
  readonly id: string;
}

const text = 'a line of some length, so that writing it takes a moment\n'.repeat(2000).slice(0, 90_000);

const picture = Buffer.alloc(90_000, 'a picture');
const made: Artifact = {
  id: '00000000-0000-7000-8000-0000000000bb',
  name: 'picture.png',
  mediaType: 'image/png',
  bytes: picture.length,
  sha256: sha256(picture),
};

/** What the artifacts of the calls hold. */
export const contents: Readonly<Record<string, Uint8Array>> = { [made.id]: picture };

export function callsOf(rounds: number): Call[] {
  return Array.from({ length: rounds }, (_, n) => [
    call(n, 'write-file', { path: 'draft.txt', text: `${n}\n${text}` }),
    call(n, 'save-file', { content: made, path: `pictures/${n}/` }),
    call(n, 'append-file', { path: 'log.txt', text: `line ${n}` }),
    call(n, 'replace-text', { path: 'draft.txt', oldText: 'line', newText: `word ${n}` }),
    call(n, 'copy-file', { from: 'draft.txt', to: `copies/${n}.txt` }),
    call(n, 'move-file', { from: 'draft.txt', to: `done/${n}.txt` }),
    call(n, 'delete-file', { path: `copies/${n}.txt` }),
  ]).flat();
}

function call(round: number, name: string, input: Record<string, unknown>): Call {
  const skill = filesSkills.find(({ contract }) => contract.name === name);
  if (skill === undefined) throw new Error(`there is no skill ${name}`);
  return { skill, input, id: `${name}-${round}` };
}
