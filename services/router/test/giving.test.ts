// Plans of which one step gives what another takes: made from contracts, asked about like others, and never out of plain text.
import { type PlanRest, planStepsMax, type RouteDecision, routeDecisionSchema } from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { indexCatalogue } from '../src/index.ts';
import { artifact, askGiving, givingCatalogue, givingIndex, givingSteps } from './giving-catalogue.ts';
import { ask, sketch, steps } from './small-catalogue.ts';

const page = 'https://example.org/a?b=1';
const anna = 'anna@example.org';
const from = (step: number, field: string) => ({ $from: { step, field } });
const shot = ['take-screenshot', { url: page }] as const;
const saved = (path: string, field = 'image') => ['save-file', { content: from(1, field), path }] as const;
const mailed = (...fields: string[]) =>
  ['send-mail', { to: [anna], attachments: fields.map((field, at) => from(at + 1, field)) }] as const;
const shared = (path: string) => ['share-file', { path }] as const;

describe('what one skill gives and another takes', () => {
  it.each([
    [`save a screenshot of ${page} to notes/page.png`, [shot, saved('notes/page.png')]],
    [`Could you please save the screenshot of ${page} as notes/page.png, thanks`, [shot, saved('notes/page.png')]],
    [`save the pdf of ${page} as page.pdf`, [['save-pdf', { url: page }], saved('page.pdf', 'pdf')]],
    [`mail notes/todo.txt to ${anna}`, [shared('notes/todo.txt'), mailed('file')]],
    [`mail the file notes/todo.txt to ${anna}`, [shared('notes/todo.txt'), mailed('file')]],
    [`mail "my notes.txt" to ${anna}`, [shared('my notes.txt'), mailed('file')]],
    [`mail a screenshot of ${page} to ${anna}`, [shot, mailed('image')]],
    [`send a screenshot of ${page} to ${anna} by mail`, [shot, mailed('image')]],
    [`email ${anna} a screenshot of ${page}`, [shot, mailed('image')]],
    [
      `mail a.txt, b.txt and the pdf of ${page} to ${anna}`,
      [shared('a.txt'), shared('b.txt'), ['save-pdf', { url: page }], mailed('file', 'file', 'pdf')],
    ],
    // A text is taken from elsewhere only where it is called what the output calls it.
    [
      `mail the text of ${page} to ${anna}`,
      [
        ['read-page', { url: page }],
        ['send-mail', { to: [anna], text: from(1, 'text') }],
      ],
    ],
    [
      `write the text of ${page} to a.txt`,
      [
        ['read-page', { url: page }],
        ['write-file', { text: from(1, 'text'), path: 'a.txt' }],
      ],
    ],
    // The verb is said once for both.
    [`download ${page} to files/a.zip`, [['download-file', { url: page }], saved('files/a.zip', 'file')]],
    [`save ${page} as pdf to a.pdf`, [['save-pdf', { url: page }], saved('a.pdf', 'pdf')]],
  ])('%s', (text, plan) => {
    expect(givingSteps(text)).toEqual(plan);
  });

  it('understands ordinary words, when they are sure', () => {
    expect(givingSteps(`send ${anna} notes/todo.txt by mail`)).toEqual([shared('notes/todo.txt'), mailed('file')]);
    expect(givingSteps(`send ${anna} a screenshot of ${page} by mail`)).toEqual([shot, mailed('image')]);
    expect(givingSteps(`save a capture of the page ${page} to a.png`)).toEqual([shot, saved('a.png')]);
  });

  it.each([
    [`take a screenshot of ${page} and save it to a.png`, [shot, saved('a.png')]],
    [`take a screenshot of ${page} and mail it to ${anna}`, [shot, mailed('image')]],
    [
      `save a screenshot of ${page} to a.png and then delete b.txt`,
      [shot, saved('a.png'), ['delete-file', { path: 'b.txt' }]],
    ],
    [
      `delete b.txt and then mail a screenshot of ${page} to ${anna}`,
      [['delete-file', { path: 'b.txt' }], shot, ['send-mail', { to: [anna], attachments: [from(2, 'image')] }]],
    ],
  ])('several orders: %s', (text, plan) => {
    expect(givingSteps(text)).toEqual(plan);
  });

  it('says of both skills what speaks for them', () => {
    const decision = askGiving(`save a screenshot of ${page} to a.png`);
    expect(decision.reason).toContain('“save {content} (to|as|in) {path}” of save-file');
    expect(decision.reason).toContain('take-screenshot gives what it takes: matches “[take] [a] screenshot of {url}”');
    expect(decision.candidates.slice(0, 2)).toMatchObject([
      { skill: 'save-file', why: expect.stringContaining('matches') },
      { skill: 'take-screenshot', why: expect.stringContaining('gives to save-file') },
    ]);
    expect(routeDecisionSchema.parse(decision)).toEqual(decision);
  });

  it('takes it from any agent, also when one is addressed', () => {
    expect(givingSteps(`@workstation save a screenshot of ${page} to a.png`)).toEqual([shot, saved('a.png')]);
    expect(givingSteps(`/save-file save a screenshot of ${page} to a.png`)).toEqual([shot, saved('a.png')]);
  });

  it('prefers a skill that takes the name itself', () => {
    const keeper = sketch('workstation', 'keep-copy', {
      title: 'Keep a copy',
      effect: 'write',
      properties: {
        from: { type: 'string', description: 'path of the file' },
        to: { type: 'string', description: 'new path' },
      },
      utterances: ['put {from} into [the] {to}'],
    });
    const index = indexCatalogue([...givingCatalogue, keeper]);
    expect(steps('put a.txt into b.txt', {}, index)).toEqual([['keep-copy', { from: 'a.txt', to: 'b.txt' }]]);
  });
});

