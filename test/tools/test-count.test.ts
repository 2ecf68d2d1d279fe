import { expect, test } from 'vitest';
import { countTests, type TestReport } from '../../tools/test-count.ts';

const GREEN: TestReport = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [{}, {}, {}] }],
};

test('passed, failed and skipped tests are counted as vitest counts them', () => {
  expect(countTests(GREEN, 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  const red = { ...GREEN, numFailedTests: 2 };
  expect(countTests(red, 1)).toEqual({ passed: 3, failed: 2, skipped: 2 });
});

test('a file that could not be loaded counts as a failure', () => {
  const unloaded = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
  expect(countTests({ ...GREEN, testResults: [...GREEN.testResults, unloaded] }, 1).failed).toBe(1);
});

test('a run that failed outside of any test does not count as green', () => {
  expect(countTests(GREEN, 1).failed).toBe(1);
});
