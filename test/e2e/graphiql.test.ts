import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EXAMPLES } from '../../src/server/graphiql.ts';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { startRole } from '../support/role.ts';
import { query } from '../support/server.ts';

/** Whatever comes, comes within this: it bounds a hang. The simulated market takes some seconds to give a first signal. */
const LONG_MS = 300_000;

/** The token of the demo owner, as GraphiQL has it in the headers of each tab. */
async function demoAuthorization(url: string): Promise<string> {
  const html = await (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text();
  const { token } = /Bearer (?<token>[\w.-]+)/.exec(html)?.groups ?? {};
  return `Bearer ${token}`;
}

describe('GraphiQL', () => {
  test(
    'opens with operations that all run as they are written, and bring something, for the demo owner',
    async () => {
      const { url } = await startRole('all', {});
      const authorization = await demoAuthorization(url);
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        connectionParams: { authorization },
        retryAttempts: 0,
      });
      onTestFinished(() => client.dispose());
      // Alerts come where something is wrong: so that their tab has something to show.
      const rule =
        'mutation { createAlertRule(input: {metric: OWNER_EXPOSURE_USD, comparison: ABOVE, threshold: "1", severity: LOW}) { alertRule { id } } }';
      expect(await query(url, rule, {}, { authorization })).toMatchObject({ data: { createAlertRule: {} } });
      const said = await Promise.all(
        EXAMPLES.map(async ({ title, query: text }) => {
          for await (const { data, errors } of client.iterate({ query: text })) return [title, Boolean(data), errors];
          return [title, false, 'nothing came'];
        }),
      );
      expect(said).toEqual(EXAMPLES.map(({ title }) => [title, true, undefined]));
    },
    LONG_MS,
  );

  test.skipIf(!hasBrowser)(
    'runs the subscription it opens with, live (skipped where there is no browser: apt-get install chromium)',
    async () => {
      const { url } = await startRole('all', {});
      const browser = await launchBrowser();
      onTestFinished(() => browser.close());
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
          elsewhere.push(request.url());
      });
      const refused: string[] = [];
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) refused.push(message.text());
      });
      await page.goto(`${url}/graphql`);
      await page.locator('.graphiql-execute-button').click();
      const answer = page.locator('.result-window');
      await expect.poll(() => answer.innerText(), { timeout: 60_000 }).toMatch(/"symbol":\s"[A-Z]+"/);
      expect(await page.getByRole('tab').count()).toBe(EXAMPLES.length);
      const authorization = await demoAuthorization(url);
      const { data } = await query(url, '{ viewer { addresses isDemo } }', {}, { authorization });
      expect(data?.['viewer']).toEqual({ addresses: ['0x00000000000000000000000000000000000De300'], isDemo: false });
      const sequence = async () => /"sequence":\s(\d+)/.exec(await answer.innerText())?.[1];
      const first = await sequence();
      await expect.poll(sequence, { timeout: 60_000 }).not.toBe(first);
      const shot = process.env['SCREENSHOT'];
      if (shot) await page.screenshot({ path: shot });
      expect(elsewhere).toEqual([]);
      expect(refused).toEqual([]);
    },
    LONG_MS,
  );
});
