import { background } from '../../lib/background.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Identities } from '../../schema/context.ts';
import { Accounts } from '../../store/accounts.ts';
import type { Stores } from '../stores.ts';
import { Authenticator, type DemoIdentity } from './authenticator.ts';
import { createIdentities } from './identities.ts';
import { Revocations } from './revocations.ts';
import { Sessions } from './sessions.ts';
import { SignIn, type SignInOptions } from './sign-in.ts';
import { type TokenOptions, Tokens } from './tokens.ts';

export interface IdentityOptions {
  readonly tokens: TokenOptions;
  readonly signIn: SignInOptions;
  readonly demo: DemoIdentity;
  /** Nobody is let in without an identity, not even to what is public. */
  readonly requireIdentity: boolean;
}

/** Who callers are, for all transports of one process. */
export interface IdentityServices {
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly identities: Identities;
  /** A new token of the demo owner; null where nobody is taken for it, or this server signs none. */
  demoToken(): Promise<string | null>;
  stop(): void;
}

/** How often what has run out is deleted, milliseconds. */
const PRUNE_EVERY_MS = 3_600_000;

/** How long the demo owner's token is good, milliseconds: whoever tries things out is not to be cut off on the same day. */
const DEMO_TOKEN_LIFE_MS = 86_400_000;

export function createIdentity(
  { shared, own, database }: Stores,
  options: IdentityOptions,
  parts: { readonly clock: Clock; readonly log: Log },
): IdentityServices {
  const { clock, log } = parts;
  const accounts = new Accounts(database, clock);
  const tokens = new Tokens(options.tokens, clock);
  const revocations = new Revocations(shared, accounts, parts);
  const sessions = new Sessions(revocations, own, parts);
  const authenticator = new Authenticator(tokens, accounts, revocations, options.demo, parts);
  const signIn = new SignIn(accounts, tokens, options.signIn, clock);
  revocations.start();
  const pruned = clock.every(PRUNE_EVERY_MS, () => background('prune accounts', accounts.prune(), log));
  return {
    authenticator,
    sessions,
    identities: createIdentities({ accounts, authenticator, revocations, sessions, signIn }),
    demoToken: async () => {
      const {
        demo,
        tokens: { secret },
      } = options;
      if (!demo || !secret) return null;
      return (await tokens.sign(demo, demo.permissions, DEMO_TOKEN_LIFE_MS)).token;
    },
    stop: () => {
      pruned();
      sessions.stop();
      revocations.stop();
    },
  };
}
