// The names of the rules that stand in no file.

export const builtInRules = {
  /** No rule speaks of it: it asks. */
  unspoken: 'no-rule',
  /** It does nothing to the world, and no rule speaks of it: it may. */
  harmless: 'no-effects',
  /** Somebody else's text has been read, and it is grave: it asks. */
  ruleOfTwo: 'rule-of-two',
  /** The key that it was said with is for other skills: never. */
  beyondKey: 'beyond-key',
  /** The answer to somebody in the thread in which they asked: it may. */
  replyToChannel: 'reply-to-channel',
  /** One step of a turn too many, or one grave step too many: never. */
  stepsMax: 'steps-max',
  effectsMax: 'effects-max',
} as const;
