// The floors of the figures in docs/ROUTING.md, on the catalogue that nothing was tuned on.
import { describe, expect, it } from 'vitest';
import { evaluate, figures, loadCatalogue, loadQueries } from './evaluate.ts';

describe('the held-out catalogue of 208 skills', () => {
  const index = loadCatalogue('household');
  const queries = loadQueries('household');
  const measured = figures(index, evaluate(index, queries));
  const { plain, oblique } = measured.inScope;

  it('routes or asks about plain requests, and is rarely wrong', () => {
    expect(plain.n).toBeGreaterThanOrEqual(140);
    expect((plain.right + plain.askedRight) / plain.n).toBeGreaterThanOrEqual(0.93);
    expect(plain.right / plain.n).toBeGreaterThanOrEqual(0.8);
    expect(plain.wrong / plain.n).toBeLessThanOrEqual(0.03);
  });

  it('does not guess at requests that share no words with any contract', () => {
    expect(oblique.wrong / oblique.n).toBeLessThanOrEqual(0.06);
    expect((oblique.right + oblique.askedRight) / oblique.n).toBeGreaterThanOrEqual(0.3);
  });

  it('does not route what is out of scope, ambiguous or no order', () => {
    expect(measured.outOfScope.routed / measured.outOfScope.n).toBeLessThanOrEqual(0.1);
    expect(measured.ambiguous.routed).toBeLessThanOrEqual(1);
    expect(measured.guarded.held).toBe(measured.guarded.n);
  });

  it('never routes to something destructive that was not asked for', () => {
    expect(measured.wrongDestructive).toBe(0);
  });

  it('finds the values', () => {
    expect(measured.slots.right / measured.slots.total).toBeGreaterThanOrEqual(0.72);
  });
});
