import { getAddress } from 'viem/utils';
import { type Decimal, ZERO } from '../../../lib/decimal.ts';
import type { Address } from '../../../model/identity.ts';
import { ALL_OWNERS, isOfShare, type OwnerShare } from '../../../model/owner-share.ts';
import { POSITION_KINDS, type Position, type PositionKind } from '../../../model/position.ts';
import type { PositionChange } from '../../../model/position-change.ts';
import { Random } from '../random.ts';
import { opened, text } from './opening.ts';

export interface PopulationOptions {
  readonly seed: number;
  /** Whoever tries the product out: has a share of its own. Null for nobody. */
  readonly demoOwner: Address | null;
  /** Left out: all owners. Each share's part of it trades by itself. */
  readonly share?: OwnerShare;
  /** Milliseconds: part of the ids, so that none is used twice over several lives. */
  readonly startedAt: number;
}

/** Positions that are open at once, and of them the demo owner's. */
const OPEN = 240;
const DEMO_OPEN = 12;

/** Owners beside the demo owner. */
const OWNERS = 40;

/** Positions opened in a step until there are enough, so that a first start is not one burst. */
const OPENED_A_STEP = 12;

/** Chance that one of all the positions is adjusted, or closed, in a step. */
const ADJUSTED = 0.25;
const CLOSED = 0.05;

/** Steps of one second until somebody liquidates what may be. */
const LIQUIDATED_AFTER = 5;

/** Begins the id of every position of it. */
const PREFIX = 'sim-';

/** Position kinds by how often they are opened. */
const KINDS: readonly PositionKind[] = [...POSITION_KINDS, 'PERP', 'PERP', 'LENDING'];

/** Whether a position is one of a simulated population. */
function isSimulated(positionId: string): boolean {
  return positionId.startsWith(PREFIX);
}

/**
 * Traders who open, adjust and close positions, and liquidators who take what may be taken. It only acts: what a position is worth and
 * when it may be liquidated is told to it by the engine that computes it for live positions as well. Everything follows from the seed, and
 * from what it is told in which order.
 */
export class Population {
  readonly #options: PopulationOptions;
  #random: Random;
  readonly #owners: readonly Address[];
  readonly #share: OwnerShare;
  readonly #demoOwner: Address | null;
  readonly #liquidators: readonly Address[];
  readonly #prices = new Map<string, Decimal>();
  readonly #open = new Map<string, Position>();
  /** What may be liquidated, and in how many steps somebody does. */
  readonly #doomed = new Map<string, number>();
  #count = 0;

  constructor(options: PopulationOptions) {
    this.#options = options;
    const { seed, demoOwner, share = ALL_OWNERS } = options;
    this.#share = share;
    this.#demoOwner = demoOwner !== null && isOfShare(share, demoOwner) ? demoOwner : null;
    // Everybody is the same whoever looks after them.
    this.#random = new Random(`${seed}:population`);
    this.#owners = Array.from({ length: OWNERS }, () => this.#address()).filter((owner) => isOfShare(share, owner));
    if (share.of > 1) this.#random = new Random(`${seed}:population:${share.number}/${share.of}`);
    this.#liquidators = Array.from({ length: 3 }, () => this.#address());
  }

  /** Positions that it has open. */
  get size(): number {
    return this.#open.size;
  }

  price(symbol: string, price: Decimal): void {
    this.#prices.set(symbol, price);
  }

  /** A position as it stands after a change, or as it was stored: only its own are taken note of. */
  position(position: Position): void {
    if (!isSimulated(position.id)) return;
    if (position.status === 'OPEN') this.#open.set(position.id, position);
    else {
      this.#open.delete(position.id);
      this.#doomed.delete(position.id);
    }
  }

