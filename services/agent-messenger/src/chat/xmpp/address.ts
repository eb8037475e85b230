// Addresses of XMPP (RFC 7622) without a resource: who somebody is, not which of their devices.

/** The gateway takes no longer one. */
const charactersMax = 320;
/** What a localpart may not hold (RFC 7622 section 3.3.1), white space and control characters. */
const form = /^[^\s\p{C}"&'/:<>@]+@[^\s\p{C}"&'/:<>@]+$/u;

/** `Anna@Example.org/phone` → `anna@example.org`; undefined for what is no account: a server, a text, a room's nickname. */
export function bareAddress(text: string): string | undefined {
  const [bare = ''] = text.normalize('NFC').toLowerCase().split('/', 1);
  return bare.length <= charactersMax && form.test(bare) ? bare : undefined;
}
