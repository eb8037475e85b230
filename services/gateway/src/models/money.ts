// Dollars as people write them, and millionths of a dollar as they are counted: exact, because no fraction is ever added.

const microsDigits = 6;
export const usdPattern = /^\d{1,6}(\.\d{1,6})?$/;

/** `2.50` → 2,500,000. The text must fit usdPattern. */
export function microsOf(usd: string): number {
  const [whole = '', part = ''] = usd.split('.');
  return Number(whole + part.padEnd(microsDigits, '0'));
}

/** 2,500,000 → `2.50`: cents at least, and no more digits than it takes. */
export function usdText(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(microsDigits + 1, '0');
  const part = digits.slice(-microsDigits).replace(/0{1,4}$/, '');
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -microsDigits)}.${part}`;
}

/** For JSON: the nearest number, which prints as the same decimals. */
export function usdNumber(micros: number): number {
  return Number(usdText(micros));
}
