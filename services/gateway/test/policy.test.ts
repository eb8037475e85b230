// What policy says, rule by rule; and which policy is in force while its file changes.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Effect, Trust } from '@switchboard/contract';
import { createLog, SettingError } from '@switchboard/service';
import { projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decide, type PolicyQuestion } from '../src/policy/decide.ts';
import { defaultPolicy, defaultPolicyText } from '../src/policy/default-policy.ts';
import { type KeptPolicy, keepPolicy } from '../src/policy/keep-policy.ts';
import { PolicyError, parsePolicy } from '../src/policy/policy-file.ts';

const effect = (text: string): Effect => {
  const [effectClass, on = ''] = text.split(' ');
  return { class: effectClass as Effect['class'], on };
};
function question(effects: readonly string[], more: Partial<PolicyQuestion> = {}): PolicyQuestion {
  const who = { agent: 'workstation', skill: 'do-it', principal: 'owner', trust: 'trusted' as Trust };
  return { ...who, effects: effects.map(effect), ...more };
}
const file = (...rules: string[]): string => ['version: 1', 'rules:', ...rules.map((rule) => `  - ${rule}`)].join('\n');
const ruling = (policy: string, asked: PolicyQuestion): string => {
  const { decision, rule } = decide(parsePolicy(policy), asked);
  return `${decision} ${rule}`;
};

describe('the default', () => {
  test.each([
    [['read files'], 'allow look-and-write'],
    [['read files', 'write files'], 'allow look-and-write'],
    [['execute shell'], 'allow run-in-the-sandbox'],
    [['execute host'], 'ask no-rule'],
    [['external mail'], 'ask ask-before-it-counts'],
    [['destructive files'], 'ask ask-before-it-counts'],
    [['spend card'], 'ask ask-before-it-counts'],
    [['read files', 'destructive files'], 'ask ask-before-it-counts'],
    [[], 'allow no-effects'],
  ])('%j: %s', (effects, expected) => {
    const { decision, rule } = decide(defaultPolicy, question(effects));
    expect(`${decision} ${rule}`).toBe(expected);
  });

  test('the decision names every effect that it was made about', () => {
    expect(decide(defaultPolicy, question(['read files', 'write files'], { trust: 'untrusted' }))).toEqual({
      decision: 'allow',
      rule: 'look-and-write',
      trust: 'untrusted',
      effects: [
        { class: 'read', on: 'files' },
        { class: 'write', on: 'files' },
      ],
    });
  });
});

describe('rules', () => {
  const all = file('{ rule: all, decide: allow }');

  test('deny wins over ask, and ask over allow, in any order', () => {
    const three = ['{ rule: a, decide: allow }', '{ rule: b, decide: ask }', '{ rule: c, decide: deny }'];
    expect(ruling(file(...three), question(['read files']))).toBe('deny c');
    expect(ruling(file(...three.toReversed()), question(['read files']))).toBe('deny c');
    expect(ruling(file(...three.slice(0, 2)), question(['read files']))).toBe('ask b');
    expect(ruling(all, question(['spend card']))).toBe('allow all');
  });

  test('what one effect may not, the step may not', () => {
    const policy = file('{ rule: reads, effect: read, decide: allow }', '{ rule: no-mail, on: mail, decide: deny }');
    expect(ruling(policy, question(['read files', 'external mail']))).toBe('deny no-mail');
    expect(ruling(policy, question(['read files', 'write files']))).toBe('ask no-rule');
  });

  test.each([
    ['agent: browser', { agent: 'browser' }],
    ['skill: [a, b]', { skill: 'b' }],
    ['principal: guest', { principal: 'guest' }],
    ['trust: untrusted', { trust: 'untrusted' as const }],
  ])('%s holds for that, and for nothing else', (condition, facts) => {
    const policy = file('{ rule: all, decide: allow }', `{ rule: one, ${condition}, decide: deny }`);
    expect(ruling(policy, question(['read files'], facts))).toBe('deny one');
    expect(ruling(policy, question(['read files']))).toBe('allow all');
  });

  test('every condition of a rule has to hold, and an exception only where all of it does', () => {
    const policy = file(
      '{ rule: all, decide: allow }',
      '{ rule: no, effect: external, on: mail, decide: deny, except: { skill: post-out, principal: owner } }',
    );
    expect(ruling(policy, question(['external web']))).toBe('allow all');
    expect(ruling(policy, question(['external mail']))).toBe('deny no');
    expect(ruling(policy, question(['external mail'], { skill: 'post-out' }))).toBe('allow all');
    expect(ruling(policy, question(['external mail'], { skill: 'post-out', principal: 'guest' }))).toBe('deny no');
  });

  test('a rule about effects says nothing of a step that has none; one about skills does', () => {
    expect(ruling(file('{ rule: no, effect: read, decide: deny }'), question([]))).toBe('allow no-effects');
    expect(ruling(file('{ rule: no, skill: do-it, decide: deny }'), question([]))).toBe('deny no');
  });
});

