import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { fileDatabaseUrl } from '../support/postgres.ts';
import { spawnRole } from '../support/role.ts';
import { query } from '../support/server.ts';

/** What each view shows, by the name of its panels. */
const VIEWS = {
  markets: ['Prices', 'Candles', 'Depth', 'Order book', 'Trades'],
  risk: ['Positions', 'Risk', 'Alerts', 'Near liquidation', 'Position events'],
  automation: ['Signals'],
  system: ['System', 'Your connection', 'Chains', 'Session'],
} as const;

const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

/** Everything comes within this, however busy the machine: it bounds a hang. */
const WAIT = { timeout: 110_000 };

/** Of a test of many pages: also a bound of a hang. */
const LONG_MS = 600_000;

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(!hasBrowser)(
  'The dashboard in a browser (skipped where there is none: apt-get install chromium)',
  () => {
    let url = '';
    let browser: Browser;
    const ends: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      const atEnd = (end: () => Promise<void>) => void ends.unshift(end);
      const environment = { DATABASE_URL: await fileDatabaseUrl(atEnd) };
      ({ url } = await spawnRole('all', environment, atEnd));
      browser = await launchBrowser();
      atEnd(() => browser.close());
    });
    afterAll(async () => {
      for (const end of ends) await end();
    });

    /** A page that fails its test by what it complains of, or asks of anybody else. */
    async function open(view: string, prepare: (context: BrowserContext) => Promise<unknown> = async () => undefined) {
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
      onTestFinished(() => context.close());
      await page.goto(`${url}/#/${view}`);
      return { page, complaints };
    }

    const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

    test.each(Object.entries(VIEWS))(
      '%s is live, whole and accessible at every size, dark and light',
      async (view, names) => {
        const { page, complaints } = await open(view);
        for (const name of names) await panel(page, name).waitFor();
        await expect.poll(() => page.locator('.skeleton').count(), WAIT).toBe(0);
        await page.getByText('Live', { exact: true }).waitFor();
        await page.addInitScript({ path: AXE });
        await page.reload();
        await expect.poll(() => page.locator('.panel').count(), WAIT).toBe(names.length);
        await expect.poll(() => page.locator('.skeleton').count(), WAIT).toBe(0);

        for (const [size, viewport] of Object.entries(SIZES)) {
          await page.setViewportSize(viewport);
          for (const colorScheme of ['dark', 'light'] as const) {
            await page.emulateMedia({ colorScheme });
            const found = (await page.evaluate('axe.run()')) as {
              violations: { id: string; nodes: { html: string }[] }[];
            };
            const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
            expect(told, `${view}, ${size}, ${colorScheme}`).toEqual([]);
            await picture(page, `${view}-${size}-${colorScheme}`);
          }
          expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${size} fits`).toBe(true);
          expect(await page.evaluate(CUT), `nothing is cut at ${size}`).toEqual([]);
        }
        expect(complaints).toEqual([]);
      },
      LONG_MS,
    );

    test('a lost connection is said, and what was shown goes on when it is back', async () => {
      const routes: WebSocketRoute[] = [];
      let isCut = false;
      const { page } = await open('markets', (context) =>
        context.routeWebSocket(/graphql/, async (route) => {
          if (isCut) return route.close({ code: 1012 });
          routes.push(route);
          route.connectToServer();
        }),
      );
      await page.getByText('Live', { exact: true }).waitFor();
      const newest = () => page.locator('.tape tbody tr').first().textContent();
      await page.locator('.tape tbody tr').first().waitFor();
      isCut = true;
      for (const route of routes) await route.close({ code: 1012 });
      await page.getByText('Connection lost, trying again').waitFor();
      await panel(page, 'Trades').getByText('Reconnecting').waitFor();
      const before = await newest();
      isCut = false;
      await page.getByText('Live', { exact: true }).waitFor();
      await expect.poll(newest, WAIT).not.toBe(before);
      await expect.poll(() => page.getByText('Reconnecting').count(), WAIT).toBe(0);
    });

    test('what cannot be answered is said in words, with a way to ask again', async () => {
      const { page } = await open('markets/NOPE');
      const depth = panel(page, 'Depth');
      await depth.getByText('No instrument is called "NOPE"').waitFor();
      await depth.getByRole('button', { name: 'Try again' }).click();
      await depth.getByText('No instrument is called "NOPE"').waitFor();
    });

    test('a wallet signs in, and out again', async () => {
      const account = privateKeyToAccount(`0x${'17'.repeat(32)}`);
      const answers: Record<string, (params: readonly string[]) => unknown> = {
        eth_requestAccounts: () => [account.address],
        eth_chainId: () => '0x1',
        personal_sign: ([raw]) => account.signMessage({ message: { raw: raw as `0x${string}` } }),
      };
      const { page, complaints } = await open('system', async (context) => {
        await context.exposeFunction('askWallet', ({ method, params = [] }: { method: string; params?: string[] }) =>
          answers[method]?.(params),
        );
        await context.addInitScript('window.ethereum = { request: (call) => window.askWallet(call) }');
      });
      await page.getByText('Demo owner').first().waitFor();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      await panel(page, 'Session').getByText(account.address).waitFor();
      await page.reload();
      await panel(page, 'Session').getByText(account.address).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await panel(page, 'Session').getByText('Demo owner').waitFor();
      expect(complaints).toEqual([]);
    });

    test('an alert that is raised comes, is acknowledged by keyboard, and then says so', async () => {
      const { page } = await open('risk');
      await panel(page, 'Alerts').waitFor();
      const { errors } = await query(
        url,
        `mutation { createAlertRule(input: {metric: OWNER_EXPOSURE_USD, comparison: ABOVE, threshold: "1", severity: CRITICAL}) { alertRule { id } } }`,
      );
      expect(errors).toBeUndefined();
      const alert = panel(page, 'Alerts').locator('li').filter({ hasText: 'Critical' }).first();
      const acknowledge = alert.getByRole('button', { name: /^Acknowledge/ });
      await acknowledge.focus();
      await page.keyboard.press('Enter');
      await alert.getByText('Acknowledged').waitFor();
    });

    test('can be used by keyboard alone', async () => {
      const { page } = await open('risk');
      await panel(page, 'Positions').locator('tbody tr').nth(1).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      const second = panel(page, 'Positions').getByRole('button').nth(1);
      await second.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => second.getAttribute('aria-pressed'), WAIT).toBe('true');
      await page.getByRole('link', { name: 'Markets' }).focus();
      await page.keyboard.press('Enter');
      await panel(page, 'Prices').waitFor();
    });
  },
);

/** For eyes: kept where `SCREENSHOTS` names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Cells of tables whose text is wider than they are: numbers would lie over each other. */
const CUT = `[...document.querySelectorAll('td, th, dd')]
  .filter((cell) => cell.offsetParent && cell.scrollWidth > cell.clientWidth + 1)
  .map((cell) => cell.closest('.panel')?.querySelector('h2')?.textContent + ': ' + cell.textContent)`;
