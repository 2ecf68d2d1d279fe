import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { identityOptions } from '../../src/main/identity.ts';

const SECRET = { JWT_SECRET: 'a secret of the tests, long enough' };

describe('a process where strangers come', () => {
  test.each([
    ['from everywhere', { HOST: '0.0.0.0' }],
    ['in production', { NODE_ENV: 'production' }],
  ])('does not start without a secret: %s', async (_where, environment) => {
    await expect(identityOptions(readConfig(environment))).rejects.toThrow(/^JWT_SECRET: needed where strangers come/);
    expect((await identityOptions(readConfig({ ...environment, ...SECRET }))).demo).toBeNull();
  });

  test('has no demo owner in production, also where one is asked for', async () => {
    const environment = { ...SECRET, NODE_ENV: 'production', DEMO_IDENTITY: 'true' };
    await expect(identityOptions(readConfig(environment))).rejects.toThrow(/^DEMO_IDENTITY: "true" is not allowed/);
  });
});

test('a process on the loopback makes a secret, keeps it for itself, and has it again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-identity-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const made = await identityOptions(readConfig({ DATA_DIR: folder }));
  expect(made.tokens.secret).toHaveLength(32);
  expect(made.demo?.userId).toBe('demo');
  expect((await identityOptions(readConfig({ DATA_DIR: folder }))).tokens.secret).toEqual(made.tokens.secret);
});
