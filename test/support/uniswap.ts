import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Abi, type Address, getAddress, type Hash, pad, parseAbi, toHex } from 'viem';
import type { Anvil } from './anvil.ts';

const require = createRequire(import.meta.url);

interface Artefact {
  readonly abi: Abi;
  readonly bytecode: `0x${string}`;
}

function artefact(name: string): Artefact {
  const { abi, bytecode } = JSON.parse(readFileSync(require.resolve(name), 'utf8')) as {
    readonly abi: Abi;
    readonly bytecode: string;
  };
  return { abi, bytecode: `0x${bytecode.replace(/^0x/, '')}` };
}

const TOKEN = parseAbi([
  'function approve(address, uint256) returns (bool)',
  'function balanceOf(address) view returns (uint256)',
  'function transfer(address, uint256) returns (bool)',
]);
const FACTORY = parseAbi([
  'function createPair(address, address) returns (address)',
  'function getPair(address, address) view returns (address)',
]);
const ROUTER = parseAbi([
  'function addLiquidity(address, address, uint256, uint256, uint256, uint256, address, uint256)',
  'function swapExactTokensForTokens(uint256, uint256, address[], address, uint256)',
]);

const E18 = 10n ** 18n;
const SUPPLY = 10n ** 30n;
const NEVER = 2n ** 40n;

/** Not estimated: a pair does more in the next second than in the one of its last swap, and an estimate is of the same one. */
const GAS = 3_000_000n;

/** An exchange with one pool. */
export interface Exchange {
  readonly factory: Address;
  readonly router: Address;
  readonly pair: Address;
}

async function deployed(anvil: Anvil, account: Address, name: string, args: readonly unknown[]): Promise<Address> {
  const hash = await anvil.client.deployContract({ ...artefact(name), args, account, chain: null });
  const { contractAddress } = await anvil.client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error(`${name} was not deployed`);
  return getAddress(contractAddress);
}

/**
 * The real Uniswap V2 factory and router on a real node, with three tokens and the three pools between them: a native coin
 * of 2,000 dollars, a dollar, and a third of 5 dollars.
 */
export class UniswapMarket {
  readonly #anvil: Anvil;
  readonly trader: Address;
  readonly taker: Address;
  readonly factory: Address;
  readonly router: Address;
  readonly native: Address;
  readonly dollar: Address;
  readonly third: Address;
  /** A token of a pair that nobody has put anything into yet. */
  readonly late: Address;

  private constructor(anvil: Anvil, accounts: readonly Address[], contracts: readonly Address[]) {
    const [trader, taker] = accounts as readonly [Address, Address];
    const [factory, router, native, dollar, third, late] = contracts as readonly Address[] &
      readonly [Address, Address, Address, Address, Address, Address];
    this.#anvil = anvil;
    this.trader = trader;
    this.taker = taker;
    this.factory = factory;
    this.router = router;
    this.native = native;
    this.dollar = dollar;
    this.third = third;
    this.late = late;
  }

  static async deploy(anvil: Anvil): Promise<UniswapMarket> {
    const accounts = await anvil.client.getAddresses();
    const trader = accounts[0] as Address;
    const deploy = (name: string, args: readonly unknown[]) => deployed(anvil, trader, name, args);
    const factory = await deploy('@uniswap/v2-core/build/UniswapV2Factory.json', [trader]);
    const tokens: Address[] = [];
    for (let index = 0; index < 4; index++) tokens.push(await deploy('@uniswap/v2-core/build/ERC20.json', [SUPPLY]));
    const [native, dollar, third, late] = tokens;
    const router = await deploy('@uniswap/v2-periphery/build/UniswapV2Router02.json', [factory, native]);
    const made = [factory, router, native, dollar, third, late].map((address) => address as Address);
    const market = new UniswapMarket(anvil, accounts, made);
    for (const token of tokens)
      for (const account of [trader, market.taker])
        await market.#send(account, token, TOKEN, 'approve', [router, SUPPLY]);
    await market.addLiquidity(market.native, market.dollar, 1_000n * E18, 2_000_000n * E18);
    await market.addLiquidity(market.native, market.third, 1_000n * E18, 400_000n * E18);
    await market.addLiquidity(market.dollar, market.third, 1_000_000n * E18, 200_000n * E18);
    await market.transfer(market.native, market.taker, 100_000n * E18);
    return market;
  }