describe('plain text stays text', () => {
  it.each([
    ['save buy milk as notes/todo.txt', 'buy milk', 'notes/todo.txt'],
    ['save buy a screen and a camera as a.txt', 'buy a screen and a camera', 'a.txt'],
    ['put call anna at 5 into the file a.txt', 'call anna at 5', 'a.txt'],
    ['save "a screenshot of https://example.org" in a.txt', 'a screenshot of https://example.org', 'a.txt'],
    // Three skills make something of an address: nobody can say which.
    ['save https://example.org/a as links.txt', 'https://example.org/a', 'links.txt'],
    ['write the title of the song to a.txt', 'the title of the song', 'a.txt'],
    [`write open ${page} to a.txt`, `open ${page}`, 'a.txt'],
    [`write a screenshot of ${page} to a.txt`, `a screenshot of ${page}`, 'a.txt'],
  ])('%s', (text, written, path) => {
    expect(givingSteps(text)).toEqual([['write-file', { text: written, path }]]);
  });

  it.each([`mail hello anna to ${anna}`, `mail my regards from ${page} to ${anna}`])('%s', (text) => {
    const [step, ...more] = givingSteps(text);
    expect(step).toMatchObject(['send-mail', { to: [anna], text: expect.any(String) }]);
    expect(step?.[1]).not.toHaveProperty('attachments');
    expect(more).toEqual([]);
  });

  it('a skill whose output may lack the artifact, or has two, gives nothing', () => {
    const photo = sketch('camera', 'take-photo', {
      title: 'Take a photo',
      effect: 'read',
      properties: { room: { type: 'string' } },
      output: { front: artifact, back: artifact },
      utterances: ['[take] [a] photo of {room}'],
    });
    const index = indexCatalogue([...givingCatalogue, photo]);
    expect(steps('save a photo of kitchen as a.txt', {}, index)).toEqual([
      ['write-file', { text: 'a photo of kitchen', path: 'a.txt' }],
    ]);
  });

  it('an order is not made of a negation inside it, nor of a question', () => {
    for (const text of [`do not save a screenshot of ${page} to a.png`, `did you mail a.txt to ${anna}`]) {
      const decision = askGiving(text);
      expect(decision.outcome === 'route' && decision.steps.map((step) => step.skill)).toBe(false);
    }
  });
});

/** Says it, and answers each question with the next of the answers, as the gateway passes them on. */
function converse(text: string, ...answers: string[]): { asked: string[]; decision: RouteDecision } {
  const asked: string[] = [];
  let decision = askGiving(text);
  for (const answer of answers) {
    if (decision.outcome !== 'ask' || decision.question.kind !== 'input') break;
    const { agent, skill, field, arguments: given, rest } = decision.question;
    asked.push(`${skill} ${field}`);
    const told = { agent, skill, arguments: given, ...(rest && { rest }), answer: { field, text: answer } };
    expect(routeDecisionSchema.parse(decision)).toEqual(decision);
    decision = askGiving(text, told);
  }
  return { asked, decision };
}

const planOf = (decision: RouteDecision) =>
  decision.outcome === 'route' ? decision.steps.map((step) => [step.skill, step.input]) : decision;

it('a choice holds what is given, and leads to it', () => {
  const decision = askGiving(`could ${anna} get a screenshot of ${page} by mail`);
  const choices = decision.outcome === 'ask' && decision.question.kind === 'choice' ? decision.question.choices : [];
  const mail = choices.find(({ skill }) => skill === 'send-mail');
  expect(mail?.label).toBe(`Send a mail: ${anna}, Take a screenshot: ${page}`);
  const { agent, skill, arguments: given, rest } = mail ?? {};
  const request = JSON.parse(JSON.stringify({ agent, skill, arguments: given, rest }));
  expect(givingSteps('', request)).toEqual([shot, mailed('image')]);
});

