import type { Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Address, Permission } from '../model/identity.ts';
import { type Database, isDuplicate } from './database.ts';

/** Somebody with the addresses that are theirs. */
export interface Account {
  readonly userId: string;
  readonly addresses: readonly Address[];
}

/** An API key as it is kept: without its secret. Times in milliseconds. */
export interface KeptKey {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** The beginning of the secret. */
  readonly prefix: string;
  readonly permissions: readonly Permission[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface NewKey {
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly permissions: readonly Permission[];
  readonly expiresAt: number | null;
}

/** API keys listed at once: nobody has use for more. */
const MAX_KEYS_LISTED = 200;

/** Good keys that a user has at once: more would be keys that nobody watches over. */
export const MAX_GOOD_KEYS = 100;

/**
 * Users, their addresses and what they prove themselves with.
 * Every method throws ApiError `UNAVAILABLE` when the database does not answer.
 */
export class Accounts {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async account(userId: string): Promise<Account | null> {
    return this.#database.run(async ({ user }) => {
      const found = await user.findUnique({ where: { id: userId }, include: { addresses: ADDRESSES } });
      return found && { userId, addresses: found.addresses.map(({ address }) => address) };
    });
  }

  /** Makes a user without an address: one who comes with API keys alone. */
  async create(addresses: readonly Address[] = []): Promise<Account> {
    return this.#database.run(async ({ user }) => {
      const data = { addresses: { create: addresses.map((address) => ({ address })) } };
      const { id } = await user.create({ data });
      return { userId: id, addresses };
    });
  }

  /** Makes the account of a user that an identity provider vouches for, if it is not there. */
  async ensure({ userId }: Account): Promise<void> {
    await this.#database.run(({ user }) => user.upsert({ where: { id: userId }, create: { id: userId }, update: {} }));
  }

  /**
   * The account of an address that has proven itself: made at its first sign-in, or given to a user who is signed in.
   * @param linkTo the user who is signed in; null for nobody.
   * @throws ApiError `CONFLICT` when the address is another user's.
   */
  async signedIn(address: Address, linkTo: string | null): Promise<Account> {
    const owner = await this.#ownerOf(address);
    if (owner === null) await this.#give(address, linkTo);
    const userId = owner ?? (await this.#ownerOf(address));
    if (userId === null) throw new Error('an address was given to nobody');
    if (linkTo !== null && userId !== linkTo)
      throw new ApiError('CONFLICT', 'This address belongs to another user.', { argument: 'input.message' });
    return { userId, addresses: (await this.account(userId))?.addresses ?? [] };
  }

  async addNonce(nonce: string, expiresAt: number): Promise<void> {
    await this.#database.run(({ signInNonce }) =>
      signInNonce.create({ data: { nonce, expiresAt: new Date(expiresAt) } }),
    );
  }

  /** True once: for a nonce that was given out, has not been used and has not run out. */
  async useNonce(nonce: string): Promise<boolean> {
    const now = new Date(this.#clock.now());
    return this.#database.run(async ({ signInNonce }) => {
      const unused = { nonce, usedAt: null, expiresAt: { gt: now } };
      const { count } = await signInNonce.updateMany({ where: unused, data: { usedAt: now } });
      return count === 1;
    });
  }

  async addKey(key: NewKey): Promise<KeptKey> {
    const { expiresAt, permissions, ...rest } = key;
    const data = { ...rest, permissions: [...permissions], expiresAt: expiresAt === null ? null : new Date(expiresAt) };
    return this.#database.run(async ({ apiKey }) => keptKey(await apiKey.create({ data })));
  }

  /** How many keys of a user are good now. */
  async goodKeys(userId: string): Promise<number> {
    const now = new Date(this.#clock.now());
    const endless = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
    return this.#database.run(({ apiKey }) => apiKey.count({ where: { userId, revokedAt: null, ...endless } }));
  }

  /** A key by the hash of its secret, with the addresses of its user. */
  async keyOf(hash: Uint8Array<ArrayBuffer>): Promise<{ key: KeptKey; account: Account } | null> {
    return this.#database.run(async ({ apiKey }) => {
      const user = { include: { addresses: ADDRESSES } };
      const found = await apiKey.findUnique({ where: { hash }, include: { user } });
      if (!found) return null;
      const addresses = found.user.addresses.map(({ address }) => address);
      return { key: keptKey(found), account: { userId: found.userId, addresses } };
    });
  }

  /** Newest first. @param userId null: of everybody. */
  async keys(userId: string | null): Promise<readonly KeptKey[]> {
    return this.#database.run(async ({ apiKey }) => {
      const where = userId === null ? {} : { userId };
      const found = await apiKey.findMany({ where, orderBy: { id: 'desc' }, take: MAX_KEYS_LISTED });
      return found.map(keptKey);
    });
  }

  /** Null when there is no such key of this user. @param userId null: of anybody. */
  async key(id: string, userId: string | null): Promise<KeptKey | null> {
    return this.#database.run(async ({ apiKey }) => {
      const found = await apiKey.findFirst({ where: { id, ...(userId !== null && { userId }) } });
      return found && keptKey(found);
    });
  }

  async usedKey(id: string): Promise<void> {
    const lastUsedAt = new Date(this.#clock.now());
    await this.#database.run(({ apiKey }) => apiKey.updateMany({ where: { id }, data: { lastUsedAt } }));
  }

  /** Again changes nothing: the first time stands. */
  async revokeKey(id: string): Promise<void> {
    const revokedAt = new Date(this.#clock.now());
    await this.#database.run(({ apiKey }) =>
      apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } }),
    );
  }

  async revokeToken(jti: string, expiresAt: number): Promise<void> {
    const expires = new Date(expiresAt);
    await this.#database.run(({ revokedToken }) =>
      revokedToken.upsert({ where: { jti }, create: { jti, expiresAt: expires }, update: {} }),
    );
  }

  /** Tokens that were given up and would still be good. */
  async revokedTokens(): Promise<readonly string[]> {
    return this.#database.run(async ({ revokedToken }) => {
      const found = await revokedToken.findMany({ where: { expiresAt: { gt: new Date(this.#clock.now()) } } });
      return found.map(({ jti }) => jti);
    });
  }

  /** Keys that were revoked since, milliseconds: of those who came in by one, some may still be here. */
  async revokedKeys(since: number): Promise<readonly string[]> {
    return this.#database.run(async ({ apiKey }) => {
      const found = await apiKey.findMany({ where: { revokedAt: { gte: new Date(since) } }, select: { id: true } });
      return found.map(({ id }) => id);
    });
  }

  /** Deletes what has run out and says nothing any more. */
  async prune(): Promise<void> {
    const over = { where: { expiresAt: { lt: new Date(this.#clock.now()) } } };
    await this.#database.run((client) =>
      client.$transaction([client.signInNonce.deleteMany(over), client.revokedToken.deleteMany(over)]),
    );
  }

  #ownerOf(address: Address): Promise<string | null> {
    return this.#database.run(async ({ userAddress }) => {
      const found = await userAddress.findUnique({ where: { address } });
      return found?.userId ?? null;
    });
  }

  /** To the user, or to a new one. Somebody may be quicker: then it is that one's. */
  async #give(address: Address, userId: string | null): Promise<void> {
    try {
      if (userId === null) await this.create([address]);
      else await this.#database.run(({ userAddress }) => userAddress.create({ data: { address, userId } }));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
}

/** In the order in which they came. */
const ADDRESSES = { orderBy: { addedAt: 'asc' } } as const;

interface KeyRow extends Omit<KeptKey, 'permissions' | 'createdAt' | 'expiresAt' | 'lastUsedAt' | 'revokedAt'> {
  readonly permissions: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

function keptKey({
  id,
  userId,
  name,
  prefix,
  permissions,
  createdAt,
  expiresAt,
  lastUsedAt,
  revokedAt,
}: KeyRow): KeptKey {
  return {
    id,
    userId,
    name,
    prefix,
    // Written by us alone.
    permissions: permissions as readonly Permission[],
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime() ?? null,
    lastUsedAt: lastUsedAt?.getTime() ?? null,
    revokedAt: revokedAt?.getTime() ?? null,
  };
}
