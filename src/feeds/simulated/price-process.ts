import type { Random } from './random.ts';

const SECONDS_A_YEAR = 365 * 86_400;

/** Seconds after which half of a departure from the opening price has faded: a venue that runs for months stays credible. */
const PULL_HALF_LIFE_S = 14 * 86_400;

/** Seconds after which half of a burst or lull of volatility has faded. */
const VOLATILITY_HALF_LIFE_S = 900;

/** Standing spread of the logarithm of volatility around its mean: two thirds of the time within 0.7 and 1.4 times. */
const VOLATILITY_SPREAD = 0.35;

/** Standard deviation of a jump, in standard deviations of an hour's diffusion. */
const JUMP_SIZE = 0.3;

interface Regime {
  /** Mean duration, seconds. */
  readonly lastsS: number;
  /** Drift in standard deviations of an hour's diffusion, an hour. */
  readonly drift: number;
  /** Factor on volatility. */
  readonly volatility: number;
  readonly jumpsAnHour: number;
}

/** What the market is doing; a new one is drawn with equal chances when the old one ends. */
const REGIMES: readonly [Regime, ...Regime[]] = [
  { lastsS: 1_200, drift: 0, volatility: 0.7, jumpsAnHour: 1 },
  { lastsS: 900, drift: 2.5, volatility: 0.9, jumpsAnHour: 2 },
  { lastsS: 900, drift: -2.5, volatility: 1, jumpsAnHour: 2 },
  { lastsS: 300, drift: 0, volatility: 1.9, jumpsAnHour: 20 },
];

/**
 * The fair value that the makers of a market see: a jump diffusion of the log price (Merton 1976) whose volatility
 * itself reverts to a mean, under regimes that trend, calm down and boil. Statistics, so JS numbers: what is traded is
 * whole ticks.
 */
export class PriceProcess {
  readonly #random: Random;
  readonly #anchor: number;
  /** Standard deviation of the log price over one second, in the long run. */
  readonly #volatility: number;
  #logPrice: number;
  /** Logarithm of the factor that volatility stands at, before the correction that keeps the mean variance at one. */
  #heat = 0;
  #regime: Regime = REGIMES[0];
  #regimeLeftS = REGIMES[0].lastsS;
  #jumped = false;

  constructor(random: Random, openTicks: number, annualVolatility: number) {
    this.#random = random;
    this.#anchor = Math.log(openTicks);
    this.#logPrice = this.#anchor;
    this.#volatility = annualVolatility / Math.sqrt(SECONDS_A_YEAR);
  }

  /** Fair value in ticks, with a fraction. */
  get ticks(): number {
    return Math.exp(this.#logPrice);
  }

  /** How lively the market is: 1 in the long run, 3 and more when it boils. */
  get activity(): number {
    return this.#regime.volatility * Math.exp(this.#heat - VOLATILITY_SPREAD ** 2);
  }

  /** Whether the last step held a jump. */
  get jumped(): boolean {
    return this.#jumped;
  }

  /** Moves on by `seconds`. */
  step(seconds: number): void {
    const random = this.#random;
    this.#regimeLeftS -= seconds;
    if (this.#regimeLeftS <= 0) {
      this.#regime = REGIMES[random.below(REGIMES.length)] ?? REGIMES[0];
      this.#regimeLeftS = random.exponential(this.#regime.lastsS);
    }
    const fading = Math.log(2) / VOLATILITY_HALF_LIFE_S;
    this.#heat +=
      -fading * this.#heat * seconds + VOLATILITY_SPREAD * Math.sqrt(2 * fading * seconds) * random.normal();
    const hour = this.#volatility * Math.sqrt(3_600);
    const pull = (Math.log(2) / PULL_HALF_LIFE_S) * (this.#anchor - this.#logPrice);
    const drift = (this.#regime.drift * hour) / 3_600 + pull;
    this.#jumped = random.chance((this.#regime.jumpsAnHour * seconds) / 3_600);
    const jump = this.#jumped ? JUMP_SIZE * hour * random.normal() : 0;
    this.#logPrice += drift * seconds + this.#volatility * this.activity * Math.sqrt(seconds) * random.normal() + jump;
  }
}
