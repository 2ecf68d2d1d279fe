import { describe, expect, it } from 'vitest';
import { type FeedCondition, feedStatus } from '../../src/workers/feed-health.ts';

const live: FeedCondition = { feed: { state: 'live', message: '' }, everLive: true, notLiveForMs: 0, outOfStep: [] };
const connecting = (everLive: boolean, notLiveForMs: number): FeedCondition => ({
  ...live,
  feed: { state: 'connecting', message: 'refused, trying again' },
  everLive,
  notLiveForMs,
});

describe('the status of a feed', () => {
  it('is healthy and silent when it is live with all books in step', () => {
    expect(feedStatus(live)).toEqual({ status: 'HEALTHY', message: '' });
  });

  it('is degraded with the names of books out of step, five at most', () => {
    const outOfStep = ['A', 'B', 'C', 'D', 'E'];
    expect(feedStatus({ ...live, outOfStep })).toMatchObject({ status: 'DEGRADED' });
    expect(feedStatus({ ...live, outOfStep }).message).toMatch(/A, B, C, D, E$/);
    expect(feedStatus({ ...live, outOfStep: [...outOfStep, 'F', 'G'] }).message).toMatch(/A, B, C, D, E and 2 more$/);
  });

  it('is degraded while it is connected but quiet, however long', () => {
    const quiet: FeedCondition = { ...live, feed: { state: 'stale', message: 'nothing for 10 s' }, notLiveForMs: 9e9 };
    expect(feedStatus(quiet)).toEqual({ status: 'DEGRADED', message: 'nothing for 10 s' });
    expect(feedStatus({ ...quiet, outOfStep: ['A'] }).message).toMatch(/^nothing for 10 s; .*A$/);
  });

  it.each([
    ['at the start', false, 9_999, 'DEGRADED'],
    ['10 s after a start that led to nothing', false, 10_000, 'DOWN'],
    ['shortly after it was live', true, 29_999, 'DEGRADED'],
    ['30 s after it was live', true, 30_000, 'DOWN'],
  ] as const)('without a connection, %s', (_, everLive, notLiveForMs, status) => {
    expect(feedStatus(connecting(everLive, notLiveForMs))).toEqual({ status, message: 'refused, trying again' });
  });

  it('always has a message unless it is healthy', () => {
    for (const state of ['connecting', 'stale', 'stopped'] as const)
      expect(feedStatus({ ...live, feed: { state, message: '' } }).message).not.toBe('');
    expect(feedStatus({ ...live, feed: { state: 'stopped', message: '' } }).status).toBe('DOWN');
  });
});
