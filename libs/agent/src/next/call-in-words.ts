// Recognises a call that a model wrote as its answer, as small models do that were not taught how to call.

const fence = /^(?:```(?:json)?|<tool_call>)\s*([\s\S]*?)\s*(?:```|<\/tool_call>)$/;

function nameIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, tool, function: called }: { name?: unknown; tool?: unknown; function?: unknown } = value;
  return name ?? tool ?? (typeof called === 'object' ? nameIn(called) : called);
}

/** Whether the whole text is JSON that names one of these tools. It is not acted on: it may be copied from anywhere. */
export function isCallInWords(text: string, tools: readonly string[]): boolean {
  const json = fence.exec(text)?.[1] ?? text;
  if (!json.startsWith('{')) return false;
  try {
    const name = nameIn(JSON.parse(json));
    return typeof name === 'string' && tools.includes(name);
  } catch {
    return false;
  }
}
