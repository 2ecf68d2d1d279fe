import { expect, test } from 'vitest';
import { logOutput } from '../../src/lib/log-output.ts';

const failing = (code: string) => Object.assign(new Error(code), { code });

test('a disk that is full costs lines, which are counted and said to be lost when there is room again', () => {
  let full = true;
  let text = '';
  const output = logOutput((bytes) => {
    if (full) throw failing('ENOSPC');
    text += bytes.toString();
    return bytes.length;
  });
  output.write('one\n');
  output.write('two\n');
  full = false;
  output.write('three\n');
  output.write('four\n');
  expect(text).toBe('{"level":40,"lines":2,"msg":"lines of this log were lost"}\nthree\nfour\n');
});

test('a pipe that takes a part, and then nothing for a moment, is given the rest', () => {
  let turn = 0;
  let text = '';
  const output = logOutput((bytes) => {
    turn++;
    if (turn === 2) throw failing('EAGAIN');
    const taken = bytes.subarray(0, 3);
    text += taken.toString();
    return taken.length;
  });
  output.write('a whole line\n');
  expect(text).toBe('a whole line\n');
});
