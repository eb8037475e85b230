// The policy that comes with the product: in force where there is no file, and the file that a new home starts with.
import { readFileSync } from 'node:fs';
import { type Policy, parsePolicy } from './policy-file.ts';

export const defaultPolicyText = readFileSync(new URL('../../policy.yaml', import.meta.url), 'utf8');

export const defaultPolicy: Policy = parsePolicy(defaultPolicyText);
