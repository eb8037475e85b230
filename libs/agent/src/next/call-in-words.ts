// Recognises a call that a model wrote as its answer, as small models do that were not taught how to call.

const fences = [
  ['```json', '```'],
  ['```', '```'],
  ['<tool_call>', '</tool_call>'],
] as const;

/** What stands in a fence around the whole text, or the text. In one pass: a model may write anything. */
function unfenced(text: string): string {
  const whole = text.trim();
  const fence = fences.find(([open, close]) => whole.startsWith(open) && whole.endsWith(close));
  if (fence === undefined) return whole;
  const [open, close] = fence;
  // Of a lone mark that opens and closes nothing is left.
  return whole.slice(open.length, Math.max(open.length, whole.length - close.length)).trim();
}

function nameIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, tool, function: called }: { name?: unknown; tool?: unknown; function?: unknown } = value;
  return name ?? tool ?? (typeof called === 'object' ? nameIn(called) : called);
}

/** Whether the whole text is JSON that names one of these tools. It is not acted on: it may be copied from anywhere. */
export function isCallInWords(text: string, tools: readonly string[]): boolean {
  const json = unfenced(text);
  if (!json.startsWith('{')) return false;
  try {
    const name = nameIn(JSON.parse(json));
    return typeof name === 'string' && tools.includes(name);
  } catch {
    return false;
  }
}
