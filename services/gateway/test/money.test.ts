// Money is exact: what is written as decimals is counted in millionths, and comes back as it was written.
import { expect, test } from 'vitest';
import { gatewaySettings } from '../src/config.ts';
import { microsOf, usdNumber, usdText } from '../src/models/money.ts';

test.each([
  ['0', 0, '0.00'],
  ['5', 5_000_000, '5.00'],
  ['2.5', 2_500_000, '2.50'],
  ['0.1', 100_000, '0.10'],
  ['0.000001', 1, '0.000001'],
  ['1.005', 1_005_000, '1.005'],
  ['999999.999999', 999_999_999_999, '999999.999999'],
])('%s USD are %i millionths, and read as %s', (text, micros, read) => {
  expect([microsOf(text), usdText(micros), usdNumber(micros)]).toEqual([micros, read, Number(text)]);
});

test.each(['.5', '5.', '1.0000001', '-1', '1e3', '1,5', '1234567', ' 1', 'x'])('%j is no amount', (text) => {
  const setting = gatewaySettings.shape.MODEL_USD_DAY.safeParse(text);
  expect(setting.error?.issues.map(({ message }) => message)).toEqual(['must be dollars such as 2.50']);
});

test('what may be spent when nobody says', () => {
  const given = Object.entries(gatewaySettings.shape).filter(([name]) => name.startsWith('MODEL_'));
  expect(Object.fromEntries(given.map(([name, schema]) => [name, schema.parse(undefined)]))).toEqual({
    MODEL_USD_DAY: 5_000_000,
    MODEL_USD_PRINCIPAL_DAY: 5_000_000,
    MODEL_USD_SESSION: 2_000_000,
    MODEL_TOKENS_DAY: 0,
    MODEL_TOKENS_PRINCIPAL_DAY: 0,
    MODEL_TOKENS_SESSION: 0,
  });
});
