import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DRAWING_MS, Signal } from '../../dashboard/src/data/frames.ts';

/** Of a screen that shows sixty a second. */
const FRAME_MS = 16;

let asked: FrameRequestCallback[] = [];

/** The screen shows a frame, so long after the one before. */
function frame(afterMs = FRAME_MS): void {
  vi.advanceTimersByTime(afterMs);
  const callbacks = asked;
  asked = [];
  for (const callback of callbacks) callback(performance.now());
}

beforeEach(() => {
  asked = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => asked.push(callback));
  // Not the first frame for long: those are shown whole.
  const settling = new Signal();
  const leave = settling.subscribe(() => undefined);
  vi.advanceTimersByTime(1_000);
  for (let count = 0; count < 2; count++) {
    settling.mark();
    frame();
  }
  leave();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What was told, frame by frame. */
function watched() {
  const told: string[] = [];
  const rows = new Signal();
  const book = new Signal();
  const bars = new Signal();
  rows.subscribe(() => told.push('rows'));
  const leave = [
    book.subscribeEvery(DRAWING_MS)(() => told.push('book')),
    bars.subscribeEvery(DRAWING_MS)(() => told.push('bars')),
  ];
  const mark = () => {
    for (const signal of [rows, book, bars]) signal.mark();
  };
  const next = () => {
    told.push('|');
    frame();
  };
  return { told, mark, next, leave };
}

describe('What a frame of the screen shows', () => {
  test('is each change once, however often it was marked', () => {
    const signal = new Signal();
    const heard = vi.fn();
    signal.subscribe(heard);
    for (let count = 0; count < 5; count++) signal.mark();
    expect(heard).not.toHaveBeenCalled();
    frame();
    expect(heard).toHaveBeenCalledTimes(1);
    frame();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('is the rows or one drawing, by turns', () => {
    const { told, mark, next } = watched();
    mark();
    next();
    for (let count = 0; count < 6; count++) {
      mark();
      next();
    }
    const frames = told
      .join(' ')
      .split('|')
      .map((one) => one.trim().split(' ').filter(Boolean));
    for (const one of frames) expect(one.length).toBeLessThanOrEqual(1);
    for (const kind of ['rows', 'book', 'bars']) expect(told).toContain(kind);
    // Drawings never keep rows from the screen for more than a frame.
    for (let at = 1; at < frames.length; at++)
      expect([...(frames[at - 1] ?? []), ...(frames[at] ?? [])].filter((one) => one !== 'rows').length).toBeLessThan(2);
  });

  test('is a drawing once an interval, and the last of a burst for certain', () => {
    const signal = new Signal();
    const drawn: number[] = [];
    let value = 0;
    signal.subscribeEvery(DRAWING_MS)(() => drawn.push(value));
    for (; value < 60; value++) {
      signal.mark();
      frame();
    }
    expect(drawn.length).toBeLessThanOrEqual(Math.ceil((60 * FRAME_MS) / DRAWING_MS) + 1);
    expect(drawn.length).toBeGreaterThan(5);
    value = 99;
    signal.mark();
    for (let count = 0; count < 10; count++) frame();
    expect(drawn.at(-1)).toBe(99);
  });

  test('is all that is due where frames are rare', () => {
    const { told, mark } = watched();
    mark();
    frame(200);
    mark();
    frame(200);
    told.splice(0);
    mark();
    frame(200);
    expect(told.toSorted()).toEqual(['bars', 'book', 'rows']);
  });

  test('is nothing of what nobody watches any more', () => {
    const { told, mark, leave } = watched();
    mark();
    for (const one of leave) one();
    for (let count = 0; count < 20; count++) frame();
    expect(told).toEqual(['rows']);
  });
});
