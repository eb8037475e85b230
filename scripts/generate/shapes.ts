// The parts of bus messages that several of them share: described once, linked to from each.
import {
  artifactSchema,
  candidateSchema,
  choiceSchema,
  effectSchema,
  errorInfoSchema,
  plannedStepSchema,
  skillDocumentSchema,
} from '@switchboard/contract';
import type { Shapes } from './schema-fields.ts';

export const busShapes: Shapes = {
  Contract: skillDocumentSchema,
  Effect: effectSchema,
  Artifact: artifactSchema,
  Error: errorInfoSchema,
  PlannedStep: plannedStepSchema,
  Candidate: candidateSchema,
  Choice: choiceSchema,
};
