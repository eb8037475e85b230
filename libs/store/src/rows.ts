// The shapes of rows as they come out of the database.
import type {
  Effect,
  ErrorInfo,
  Event,
  EventType,
  Invoke,
  Permission,
  PlannedStep,
  PlanRest,
  Repeat,
  RouteDecision,
  StepState,
  Trust,
  TurnState,
} from '@switchboard/contract';

type Json = Record<string, unknown>;

/** What the person said, as stored. */
export interface TurnRequest {
  readonly input: string;
  readonly agent?: string;
  readonly skill?: string;
  readonly arguments?: Json;
  readonly dryRun: boolean;
}

/** What the router is to be asked: the request, refined by answers. */
export interface TurnAddress {
  readonly text: string;
  readonly agent?: string;
  readonly skill?: string;
  readonly arguments?: Json;
  /** Of the plan that `skill` is a step of. */
  readonly rest?: PlanRest | undefined;
  readonly answer?: { readonly field: string; readonly text: string };
  /** A typed call: nothing is left to recognise. */
  readonly typed?: {
    readonly skill: { readonly agent: string; readonly skill: string; readonly contractHash: string };
    readonly arguments: Json;
  };
}

export interface TurnOutput {
  readonly text: string;
  readonly data?: Json;
}

export interface TurnRow {
  readonly id: string;
  readonly sessionId: string;
  readonly seq: number;
  readonly principalId: string;
  readonly request: TurnRequest;
  readonly address: TurnAddress;
  readonly state: TurnState;
  readonly epoch: number;
  readonly attempts: number;
  readonly cancelRequested: boolean;
  readonly deadline: Date;
  readonly decision: RouteDecision | null;
  readonly plan: readonly PlannedStep[] | null;
  readonly output: TurnOutput | null;
  readonly error: ErrorInfo | null;
  readonly traceparent: string | null;
  /** A step of it has begun that reads what somebody else wrote. */
  readonly tainted: boolean;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface InvocationRow {
  readonly id: string;
  readonly turnId: string;
  readonly step: number;
  readonly attempt: number;
  readonly agent: string;
  readonly skill: string;
  readonly contractHash: string;
  readonly input: Invoke['input'];
  readonly inputHash: string;
  readonly effects: readonly Effect[];
  readonly repeat: Repeat;
  readonly ingests: Trust;
  /** What was decided just before it began. */
  readonly policy: Permission;
  readonly approvalId: string | null;
  readonly deadline: Date;
  readonly epoch: number;
  readonly state: StepState;
  readonly output: Json | null;
  readonly text: string | null;
  readonly error: ErrorInfo | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export interface QuestionRow {
  readonly id: string;
  readonly turnId: string;
  readonly kind: 'choice' | 'input' | 'approval' | 'outcome';
  readonly body: Json;
  readonly inputHash: string | null;
  /** The step that an approval is for. */
  readonly step: number | null;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly answeredAt: Date | null;
  readonly answer: Json | null;
  /** Who answered, and with which key; null: nobody, its time or its turn ended. */
  readonly answeredBy: string | null;
  readonly answeredKey: string | null;
}

export interface SessionRow {
  readonly id: string;
  readonly principalId: string;
  readonly title: string | null;
  readonly agent: string | null;
  /** Since a person last vouched for it, something has been read in it that somebody else wrote. */
  readonly tainted: boolean;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface EventRow {
  readonly sessionId: string;
  readonly seq: number;
  readonly turnId: string | null;
  readonly type: EventType;
  readonly data: Json;
  readonly createdAt: Date;
}

/** An event that is about to be: its sequence and time are given when it is stored. */
export interface NewEvent {
  readonly type: EventType;
  readonly data: Json;
}

export function toEvent(row: EventRow): Event {
  return {
    v: 1,
    id: `${row.sessionId}-${row.seq}`,
    session: row.sessionId,
    seq: row.seq,
    turn: row.turnId,
    type: row.type,
    time: row.createdAt.toISOString(),
    data: row.data,
  };
}
