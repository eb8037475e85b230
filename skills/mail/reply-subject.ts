// The subject of an answer.

const charactersMax = 200;

/** `Heating` → `Re: Heating`, once; on one line, whatever it was. */
export function replySubject(subject: string | undefined): string {
  const line = (subject ?? '').replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const short = line.length <= charactersMax ? line : `${line.slice(0, charactersMax - 1).toWellFormed()}…`;
  return /^(re|aw|antw|sv|vs|odp)\s*:/i.test(short) ? short : `Re: ${short}`.trim();
}
