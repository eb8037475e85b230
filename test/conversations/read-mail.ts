// A mail as a person reads it, as far as a test needs that: its subject, and its parts decoded.

export interface ReadMail {
  readonly subject: string;
  readonly text: string;
}

function decode(part: string): string {
  const at = part.search(/\r?\n\r?\n/);
  if (at === -1) return part;
  const [head, body] = [part.slice(0, at), part.slice(at)];
  if (/^Content-Transfer-Encoding: base64/im.test(head))
    return `${head}\n\n${Buffer.from(body, 'base64').toString('utf8')}`;
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) return part;
  const bytes = body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return `${head}\n\n${Buffer.from(bytes, 'latin1').toString('utf8')}`;
}

/** Subjects in plain ASCII only. */
export function readMail(raw: string): ReadMail {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1];
  const parts = boundary === undefined ? [raw] : raw.split(`--${boundary}`);
  return { subject: /^Subject: (.*)$/im.exec(raw)?.[1]?.trim() ?? '', text: parts.map(decode).join('\n') };
}
