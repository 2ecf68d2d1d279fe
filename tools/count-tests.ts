// `count-tests.ts <report> <exit code>` prints `N passed, N failed` for a run of vitest with its JSON reporter. Without a
// report vitest ended before it could write one.
import { readFileSync } from 'node:fs';
import { countTests, type TestCount, type TestReport } from './test-count.ts';

function count(path = '', exitCode = ''): TestCount {
  try {
    return countTests(JSON.parse(readFileSync(path, 'utf8')) as TestReport, Number(exitCode));
  } catch (error) {
    console.error(`no test report: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const { passed, failed, skipped } = count(...process.argv.slice(2));
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
