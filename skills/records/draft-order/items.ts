// Reads what is to be ordered out of a text such as `2 chairs and 1 x table`.
import { SkillError } from '@switchboard/contract';

export interface Item {
  readonly quantity: number;
  /** As it was said. */
  readonly product: string;
}

const itemsMax = 50;
const quantityMax = 1_000_000;
const item = /^(\d{1,7}(?:[.,]\d{1,4})?)(?:\s*[×*]\s*|\s*x\s+|\s+(?:(?:pieces?|pcs|units?)\s+(?:of\s+)?)?)(\S.*)$/i;

/** Parted by commas, semicolons, lines, `and` and `plus`; a comma within a number parts nothing. Throws SkillError `bad-items`. */
export function readItems(text: string): Item[] {
  const parts = text.split(/\s*(?:;|\n|(?<!\d),|,(?!\d)|\s(?:and|plus)\s(?=\d))\s*/i).filter((part) => part !== '');
  if (parts.length === 0 || parts.length > itemsMax) {
    throw new SkillError('bad-items', `Say 1 to ${itemsMax} items, such as “2 chairs, 1 table”.`);
  }
  return parts.map((part) => {
    const [, amount = '', product = ''] = item.exec(part.replace(/^and\s+/i, '').trim()) ?? [];
    const quantity = Number(amount.replace(',', '.'));
    if (product === '' || !(quantity > 0) || quantity > quantityMax) {
      throw new SkillError('bad-items', `“${part}” is no number of a product: say it as “2 chairs”.`);
    }
    return { quantity, product: product.trim() };
  });
}
