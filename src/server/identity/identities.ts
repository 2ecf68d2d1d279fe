import { z } from 'zod';
import { ApiError } from '../../lib/errors.ts';
import type { Identity, Permission } from '../../model/identity.ts';
import type { Connection, Identities } from '../../schema/context.ts';
import { type Accounts, type KeptKey, MAX_GOOD_KEYS } from '../../store/accounts.ts';
import { newSecret } from './api-keys.ts';
import type { Authenticator } from './authenticator.ts';
import type { Revocations } from './revocations.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export interface IdentityParts {
  readonly accounts: Accounts;
  readonly authenticator: Authenticator;
  readonly revocations: Revocations;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
}

const Uuid = z.uuid();

/** What resolvers may do about who a caller is. */
export function createIdentities(parts: IdentityParts): Identities {
  const { accounts, authenticator, revocations, sessions, signIn } = parts;
  const key = async ({ userId, permissions }: Identity, id: string): Promise<KeptKey | null> => {
    const isOperator = permissions.includes('operator');
    // Only an id that could be one is looked up: PostgreSQL would refuse the text.
    if (!Uuid.safeParse(id).success || !(isOperator || permissions.includes('read'))) return null;
    return accounts.key(id, isOperator ? null : userId);
  };
  return {
    nonce: () => signIn.nonce(),
    signIn: async (message, signature, caller) => {
      const { token, expiresAt } = await signIn.signIn(message, signature, caller);
      const identity = await authenticator.authenticate(token);
      if (!identity) throw new Error('a token of ours is nobody');
      return { token, expiresAt, identity };
    },
    renew: async (connection: Connection, token) => {
      const identity = await authenticator.authenticate(token);
      if (!identity || identity.credential.kind === 'demo') throw new ApiError('UNAUTHENTICATED', 'A token is needed.');
      sessions.renew(connection.id, identity);
      return identity;
    },
    signOut: async ({ credential, expiresAt }) => {
      if (credential.kind === 'demo') return;
      if (credential.kind === 'apiKey') await accounts.revokeKey(credential.id);
      else await accounts.revokeToken(credential.id, expiresAt ?? Number.MAX_SAFE_INTEGER);
      await revocations.tell(credential);
    },
    createKey: async (caller, { name, permissions, expiresAt }) => {
      refuseMore(caller.permissions, permissions);
      if (caller.credential.kind === 'demo')
        throw new ApiError('FORBIDDEN', 'Everybody is the demo owner: it has no keys of its own.');
      // Of an identity provider's users this server knows nothing before.
      await accounts.ensure(caller);
      if ((await accounts.goodKeys(caller.userId)) >= MAX_GOOD_KEYS)
        throw new ApiError('FORBIDDEN', `You have ${MAX_GOOD_KEYS} keys that are good: revoke one first.`, {
          limit: MAX_GOOD_KEYS,
        });
      const { secret, prefix, hash } = newSecret();
      return {
        key: await accounts.addKey({ userId: caller.userId, name, prefix, hash, permissions, expiresAt }),
        secret,
      };
    },
    revokeKey: async (caller, id) => {
      const found = await key(caller, id);
      if (!found) throw new ApiError('NOT_FOUND', 'There is no such key of yours.', { argument: 'input.id' });
      await accounts.revokeKey(id);
      await revocations.tell({ kind: 'apiKey', id });
      return (await accounts.key(id, null)) ?? found;
    },
    keys: ({ userId }) => accounts.keys(userId),
    key,
    watch: (connection) => sessions.watch(connection.id),
  };
}

/** Nobody gives a key what they have not themselves. */
function refuseMore(own: readonly Permission[], asked: readonly Permission[]): void {
  const more = asked.filter((permission) => !own.includes(permission));
  if (more.length > 0)
    throw new ApiError('FORBIDDEN', `You have not these permissions yourself: ${more.join(', ')}.`, {
      argument: 'input.permissions',
      allowed: own,
    });
}