describe('the rule of two', () => {
  const permissive = file('{ rule: all, decide: allow }');
  test.each([
    ['external mail', 'ask rule-of-two'],
    ['destructive files', 'ask rule-of-two'],
    ['spend card', 'ask rule-of-two'],
    ['execute host', 'ask rule-of-two'],
    ['execute shell', 'allow all'],
    ['read files', 'allow all'],
    ['write files', 'allow all'],
  ])('after untrusted content, %s: %s, whatever the file allows', (effects, expected) => {
    expect(ruling(permissive, question([effects]))).toBe('allow all');
    expect(ruling(permissive, question([effects], { trust: 'untrusted' }))).toBe(expected);
  });
  test('a file cannot switch it off, and deny is still deny', () => {
    const policy = file('{ rule: all, trust: untrusted, decide: allow }', '{ rule: no, on: mail, decide: deny }');
    expect(ruling(policy, question(['destructive files'], { trust: 'untrusted' }))).toBe('ask rule-of-two');
    expect(ruling(policy, question(['external mail'], { trust: 'untrusted' }))).toBe('deny no');
  });
});

describe('a file that is wrong says where', () => {
  const rule = '{ rule: a, decide: allow }';
  test.each([
    ['nothing', '', /the file: .*expected object/],
    ['no YAML', 'rules: [', /line 1/],
    ['one key twice', 'version: 1\nversion: 1\nrules: []', /unique/],
    ['another version', 'version: 2\nrules: []', /version/],
    ['a key that means nothing', file('{ rule: a, decide: allow, efect: read }'), /rules\.0.*efect/],
    ['a class that is none', file('{ rule: a, decide: allow, effect: delete }'), /rules\.0\.effect/],
    ['an empty list', file('{ rule: a, decide: allow, effect: [] }'), /rules\.0\.effect/],
    ['a verdict that is none', file('{ rule: a, decide: maybe }'), /rules\.0\.decide/],
    ['a rule without a name', file('{ decide: allow }'), /rules\.0\.rule/],
    ['one name twice', file(rule, rule), /two rules have one name/],
    ['the name of a built-in rule', file('{ rule: rule-of-two, decide: allow }'), /built-in/],
    ['an exception of nothing', file('{ rule: a, decide: deny, except: {} }'), /rules\.0\.except/],
    ['an alias', 'version: 1\nrules:\n  - &a { rule: a, decide: allow }\n  - *a', /alias/i],
  ])('%s', (_, text, why) => {
    expect(() => parsePolicy(text)).toThrow(PolicyError);
    expect(() => parsePolicy(text)).toThrow(why);
  });
});

