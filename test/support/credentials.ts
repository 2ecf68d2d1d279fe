import { systemClock } from '../../src/lib/clock.ts';
import { newSecret } from '../../src/server/identity/api-keys.ts';
import { Tokens } from '../../src/server/identity/tokens.ts';
import { Accounts } from '../../src/store/accounts.ts';
import type { Database } from '../../src/store/database.ts';
import { SERVER_OPTIONS } from './server.ts';

/** A token of this user that a server started by `testServer` takes. */
export async function tokenOf(userId: string): Promise<string> {
  const tokens = new Tokens(SERVER_OPTIONS.tokens, systemClock);
  return (await tokens.sign({ userId, addresses: [] }, ['read'], 600_000)).token;
}

/** API keys of one new user, so many: their secrets. */
export async function keysOfOneUser(database: Database, count: number): Promise<readonly string[]> {
  const accounts = new Accounts(database, systemClock);
  const { userId } = await accounts.create();
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { secret, prefix, hash } = newSecret();
      await accounts.addKey({ userId, name: 'a test', prefix, hash, permissions: ['read'], expiresAt: null });
      return secret;
    }),
  );
}
