import { expect, onTestFinished, test } from 'vitest';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { startRole } from '../support/role.ts';
import { query } from '../support/server.ts';

test.skipIf(!hasBrowser)(
  'GraphiQL runs the subscription it opens with, live (skipped where there is no browser: apt-get install chromium)',
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
    await expect.poll(() => answer.innerText(), { timeout: 20_000 }).toMatch(/"symbol":\s"[A-Z]+"/);
    // The demo owner's token is at hand in the headers of GraphiQL.
    const html = await (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text();
    const { token } = /Bearer (?<token>[\w.-]+)/.exec(html)?.groups ?? {};
    const authorization = `Bearer ${token}`;
    const { data } = await query(url, '{ viewer { addresses isDemo } }', {}, { authorization });
    expect(data?.['viewer']).toEqual({ addresses: ['0x00000000000000000000000000000000000De300'], isDemo: false });
    const sequence = async () => /"sequence":\s(\d+)/.exec(await answer.innerText())?.[1];
    const first = await sequence();
    await expect.poll(sequence, { timeout: 20_000 }).not.toBe(first);
    const shot = process.env['SCREENSHOT'];
    if (shot) await page.screenshot({ path: shot });
    expect(elsewhere).toEqual([]);
    expect(refused).toEqual([]);
  },
);