describe('the page about it', () => {
  const [whole = '', examples = ''] = Array.from(
    readFileSync(join(projectRoot, 'docs/POLICY.md'), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms),
    ([, block = '']) => block,
  );

  test('shows the default as it is', () => {
    expect(parsePolicy(whole).rules).toEqual(defaultPolicy.rules);
  });

  test('has examples that do what they say', () => {
    const policy = `${defaultPolicyText
      .replace('ask-before-it-counts', 'counts')
      .replace(
        'effect: [external, destructive, spend]',
        'effect: [destructive, spend]',
      )}${examples.replace(/^/gm, '  ')}`;
    expect(ruling(policy, question(['external mail']))).toBe('ask ask-before-mail');
    expect(ruling(policy, question(['external mail'], { skill: 'notify-me' }))).toBe('allow my-own-phone');
    const tainted = { skill: 'notify-me', trust: 'untrusted' as const };
    expect(ruling(policy, question(['external mail'], tainted))).toBe('ask rule-of-two');
    expect(ruling(policy, question(['read files'], { principal: 'guest' }))).toBe('allow look-and-write');
    expect(ruling(policy, question(['write files'], { principal: 'guest' }))).toBe('deny guests-look');
    expect(ruling(policy, question(['execute shell'], { trust: 'untrusted' }))).toBe('deny no-commands-after-reading');
    expect(ruling(policy, question(['destructive files'], { skill: 'delete-folder' }))).toBe('deny no-folder-deletion');
  });
});

describe('the file', () => {
  let folder: TempFolder;
  let path: string;
  let kept: KeptPolicy | undefined;
  let told: string[];
  const strict = file('{ rule: nothing, decide: deny }');
  const open = (): KeptPolicy => {
    const tell = (kind: string): void => void told.push(kind);
    kept = keepPolicy({ file: path, log: createLog('test', 'silent'), tell, everyMs: 20 });
    return kept;
  };
  const inForce = (policy: KeptPolicy) => policy.current().rules.map(({ rule }) => rule);

  beforeEach(async () => {
    folder = await tempFolder();
    path = join(folder.path, 'policy.yaml');
    told = [];
  });
  afterEach(async () => {
    kept?.stop();
    kept = undefined;
    await folder.remove();
  });

  test('that is not there means the default, until it is', async () => {
    const policy = open();
    expect(policy.current()).toBe(defaultPolicy);
    writeFileSync(path, strict);
    await waitUntil('the new rules', () => inForce(policy)[0] === 'nothing');
    expect(told).toEqual(['policy-in-force', 'policy-changed']);
  });

  test('is in force when it is changed in place, and when another is put in its place', async () => {
    writeFileSync(path, defaultPolicyText);
    const policy = open();
    writeFileSync(path, strict);
    await waitUntil('the new rules', () => inForce(policy)[0] === 'nothing');
    writeFileSync(`${path}.new`, defaultPolicyText);
    renameSync(`${path}.new`, path);
    await waitUntil('the old rules', () => inForce(policy)[0] === 'look-and-write');
    expect(policy.problem()).toBeUndefined();
  });

  test.each([
    ['wrong', () => writeFileSync(path, 'version: 1\nrules: [nonsense]')],
    ['gone', () => rmSync(path)],
    ['larger than a policy is', () => writeFileSync(path, `# ${'x'.repeat(300_000)}`)],
    [
      'a folder',
      () => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('that becomes %s leaves the last good one in force, and says why, once', async (_, spoil) => {
    writeFileSync(path, strict);
    const policy = open();
    spoil();
    await waitUntil('the problem', () => policy.problem());
    expect(inForce(policy)).toEqual(['nothing']);
    expect(told).toEqual(['policy-in-force', 'policy-refused']);
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, file('{ rule: mended, decide: ask }'));
    await waitUntil('the mended rules', () => inForce(policy)[0] === 'mended');
    expect(policy.problem()).toBeUndefined();
  });

  test('that is wrong at the start stops the gateway, naming the setting', () => {
    writeFileSync(path, 'version: 1\nrules: nonsense');
    expect(open).toThrow(SettingError);
    expect(open).toThrow(/POLICY_FILE: .*policy\.yaml: rules/);
  });
});
