// What somebody calls an attachment, as a name that is safe to give to a file.

const charactersMax = 120;

/** `../../x` → `x`; never a path, never hidden, never empty. The ending stays when it has to be cut. */
export function fileName(given: string | null | undefined): string {
  const last = (given ?? '').toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"<>:|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (plain === '') return 'attachment';
  if (plain.length <= charactersMax) return plain;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(plain)?.[0] ?? '';
  return plain.slice(0, charactersMax - ending.length).toWellFormed() + ending;
}
