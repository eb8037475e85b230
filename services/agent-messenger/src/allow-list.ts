// From whom messages are taken at all, before anybody is asked who they are.

/**
 * `anna@example.org, example.com`: addresses, and domains with all their accounts. Empty: everybody, for whoever is not
 * linked to somebody sets nothing going anyway.
 */
export function allowList(text: string): (address: string) => boolean {
  const allowed = new Set(
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  );
  return (address) =>
    allowed.size === 0 || allowed.has(address) || allowed.has(address.slice(address.indexOf('@') + 1));
}