  async addLiquidity(a: Address, b: Address, amountA: bigint, amountB: bigint): Promise<Hash> {
    const args = [a, b, amountA, amountB, 0n, 0n, this.trader, NEVER];
    return this.#send(this.trader, this.router, ROUTER, 'addLiquidity', args);
  }

  /** Through a router: from token to token along the path, back to who sent. */
  async swap(account: Address, amount: bigint, path: readonly Address[], router = this.router): Promise<Hash> {
    return this.#send(account, router, ROUTER, 'swapExactTokensForTokens', [amount, 0n, path, account, NEVER]);
  }

  /** A second exchange with its own factory and router, and one pool between native coin and dollar at the same price. */
  async second(): Promise<Exchange> {
    const factory = await this.#deploy('@uniswap/v2-core/build/UniswapV2Factory.json', [this.trader]);
    const router = await this.#deploy('@uniswap/v2-periphery/build/UniswapV2Router02.json', [factory, this.native]);
    for (const token of [this.native, this.dollar])
      await this.#send(this.trader, token, TOKEN, 'approve', [router, SUPPLY]);
    const amounts = [500n * E18, 1_000_000n * E18, 0n, 0n];
    const args = [this.native, this.dollar, ...amounts, this.trader, NEVER];
    await this.#send(this.trader, router, ROUTER, 'addLiquidity', args);
    const pairOf = {
      address: factory,
      abi: FACTORY,
      functionName: 'getPair',
      args: [this.native, this.dollar],
    } as const;
    return { factory, router, pair: await this.#anvil.client.readContract(pairOf) };
  }

  async transfer(token: Address, to: Address, amount: bigint): Promise<Hash> {
    return this.#send(this.trader, token, TOKEN, 'transfer', [to, amount]);
  }

  async balance(token: Address, account: Address): Promise<bigint> {
    return this.#anvil.client.readContract({ address: token, abi: TOKEN, functionName: 'balanceOf', args: [account] });
  }

  /** A pair of the factory with nothing in it. */
  async emptyPair(a: Address, b: Address): Promise<Address> {
    await this.#send(this.trader, this.factory, FACTORY, 'createPair', [a, b]);
    return this.pair(a, b);
  }

  async pair(a: Address, b: Address): Promise<Address> {
    return this.#anvil.client.readContract({
      address: this.factory,
      abi: FACTORY,
      functionName: 'getPair',
      args: [a, b],
    });
  }

  /** A contract with the code and the memory of a pair, at an address that the factory does not know. */
  async imposter(pair: Address): Promise<Address> {
    const { client } = this.#anvil;
    const address: Address = '0x00000000000000000000000000000000DeaDBeef';
    await client.setCode({ address, bytecode: (await client.getCode({ address: pair })) ?? '0x' });
    // Slots in which a pair keeps its factory, its tokens and its reserves.
    for (let slot = 5; slot <= 8; slot++) {
      const index = toHex(slot, { size: 32 });
      const value = await client.getStorageAt({ address: pair, slot: index });
      await client.setStorageAt({ address, index, value: pad(value ?? '0x', { size: 32 }) });
    }
    return address;
  }

  #deploy(name: string, args: readonly unknown[]): Promise<Address> {
    return deployed(this.#anvil, this.trader, name, args);
  }

  async #send(
    account: Address,
    address: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
  ): Promise<Hash> {
    const hash = await this.#anvil.client.writeContract({
      address,
      abi,
      functionName,
      args,
      account,
      chain: null,
      gas: GAS,
    });
    const { status } = await this.#anvil.client.waitForTransactionReceipt({ hash });
    if (status !== 'success') throw new Error(`${functionName} failed`);
    return hash;
  }
}
