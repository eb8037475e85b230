// Whether a step may be done now: what policy decided, and what its person has said.
import type { Permission, PolicyDecision } from '@switchboard/contract';
import type { QuestionRow } from '@switchboard/store';
import { approvalHash } from './questions.ts';
import type { StepPlace } from './told.ts';

/** What the step may be done under. */
export interface Leave {
  readonly policy: Permission;
  readonly approvalId: string | null;
}

/** An approval is for one step and its very input: another step, or another input, has to be asked about again. */
export function leaveFor(
  answered: readonly QuestionRow[],
  { number, step }: StepPlace,
  policy: PolicyDecision,
): Leave | 'ask' | 'deny' {
  const { decision } = policy;
  if (decision === 'deny') return 'deny';
  const hash = approvalHash(step);
  const approval = answered.find(
    (row) =>
      row.kind === 'approval' && row.step === number && row.inputHash === hash && row.answer?.['approve'] === true,
  );
  if (decision === 'ask' && approval === undefined) return 'ask';
  return { policy: { ...policy, decision }, approvalId: approval?.id ?? null };
}
