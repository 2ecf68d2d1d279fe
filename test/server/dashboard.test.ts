import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { testServer } from '../support/server.ts';

const BUILD = new URL('../../dashboard/dist/', import.meta.url);

describe('The files of the web application', () => {
  test('are a page that is asked for each time and assets that never are again', async () => {
    const { url } = await testServer({ dashboard: BUILD });
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const assets = [...(await page.text()).matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(assets.length).toBeGreaterThanOrEqual(3);
    for (const path of assets) {
      const asset = await fetch(`${url}${path}`);
      expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect(asset.headers.get('content-type')).not.toBe('application/octet-stream');
      await asset.arrayBuffer();
    }
  });

  test('allow nothing inline and nothing from elsewhere', async () => {
    const { url } = await testServer({ dashboard: BUILD });
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|data:|blob:|\*/);
    expect(await page.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
  });

  test('are not sent again to who has them, nor uncompressed to who can do better', async () => {
    const { url } = await testServer({ dashboard: BUILD });
    const first = await fetch(url);
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const [script = ''] = readdirSync(new URL('assets/', BUILD)).filter((name) => name.endsWith('.js'));
    const plain = await fetch(`${url}/assets/${script}`, { headers: { 'accept-encoding': 'identity' } });
    const zipped = await fetch(`${url}/assets/${script}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await zipped.text()).toBe(await plain.text());
    const head = await fetch(`${url}/assets/${script}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each([
    '/assets/',
    '/index.html',
    '/assets/../../package.json',
    '/..%2fpackage.json',
    '/assets/%2e%2e/index.html',
  ])('are all that is read: %s is not there', async (path) => {
    const { url } = await testServer({ dashboard: BUILD });
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  });

  test('are none where the operator wants none: the root leads to the API', async () => {
    const { url } = await testServer({ dashboard: null });
    const answer = await fetch(url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/graphql']);
  });
});
