import { writeFileSync } from 'node:fs';
import type { Browser, WebSocketRoute } from 'playwright-core';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { cut, type Dashboard, openDashboard, picture, SIZES, violations, WAIT } from '../support/dashboard-page.ts';
import { fileDatabaseUrl } from '../support/postgres.ts';
import { spawnRole } from '../support/role.ts';
import { query, testServer } from '../support/server.ts';

/** What each view shows, by the name of its panels. */
const VIEWS = {
  Markets: ['Prices', 'Candles', 'Depth', 'Order book', 'Trades'],
  Risk: ['Positions', 'Risk', 'Alerts', 'Near liquidation', 'Position events'],
  Trading: ['Order ticket', 'Orders', 'Portfolio', 'Executions'],
  Arbitrage: ['Opportunities', 'Transactions'],
  Bots: ['New bot', 'Bots', 'Signals'],
  System: ['System', 'Your connection', 'Chains', 'Session'],
} as const;

/** The picture of the README, and how large it may be, bytes. `npm run picture` makes it. */
const PICTURE = process.env['PICTURE'];
const PICTURE_BYTES = 150_000;

/** A bound of a hang: on a machine that has ten other things to do a page takes half a minute to load. */
const LONG_MS = 600_000;

describe.skipIf(!hasBrowser)(
  'The dashboard in a browser (skipped where there is none: apt-get install chromium)',
  { timeout: LONG_MS },
  () => {
    let url = '';
    let browser: Browser;
    /** One page for all tests that need nothing of their own: what it costs is starting. */
    let shared: Dashboard;
    const ends: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      const atEnd = (end: () => Promise<void>) => void ends.unshift(end);
      const environment = { DATABASE_URL: await fileDatabaseUrl(atEnd) };
      [browser, { url }] = await Promise.all([launchBrowser(), spawnRole('all', environment, atEnd)]);
      atEnd(() => browser.close());
      shared = await openDashboard(browser, url, 'markets');
    }, LONG_MS);
    afterAll(async () => {
      for (const end of ends) await end();
    });
    beforeEach(() => void shared.complaints.splice(0));

    test.each(Object.entries(VIEWS))(
      '%s is live, whole and accessible at every size, dark and light',
      async (view, names) => {
        const { page, panel, complaints, settled } = shared;
        await page.getByRole('link', { name: view }).click();
        for (const name of names) await panel(name).waitFor();
        expect(await page.locator('.panel').count()).toBe(names.length);
        await settled();
        await page.getByText('Live', { exact: true }).waitFor();
        for (const [size, viewport] of Object.entries(SIZES)) {
          await page.setViewportSize(viewport);
          for (const colorScheme of ['dark', 'light'] as const) {
            await page.emulateMedia({ colorScheme });
            // Between dark and light only colours differ.
            const rules = colorScheme === 'dark' ? null : ['color-contrast'];
            expect(await violations(page, rules), `${view}, ${size}, ${colorScheme}`).toEqual([]);
            await picture(page, `${view}-${size}-${colorScheme}`);
          }
          expect(await cut(page), `nothing is cut at ${size}`).toEqual([]);
        }
        await page.setViewportSize(SIZES.desktop);
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(complaints).toEqual([]);
      },
    );

    test('nothing moves while values change', async () => {
      const { page, panel, show, settled } = shared;
      await show('markets');
      await panel('Trades').locator('tbody tr').nth(30).waitFor();
      await settled();
      await page.evaluate(WATCH_SHIFTS);
      const seen = () => panel('Trades').locator('tbody tr').first().textContent();
      for (let change = 0; change < 5; change++) {
        const before = await seen();
        await expect.poll(seen, WAIT).not.toBe(before);
      }
      expect(await page.evaluate('shifts')).toEqual([]);
    });

    test('an order that is placed comes under Orders and is filled; one at rest is cancelled', async () => {
      const { page, panel, show, complaints } = shared;
      await show('trading');
      const ticket = panel('Order ticket');
      const orders = panel('Orders');
      await ticket.getByLabel('Market').selectOption('ETHUSDT');
      await ticket.getByLabel('Type').selectOption('Market');
      await ticket.getByLabel('Quantity').fill('0.4321');
      await page.evaluate(WATCH_STATUSES);
      await ticket.getByRole('button', { name: 'Buy ETHUSDT' }).click();
      await ticket.getByText('sent').waitFor();
      const filled = orders.locator('tr', { hasText: '0.43210 / 0.43210' });
      await filled.locator('.chip').getByText('Filled', { exact: true }).waitFor();
      await panel('Executions').locator('tr', { hasText: 'ETHUSDT' }).first().waitFor();
      await panel('Portfolio').getByText('ETHUSDT').waitFor();

      await ticket.getByLabel('Type').selectOption('Limit');
      await ticket.getByRole('button', { name: 'Sell', exact: true }).click();
      await ticket.getByLabel('Quantity').fill('0.1234');
      await ticket.getByLabel('Limit price').fill('9999');
      await ticket.getByRole('button', { name: 'Sell ETHUSDT' }).click();
      const resting = orders.locator('tr', { hasText: '/ 0.12340' });
      await resting.locator('.chip').getByText('New', { exact: true }).waitFor();
      await resting.getByRole('button', { name: 'Cancel' }).click();
      await resting.locator('.chip').getByText('Canceled', { exact: true }).waitFor();
      expect(await resting.getByRole('button').count()).toBe(0);
      // Whatever came between two frames of the screen is not seen; nothing else is.
      expect(['Pending', 'New', 'Filled', 'Canceled']).toEqual(
        expect.arrayContaining((await page.evaluate('statuses')) as string[]),
      );

      await ticket.getByLabel('Limit price').fill('0.001');
      await ticket.getByRole('button', { name: 'Sell ETHUSDT' }).click();
      await ticket.locator('.down').filter({ hasText: /\S/ }).or(orders.getByText('Rejected')).first().waitFor();
      expect(complaints).toEqual([]);
    });

    test('a bot is made, works, is paused and stopped', async () => {
      const { panel, show, complaints } = shared;
      await show('automation');
      const form = panel('New bot');
      await form.getByLabel('Name').fill('Bit by bit');
      await form.getByLabel('Market').selectOption('SOLUSDT');
      await form.getByLabel('Amount, $').fill('25');
      await form.getByRole('button', { name: 'Make the bot' }).click();
      const bot = panel('Bots').locator('tr', { hasText: 'Bit by bit' });
      await bot.getByText('Running', { exact: true }).waitFor();
      await bot.getByText('DCA · SOLUSDT').waitFor();
      await bot.locator('.last-column', { hasText: /SOLUSDT|buy|bought/i }).waitFor();
      await bot.getByRole('button', { name: 'Pause' }).click();
      await bot.getByText('Paused', { exact: true }).waitFor();
      await bot.getByRole('button', { name: 'Stop' }).click();
      await bot.getByText('Stopped', { exact: true }).waitFor();
      await form.getByLabel('Name').fill('Too quick');
      await form.getByLabel('Every, seconds').fill('5');
      await form.getByRole('button', { name: 'Make the bot' }).click();
      await form.getByText('Allowed: 10 to').waitFor();
      await form.getByLabel('Kind').selectOption('GRID');
      await form.getByLabel('Kind').selectOption('SIGNAL');
      expect(complaints).toEqual([]);
    });

    test('a filter of the opportunities is one of the subscription, which GraphiQL opens', async () => {
      const { panel, show } = shared;
      await show('arbitrage');
      const opportunities = panel('Opportunities');
      await opportunities.getByLabel('Chain').selectOption('Polygon');
      await opportunities.getByLabel('Least profit in dollars').fill('0.5');
      await expect
        .poll(async () => new Set(await opportunities.locator('tbody td:nth-child(2)').allTextContents()), WAIT)
        .toEqual(new Set(['Polygon']));
      const link = opportunities.getByRole('link', { name: /GraphiQL/ });
      const opened = new URL((await link.getAttribute('href')) ?? '', url).searchParams.get('query') ?? '';
      expect(opened.replace(/\s+/g, ' ')).toContain(
        'opportunities(filter: {chainIds: [137], minProfitUsd: "0.5"}, last: 100)',
      );
    });

    test('an alert that is raised comes, is acknowledged by keyboard, and then says so', async () => {
      const { page, panel, show } = shared;
      await show('risk');
      await panel('Alerts').waitFor();
      const { errors } = await query(
        url,
        `mutation { createAlertRule(input: {metric: OWNER_EXPOSURE_USD, comparison: ABOVE, threshold: "1", severity: CRITICAL}) { alertRule { id } } }`,
      );
      expect(errors).toBeUndefined();
      const alert = panel('Alerts').locator('li').filter({ hasText: 'Critical' }).first();
      await alert.getByRole('button', { name: /^Acknowledge/ }).focus();
      await page.keyboard.press('Enter');
      await alert.getByText('Acknowledged').waitFor();
    });

    test('can be used by keyboard alone', async () => {
      const { page, panel, show } = shared;
      await show('risk');
      await panel('Positions').locator('tbody tr').nth(1).waitFor();
      await page.locator('.skip').focus();
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      const second = panel('Positions').getByRole('button').nth(1);
      await second.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => second.getAttribute('aria-pressed'), WAIT).toBe('true');
      await page.getByRole('link', { name: 'Markets' }).focus();
      await page.keyboard.press('Enter');
      await panel('Prices').waitFor();
    });

    test('what cannot be answered is said in words, with a way to ask again', async () => {
      const { page, panel, show } = shared;
      await show('markets/NOPE');
      const depth = panel('Depth');
      await depth.getByText('No instrument is called "NOPE"').waitFor();
      await depth.getByRole('button', { name: 'Try again' }).click();
      await depth.getByText('No instrument is called "NOPE"').waitFor();
      // Whoever has a page of their own from here on has the machine as well.
      await page.goto('about:blank');
    });

    test('what is somebody’s asks to sign in where nobody has; what is everybody’s is there', async () => {
      const { url: strict } = await testServer({ dashboard: new URL('../../dashboard/dist/', import.meta.url) });
      const { page, panel, complaints, close } = await openDashboard(browser, strict, 'risk');
      onTestFinished(close);
      for (const name of ['Positions', 'Risk', 'Alerts', 'Position events'])
        await panel(name).getByText('Sign in to see what is yours').waitFor();
      await panel('Near liquidation').getByText('No public position').waitFor();
      expect(await page.getByText('Stopped').count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      await picture(page, 'signed-out');
      expect(complaints).toEqual([]);
    });

    test('a server that cannot be reached is said, and so is a connection that is lost; what was shown goes on', async () => {
      const routes: WebSocketRoute[] = [];
      let isCut = true;
      const { page, panel, close } = await openDashboard(browser, url, 'system', (context) =>
        context.routeWebSocket(/graphql/, async (route) => {
          if (isCut) return route.close({ code: 1012 });
          routes.push(route);
          route.connectToServer();
        }),
      );
      onTestFinished(close);
      await panel('Chains').getByText('The server cannot be reached, retrying').waitFor();
      await page.getByText('Connection lost, trying again').waitFor();
      await picture(page, 'unreachable');
      isCut = false;
      await page.getByText('Live', { exact: true }).waitFor();
      const newest = () => panel('Your connection').locator('tbody').textContent();
      await panel('Your connection').locator('tbody tr').first().waitFor();
      isCut = true;
      for (const route of routes) await route.close({ code: 1012 });
      await page.getByText('Connection lost, trying again').waitFor();
      await panel('Your connection').getByText('Reconnecting').waitFor();
      const before = await newest();
      isCut = false;
      await page.getByText('Live', { exact: true }).waitFor();
      await expect.poll(newest, WAIT).not.toBe(before);
      await expect.poll(() => page.getByText('Reconnecting').count(), WAIT).toBe(0);
    });

    test('a wallet signs in, and out again', async () => {
      const account = privateKeyToAccount(`0x${'17'.repeat(32)}`);
      const answers: Record<string, (params: readonly string[]) => unknown> = {
        eth_requestAccounts: () => [account.address],
        eth_chainId: () => '0x1',
        personal_sign: ([raw]) => account.signMessage({ message: { raw: raw as `0x${string}` } }),
      };
      const { page, panel, complaints, close } = await openDashboard(browser, url, 'system', async (context) => {
        await context.exposeFunction('askWallet', ({ method, params = [] }: { method: string; params?: string[] }) =>
          answers[method]?.(params),
        );
        await context.addInitScript('window.ethereum = { request: (call) => window.askWallet(call) }');
      });
      onTestFinished(close);
      await page.getByText('Demo owner').first().waitFor();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      await panel('Session').getByText(account.address).waitFor();
      await page.reload();
      await panel('Session').getByText(account.address).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await panel('Session').getByText('Demo owner').waitFor();
      expect(complaints).toEqual([]);
    });

    test.runIf(PICTURE)('the picture of the README: a market that has been seen for a while', async () => {
      // A browser of its own: one in which three windows were closed sometimes opens no other, and says nothing.
      const own = await launchBrowser();
      onTestFinished(() => own.close());
      const { page, panel, settled } = await openDashboard(own, url, 'markets/BTCUSDT');
      await settled();
      await panel('Candles').getByRole('button', { name: '1s' }).click();
      const trail = () =>
        page.evaluate(`document.querySelector('.sparkline path').getAttribute('d').split('L').length`);
      await expect.poll(trail, { timeout: LONG_MS }).toBeGreaterThan(60);
      await settled();
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
      const bytes = Buffer.from(data, 'base64');
      expect(bytes.length).toBeLessThan(PICTURE_BYTES);
      writeFileSync(PICTURE ?? '', bytes);
    });
  },
);

/** Elements that moved; rows of a tape are pushed down by the newest: that is what a tape is. */
const WATCH_SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries())
      for (const { node } of sources) {
        const element = node?.closest ? node : node?.parentElement;
        if (element && !element.closest('tbody')) shifts.push(element.outerHTML.slice(0, 200));
      }
  }).observe({ type: 'layout-shift', buffered: false });`;

/** What the newest order was said to be, from now on. */
const WATCH_STATUSES = `
  window.statuses = [];
  new MutationObserver(() => {
    const said = document.querySelector('[data-area="orders"] tbody .chip')?.textContent;
    if (said && said !== statuses.at(-1)) statuses.push(said);
  }).observe(document.querySelector('[data-area="orders"]'), { childList: true, subtree: true, characterData: true });`;
