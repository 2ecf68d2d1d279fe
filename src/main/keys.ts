import { parseArgs } from 'node:util';
import { getAddress, isAddress } from 'viem';
import { DAY_MS, systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import type { Permission } from '../model/identity.ts';
import { newSecret } from '../server/identity/api-keys.ts';
import { Revocations } from '../server/identity/revocations.ts';
import { Accounts, type KeptKey } from '../store/accounts.ts';
import { ConfigError, readConfig } from './config.ts';
import { sharedBus } from './shared-bus.ts';
import { visitStorage } from './storage.ts';

/** `npm run keys`: makes the first operator key, before anybody can ask for one over the API. */

const USAGE = `npm run keys -- create --name <name> [--permissions read,write,operator] [--address 0x…]… [--days <n>]
npm run keys -- list
npm run keys -- revoke <id>

It uses the server at DATABASE_URL, or the embedded one, which then must not be in use.`;

const PERMISSIONS: readonly Permission[] = ['read', 'write', 'operator'];

class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      permissions: { type: 'string', default: PERMISSIONS.join(',') },
      address: { type: 'string', multiple: true, default: [] },
      days: { type: 'string' },
    },
  });
  const [command, id] = positionals;
  const make = command === 'create' ? newKeyOf(values) : null;
  if (!make && command !== 'list' && !(command === 'revoke' && id)) throw new UsageError(USAGE);
  const config = readConfig(process.env);
  const log = createLog('warn');
  const clock = systemClock;
  const storage = await visitStorage({ config, log, clock });
  const accounts = new Accounts(storage.database, clock);
  try {
    if (make) {
      const { secret, prefix, hash } = newSecret();
      const { addresses, name, permissions, lifeMs } = make;
      const { userId } = await accounts.create(addresses);
      const expiresAt = lifeMs === null ? null : clock.now() + lifeMs;
      const key = await accounts.addKey({ userId, name, prefix, hash, permissions, expiresAt });
      console.log(`${lineOf(key)}\n\n${secret}\n\nKeep it now: it is not shown again.`);
    } else if (command === 'list') {
      for (const key of await accounts.keys(null)) console.log(lineOf(key));
    } else if (id) {
      if (!(await accounts.key(id, null))) throw new UsageError(`There is no key ${id}.`);
      await accounts.revokeKey(id);
      // Said to every process that may have let somebody in by it.
      const bus = sharedBus({ config, clock, log });
      await new Revocations(bus, accounts, { clock, log }).tell({ kind: 'apiKey', id });
      await bus.close();
      console.log(`revoked ${id}`);
    }
  } finally {
    await storage.close();
  }
}

function newKeyOf(values: { name?: string; permissions: string; address: readonly string[]; days?: string }) {
  const name = values.name?.trim() ?? '';
  if (name === '') throw new UsageError(USAGE);
  const asked = values.permissions.split(',');
  const permissions = PERMISSIONS.filter((permission) => asked.includes(permission));
  if (permissions.length !== asked.length)
    throw new UsageError(`--permissions takes some of ${PERMISSIONS.join(', ')}.`);
  const wrong = values.address.find((address) => !isAddress(address, { strict: false }));
  if (wrong !== undefined) throw new UsageError(`--address: ${wrong} is no address.`);
  if (values.days !== undefined && !/^[1-9]\d{0,4}$/.test(values.days))
    throw new UsageError('--days takes a whole number.');
  const lifeMs = values.days === undefined ? null : Number(values.days) * DAY_MS;
  return { name, permissions, addresses: values.address.map((address) => getAddress(address)), lifeMs };
}

function lineOf({ id, name, prefix, permissions, expiresAt, revokedAt }: KeptKey): string {
  const end = expiresAt === null ? 'no end' : `until ${new Date(expiresAt).toISOString()}`;
  return [id, `${prefix}…`, name, permissions.join('+'), revokedAt === null ? end : 'revoked'].join('  ');
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof TypeError;
  if (!expected) throw error;
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
