import { describe, expect, it } from 'vitest';
import { describeMismatch, identityOf } from '../../src/journal/run-identity.ts';
import { sampleEvents } from './sample-events.ts';

const identity = identityOf(sampleEvents['run-created']);

describe('describeMismatch', () => {
  it('finds nothing between a run and itself', () => {
    expect(describeMismatch(identity, { ...identity })).toBeUndefined();
  });

  it.each([
    { change: { sha256: 'cd'.repeat(32) }, says: 'input (SHA-256) abababababab… there, cdcdcdcdcdcd… here' },
    {
      change: { baseUrl: 'https://other.example' },
      says: 'base URL https://paradigm.example.com there, https://other.example here',
    },
    { change: { scope: 'company' as const }, says: 'scope instance there, company here' },
    { change: { shard: '1/2' }, says: 'shard none there, 1/2 here' },
    {
      change: { columns: { workspace: 'team', user: 'user_id' } },
      says: 'workspace column workspace_id there, team here',
    },
    {
      change: { columns: { workspace: 'workspace_id', user: 'person' } },
      says: 'user column user_id there, person here',
    },
  ])('names both sides: $says', ({ change, says }) => {
    expect(describeMismatch(identity, { ...identity, ...change })).toBe(says);
  });
});
