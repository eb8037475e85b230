// The states of turns and steps: A2A 1.0 task states, in the database, in events and over HTTP alike.
import { z } from 'zod';

export const turnStates = [
  'submitted',
  'working',
  'input-required',
  'auth-required',
  'completed',
  'failed',
  'canceled',
  'rejected',
] as const;
export const turnStateSchema = z.enum(turnStates);
export type TurnState = z.infer<typeof turnStateSchema>;

export const terminalTurnStates = ['completed', 'failed', 'canceled', 'rejected'] as const;
export type TerminalTurnState = (typeof terminalTurnStates)[number];

export function isTerminal(state: TurnState): state is TerminalTurnState {
  return (terminalTurnStates as readonly string[]).includes(state);
}

/**
 * One attempt of one step. started: the row is committed, so the effect may have happened. interrupted: the agent died
 * between its own start and end. not-executed: the agent has fenced the id, so it never will. unknown: nobody can tell.
 */
export const stepStates = [
  'started',
  'succeeded',
  'failed',
  'not-executed',
  'interrupted',
  'unknown',
  'canceled',
] as const;
export const stepStateSchema = z.enum(stepStates);
export type StepState = z.infer<typeof stepStateSchema>;