  /** May be liquidated now. */
  liquidatable(positionId: string): void {
    if (this.#open.has(positionId)) this.#doomed.set(positionId, LIQUIDATED_AFTER);
  }

  /** What it does in a second. */
  step(now: number): readonly PositionChange[] {
    const changes = [...this.#liquidate(now)];
    for (let n = 0; n < OPENED_A_STEP && this.#open.size < Math.ceil(OPEN / this.#share.of); n++) {
      const position = this.#opening(now);
      if (!position) break;
      this.#open.set(position.id, position);
      changes.push({ ...this.#facts(position.id, now), type: 'OPEN', position });
    }
    if (this.#random.chance(ADJUSTED)) changes.push(...this.#adjust(now));
    if (this.#random.chance(CLOSED)) changes.push(...this.#close(now));
    return changes;
  }

  *#liquidate(now: number): Iterable<PositionChange> {
    for (const [positionId, steps] of this.#doomed) {
      if (steps > 1) {
        this.#doomed.set(positionId, steps - 1);
        continue;
      }
      this.#doomed.delete(positionId);
      const liquidatorAddress = this.#liquidators[this.#random.below(this.#liquidators.length)] ?? null;
      yield { ...this.#facts(positionId, now), type: 'LIQUIDATE', liquidatorAddress };
    }
  }

  #opening(now: number): Position | null {
    const { startedAt } = this.#options;
    const demoOwner = this.#demoOwner;
    const symbols = [...this.#prices.keys()].sort();
    const perpetuals = symbols.filter((symbol) => symbol.endsWith('-PERP'));
    const coins = symbols.filter((symbol) => symbol.endsWith('USDT'));
    const others = symbols.filter((symbol) => !perpetuals.includes(symbol) && !coins.includes(symbol));
    const kind = KINDS[this.#random.below(KINDS.length)] ?? 'SPOT';
    const demos =
      demoOwner === null ? DEMO_OPEN : [...this.#open.values()].filter(({ owner }) => owner === demoOwner).length;
    const owner =
      demoOwner !== null && demos < DEMO_OPEN ? demoOwner : this.#owners[this.#random.below(this.#owners.length)];
    if (owner === undefined) return null;
    return opened(kind, {
      // Two shares may begin in one millisecond.
      id: `${PREFIX}${startedAt.toString(36)}${this.#share.of === 1 ? '' : `.${this.#share.number}`}-${++this.#count}`,
      owner,
      now,
      random: this.#random,
      priceOf: (symbol) => this.#prices.get(symbol) ?? ZERO,
      perpetuals,
      coins,
      others,
    });
  }

  *#adjust(now: number): Iterable<PositionChange> {
    const position = this.#any();
    if (!position) return;
    const facts = this.#facts(position.id, now);
    const more = this.#random.chance(0.5);
    switch (position.kind) {
      case 'PERP':
        if (more) yield { ...facts, type: 'MARGIN', amount: text(Number(position.collateral) * 0.2, 2) };
        else yield { ...facts, type: 'RESIZE', amount: text(-Number(position.size) / 4, 5) };
        return;
      case 'SPOT':
        yield { ...facts, type: 'RESIZE', amount: text(Number(position.size) * (more ? 0.3 : -0.3), 5) };
        return;
      case 'LENDING': {
        const [leg] = more ? position.collaterals : position.debts;
        if (!leg) return;
        const type = more ? 'COLLATERAL' : 'DEBT';
        yield { ...facts, type, symbol: leg.symbol, amount: text(Number(leg.amount) * (more ? 0.05 : -0.1), 6) };
        return;
      }
      case 'LP':
      case 'CONCENTRATED_LP':
        if (more) yield { ...facts, type: 'EARN', amount: text(1 + 20 * this.#random.unit(), 2) };
        else yield { ...facts, type: 'WITHDRAW', fraction: '0.25' as Decimal };
    }
  }

  *#close(now: number): Iterable<PositionChange> {
    const position = this.#any();
    if (position) yield { ...this.#facts(position.id, now), type: 'CLOSE' };
  }

  #any(): Position | null {
    const ids = [...this.#open.keys()];
    return this.#open.get(ids[this.#random.below(Math.max(1, ids.length))] ?? '') ?? null;
  }

  #facts(positionId: string, now: number) {
    const random = this.#random;
    return {
      positionId,
      transactionHash: random.chance(0.5) ? `0x${this.#hex(64)}` : null,
      prices: {},
      fee: text(0.5 + 4 * random.unit(), 2),
      timestamp: now,
      receivedAt: now,
    };
  }

  #address(): Address {
    return getAddress(`0x${this.#hex(40)}`);
  }

  #hex(digits: number): string {
    return Array.from({ length: digits }, () => this.#random.below(16).toString(16)).join('');
  }
}
