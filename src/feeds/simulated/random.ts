/** Spreads the seeds of the state words apart: 2^32 over the golden ratio, the usual odd increment. */
const SEED_STEP = 0x9e3779b9;

/**
 * One step of xoshiro128** 1.1 (David Blackman and Sebastiano Vigna, prng.di.unimi.it, 2018): the next unsigned 32-bit
 * number of a state of four words, which is changed in place and must not be all zero.
 */
export function xoshiro128(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
  const third = c ^ a;
  const fourth = d ^ b;
  state[1] = b ^ third;
  state[0] = a ^ fourth;
  state[2] = third ^ (b << 9);
  state[3] = rotateLeft(fourth, 11);
  return result;
}

/** Random numbers that depend on nothing but the seed's text, so that what they make can be made again. */
export class Random {
  readonly #state = new Uint32Array(4);
  #spareNormal: number | null = null;

  constructor(seed: string) {
    const hash = fnv1a(seed);
    // The finaliser is one to one, so four different inputs give at most one zero word: the state is never all zero.
    for (let word = 0; word < 4; word++) this.#state[word] = scramble(hash + Math.imul(word, SEED_STEP));
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  unit(): number {
    return xoshiro128(this.#state) / 0x1_0000_0000;
  }

  /** Uniform integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Standard normal, by the Box-Muller transform. */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare !== null) {
      this.#spareNormal = null;
      return spare;
    }
    // 1 - unit() lies in (0, 1]: the logarithm of zero would be infinite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    const angle = 2 * Math.PI * this.unit();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Number of arrivals where `mean` are expected, by Knuth's product of uniforms: meant for means up to about 20. */
  poisson(mean: number): number {
    const limit = Math.exp(-mean);
    let arrivals = 0;
    for (let product = this.unit(); product > limit; product *= this.unit()) arrivals++;
    return arrivals;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** The 32-bit finaliser of MurmurHash3 (Austin Appleby, public domain). */
function scramble(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
