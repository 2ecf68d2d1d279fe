import { execFileSync } from 'node:child_process';

/** The build of the web application that `npm start` would serve. */
export function buildDashboard(): void {
  execFileSync(process.execPath, ['tools/dashboard.ts', '--if-needed'], { stdio: 'pipe' });
}