describe('what is missing is asked about, and the rest of the plan is kept', () => {
  it('in the step that gives', () => {
    const { asked, decision } = converse('save a screenshot to a.png', 'nonsense of no address', page);
    expect(asked).toEqual(['take-screenshot url', 'take-screenshot url']);
    expect(planOf(decision)).toEqual([shot, saved('a.png')]);
  });

  it('in the step that takes', () => {
    const index = indexCatalogue(
      givingCatalogue.map((entry) =>
        entry.document.name === 'send-mail'
          ? { ...entry, document: { ...entry.document, utterances: ['mail {attachments} [to {to}]'] } }
          : entry,
      ),
    );
    const asked = ask(`mail a screenshot of ${page}`, {}, index);
    const question = asked.outcome === 'ask' && asked.question.kind === 'input' ? asked.question : undefined;
    expect(question).toMatchObject({
      skill: 'send-mail',
      field: 'to',
      rest: { before: [{ skill: 'take-screenshot' }] },
    });
    const { agent, skill, field, arguments: given, rest } = question ?? { rest: undefined };
    const told = { agent, skill, arguments: given, rest, answer: { field: field ?? '', text: anna } };
    const request = JSON.parse(JSON.stringify(told));
    expect(steps('', request, index)).toEqual([shot, mailed('image')]);
  });

  it('in both, one after the other', () => {
    const { asked, decision } = converse('/save-file', 'a screenshot', page, 'pics/a.png');
    expect(asked).toEqual(['save-file content', 'take-screenshot url', 'save-file path']);
    expect(planOf(decision)).toEqual([shot, saved('pics/a.png')]);
  });

  it('with a file, or a request for one, as the answer', () => {
    const named = converse('/save-file', 'notes/a.txt', 'b.txt');
    expect(planOf(named.decision)).toEqual([shared('notes/a.txt'), saved('b.txt', 'file')]);
    const made = converse('/save-file', `a screenshot of ${page}`, 'b.png');
    expect(planOf(made.decision)).toEqual([shot, saved('b.png')]);
    const neither = converse('/save-file', 'the weather');
    expect(neither.decision).toMatchObject({
      outcome: 'ask',
      question: { skill: 'save-file', field: 'content', text: expect.stringContaining('something that gives one') },
    });
  });

  it('a plan whose contracts have changed since is not guessed at', () => {
    const rest: PlanRest = {
      before: [{ agent: 'browser', skill: 'take-screenshot', contractHash: 'b'.repeat(64), input: { url: page } }],
      after: [],
    };
    const content = from(1, 'image');
    expect(askGiving('', { skill: 'save-file', arguments: { content, path: 'a.png' }, rest })).toMatchObject({
      outcome: 'refuse',
      text: expect.stringContaining('not offered any more as it was'),
    });
  });

  it('what a program gives is data, and no reference', () => {
    const given = { content: from(1, 'image'), path: 'a.png' };
    expect(givingSteps('', { skill: 'save-file', arguments: given })).toEqual([['save-file', given]]);
  });
});

describe('care', () => {
  it('a plan counts as what the gravest of its steps may do', () => {
    const shred = sketch('workstation', 'shred-old', {
      title: 'Shred and keep the list',
      effect: 'destructive',
      properties: { path: { type: 'string', description: 'path of a folder' } },
      output: { list: artifact },
      utterances: ['shred everything old and unused in [the] folder {path} please'],
    });
    const index = indexCatalogue([...givingCatalogue, shred]);
    const decision = ask('save what you shred that is stale under old/ to list.txt', {}, index);
    expect(decision.outcome === 'route' && decision.steps.some(({ skill }) => skill === 'shred-old')).toBe(false);
  });

  it('more steps than a plan may have are refused', () => {
    const files = (count: number): string => Array.from({ length: count }, (_, at) => `${at}.txt`).join(', ');
    expect(givingSteps(`mail ${files(10)} to ${anna}`)).toHaveLength(11);
    const much = askGiving(`mail ${files(6)} to ${anna} and then mail ${files(6)} to ${anna}`);
    expect(much).toMatchObject({ outcome: 'refuse', text: expect.stringContaining(`at most ${planStepsMax}`) });
  });

  it('a long text is looked into for nothing, and in time', () => {
    for (const piece of ['a screenshot of https://example.org ', 'a.txt, ', 'mail a.txt and then ', 'save it to ']) {
      const started = performance.now();
      ask(`mail ${piece.repeat(400).slice(0, 9_000)} to ${anna}`, {}, givingIndex);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});
