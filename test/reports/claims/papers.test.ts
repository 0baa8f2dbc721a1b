import { describe, expect, it } from 'vitest';
import { datasets } from '../../../datasets/index.ts';
import { models } from '../../../harness/models/index.ts';
import { methods, wrappers } from '../../../methods/index.ts';
import { paperClaims } from '../../../reports/claims/papers.ts';

describe('the claims of papers', () => {
  it('are many, each with an id of its own', () => {
    expect(paperClaims.length).toBeGreaterThanOrEqual(20);
    expect(new Set(paperClaims.map(({ id }) => id)).size).toBe(paperClaims.length);
  });

  it.each(paperClaims)('$id names what exists, and its source', ({ paper, ...claim }) => {
    const known = (name: string) => {
      const [, wrapper, inner] = /^(\w+)\((.*)\)$/.exec(name) ?? [undefined, undefined, name];
      return methods.some((method) => method.name === inner) && (wrapper === undefined || wrappers.some((one) => one.name === wrapper)); // prettier-ignore
    };
    for (const name of [claim.method, claim.against]) expect(known(name), name).toBe(true);
    expect(claim.method).not.toBe(claim.against);
    const among = (names: 'any' | readonly string[], all: readonly { readonly name: string }[]) =>
      names === 'any' || names.every((name) => all.some((one) => one.name === name));
    expect(among(claim.data.datasets, datasets)).toBe(true);
    expect(among(claim.model.models, models)).toBe(true);
    expect(claim.ratios.from).toBeLessThanOrEqual(claim.ratios.to);
    // A tolerance of nothing could never be held.
    if (claim.direction === 'no-loss') expect(claim.size).toBeGreaterThan(0);
    for (const text of [paper.authors, paper.venue, paper.title, paper.place]) expect(text.trim()).toBe(text);
    expect(paper.url).toMatch(/^https:\/\//);
    expect(paper.year).toBeGreaterThan(2010);
  });
});
