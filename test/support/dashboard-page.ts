import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

export const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

/** Everything comes within this, however busy the machine: it bounds a hang. */
export const WAIT = { timeout: 110_000 };

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export interface Dashboard {
  readonly page: Page;
  /** What it complained of, and what it asked anybody else for. */
  readonly complaints: string[];
  /** Goes to a view as a link does; the page stays the one that it is. */
  show(route: string): Promise<void>;
  panel(name: string): Locator;
  /** Every panel has something to show. */
  settled(): Promise<void>;
}

/** The dashboard of a server in a context of its own, which `prepare` may change before anything is loaded. */
export async function openDashboard(
  browser: Browser,
  url: string,
  route: string,
  prepare: (context: BrowserContext) => Promise<unknown> = async () => undefined,
): Promise<Dashboard & { close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: SIZES.desktop, colorScheme: 'dark' });
  context.setDefaultTimeout(WAIT.timeout);
  await prepare(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(`${url}/#/${route}`);
  return {
    page,
    complaints,
    show: async (to) => {
      await page.evaluate((hash) => location.assign(hash), `#/${to}`);
    },
    panel: (name) => page.getByRole('region', { name, exact: true }),
    settled: () => page.locator(UNSETTLED).first().waitFor({ state: 'detached' }),
    close: () => context.close(),
  };
}

const UNSETTLED = '.skeleton, .panel[data-state="connecting"]';

/** What axe-core finds: all of its rules, or the named ones. Injected past the policy of the page, as a debugger does. */
export async function violations(page: Page, rules: readonly string[] | null = null): Promise<readonly string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(readFileSync(AXE, 'utf8'));
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const found = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** For eyes: kept where `SCREENSHOTS` names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Cells of tables whose text is wider than they are, panels that scroll sideways, and anything wider than the page: all is seen. */
export async function cut(page: Page): Promise<unknown> {
  return page.evaluate(`[
    ...[...document.querySelectorAll('td, th, dd')]
      .filter((cell) => cell.offsetParent && cell.scrollWidth > cell.clientWidth + 1)
      .map((cell) => cell.closest('.panel')?.querySelector('h2')?.textContent + ': ' + cell.textContent),
    ...[...document.querySelectorAll('.panel-body')]
      .filter((body) => body.scrollWidth > body.clientWidth + 1)
      .map((body) => body.closest('.panel').querySelector('h2').textContent + ' is wider than its panel'),
    ...(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []),
    ...(document.querySelector('main').scrollWidth > document.querySelector('main').clientWidth ? ['the view is wider than its place'] : []),
  ]`);
}
