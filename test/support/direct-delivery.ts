import { type ExecutionResult, type GraphQLSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { Delivery, type LiveSubscription } from '../../src/cohorts/delivery.ts';
import type { Lane } from '../../src/cohorts/lane.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { Context, Identities } from '../../src/schema/context.ts';
import { scopeOf } from '../../src/schema/scopes.ts';
import { createCommands } from '../../src/server/commands.ts';
import { Authenticator } from '../../src/server/identity/authenticator.ts';
import { createIdentities } from '../../src/server/identity/identities.ts';
import { Revocations } from '../../src/server/identity/revocations.ts';
import { Sessions } from '../../src/server/identity/sessions.ts';
import { SignIn } from '../../src/server/identity/sign-in.ts';
import { Tokens } from '../../src/server/identity/tokens.ts';
import { Accounts } from '../../src/store/accounts.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { Arbitrage } from '../../src/store/arbitrage/arbitrage.ts';
import { History } from '../../src/store/archive/history.ts';
import { Bots } from '../../src/store/bots.ts';
import { CandleHistory } from '../../src/store/candle-history.ts';
import { Candles } from '../../src/store/candles.ts';
import { Chains } from '../../src/store/chains.ts';
import { Commands as StoredCommands } from '../../src/store/commands.ts';
import type { Database } from '../../src/store/database.ts';
import { Instruments } from '../../src/store/instruments.ts';
import { Latest } from '../../src/store/latest.ts';
import { MarketHistory } from '../../src/store/market-history.ts';
import { Orders } from '../../src/store/orders.ts';
import { Positions } from '../../src/store/positions.ts';
import { Recent } from '../../src/store/recent.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { ownerSchema } from './owner-schema.ts';
import { noDatabase, SERVER_OPTIONS, silentLog } from './server.ts';

/** The delivery of one process, without a server before it. */
export function directDelivery(bus: Bus, schema: GraphQLSchema = ownerSchema): Delivery<Context> {
  return new Delivery<Context>({
    schema,
    buses: { shared: bus, process: bus },
    clock: systemClock,
    log: silentLog,
    freshContext: (like) => ({ ...(like ?? contextOf(bus, null)), connection: null }),
    scopeOf,
  });
}

/** Where what lasts is: with none, whatever needs it is `UNAVAILABLE`. */
let database = noDatabase;

/** From now on what lasts is there, for this test file. */
export function keepDatabase(kept: Database): void {
  database = kept;
}

/** Where the accounts of a test's callers are: with none, whatever needs them is `UNAVAILABLE`. */
let accounts = new Accounts(noDatabase, systemClock);

/** From now on the callers of this test file have their accounts there. */
export function keepAccounts(kept: Accounts): void {
  accounts = kept;
}

function identitiesOf(kept: Accounts): Identities {
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const parts = { clock: systemClock, log: silentLog };
  const tokens = new Tokens(SERVER_OPTIONS.tokens, systemClock);
  const revocations = new Revocations(bus, kept, parts);
  const sessions = new Sessions(revocations, bus, parts);
  const authenticator = new Authenticator(tokens, kept, revocations, null, parts);
  const signIn = new SignIn(kept, tokens, SERVER_OPTIONS.signIn, systemClock);
  return createIdentities({ accounts: kept, authenticator, revocations, sessions, signIn });
}

export function contextOf(bus: Bus, identity: Identity | null, identityRequired = false): Context {
  const latest = new Latest(bus, silentLog);
  return {
    connection: null,
    identity,
    identityRequired,
    identities: identitiesOf(accounts),
    clock: systemClock,
    instruments: new Instruments(bus, systemClock, silentLog),
    chains: new Chains(bus, systemClock, silentLog),
    latest,
    ownLatest: latest,
    recent: new Recent(bus, silentLog),
    positions: new Positions(database),
    alerts: new Alerts(database),
    bots: new Bots(database),
    marketHistory: new MarketHistory(database),
    simulations: null,
    candles: new CandleHistory(new Candles(database), latest, systemClock),
    arbitrage: new Arbitrage(database, bus, systemClock),
    commands: createCommands(new StoredCommands(database), bus, silentLog),
    orders: new Orders(database),
    trading: new Trading(database),
    tradingDesk: new TradingDesk(database, bus, systemClock, silentLog),
    whatIf: SERVER_OPTIONS.whatIf,
    protocols: SERVER_OPTIONS.protocols,
    history: new History(database, bus, systemClock, silentLog),
  };
}

interface Frame {
  readonly [selected: string]: unknown;
}

/** One operation, whose reader takes frames or does not. */
export class DirectReader implements Lane {
  blocked = false;
  onRoom: (() => void) | null = null;
  /** What the field gave, in order. */
  readonly frames: Frame[] = [];
  /** The bytes of each. */
  readonly payloads: Buffer[] = [];
  /** As a transport is told beside the bytes. */
  readonly cursors: (string | null)[] = [];
  /** How often it was said to be live. */
  lives = 0;
  result: LiveSubscription | null = null;

  next(payload: Buffer, cursor: (() => string) | null): void {
    if (this.blocked) throw new Error('written to a lane that is blocked');
    const { data } = JSON.parse(payload.toString()) as { data: Record<string, Frame> };
    this.frames.push(...Object.values(data));
    this.payloads.push(payload);
    this.cursors.push(cursor?.() ?? null);
  }

  live(): void {
    this.lives++;
  }

  /** @throws what the joining throws, or the first error of its result. */
  async subscribe(
    delivery: Delivery<Context>,
    context: Context,
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<this> {
    const document = parse(query);
    const operation = document.definitions.find(
      (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
    );
    if (!operation) throw new Error('no operation');
    const asked = { document, operation, fragments: new Map(), variables, context };
    const result: LiveSubscription | ExecutionResult = await delivery.subscribe(asked, this);
    if (!('mailbox' in result)) throw result.errors?.[0]?.originalError ?? new Error('no subscription');
    this.result = result;
    return this;
  }

  /** Takes frames again. */
  resume(): void {
    this.blocked = false;
    this.onRoom?.();
  }

  get progress(): string | null {
    return this.result?.progress() ?? null;
  }

  /** How it ended: waits for the end. */
  async ending(): Promise<unknown> {
    try {
      await this.result?.mailbox.next();
      return null;
    } catch (error) {
      return error;
    }
  }

  end(): void {
    this.result?.mailbox.end();
  }
}
