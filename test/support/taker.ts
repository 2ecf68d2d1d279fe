import type { Abi, Address, Hash } from 'viem';
import type { Anvil } from './anvil.ts';
import { deploySource } from './solidity.ts';

/** As a searcher writes it: buys at one pair, sells at the other, and keeps what is left, in one transaction. */
const SOURCE = `
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

interface Token { function transfer(address to, uint256 amount) external returns (bool); }
interface Pair { function swap(uint256 out0, uint256 out1, address to, bytes calldata data) external; }

contract Taker {
  function take(Token token, uint256 amount, Pair[] calldata pairs, uint256[] calldata outs, bool[] calldata first) external {
    token.transfer(address(pairs[0]), amount);
    for (uint256 i = 0; i < pairs.length; i++) {
      address to = i + 1 < pairs.length ? address(pairs[i + 1]) : address(this);
      pairs[i].swap(first[i] ? outs[i] : 0, first[i] ? 0 : outs[i], to, "");
    }
  }
}`;

/** A swap of a round: the pair, what comes out, and whether that is its first token. */
export interface Leg {
  readonly pair: Address;
  readonly out: bigint;
  readonly first: boolean;
}

/** A small contract of our own, on a real node. */
export class Taker {
  readonly address: Address;
  readonly #anvil: Anvil;
  readonly #abi: Abi;

  private constructor(anvil: Anvil, abi: Abi, address: Address) {
    this.#anvil = anvil;
    this.#abi = abi;
    this.address = address;
  }

  static async deploy(anvil: Anvil, account: Address): Promise<Taker> {
    const { abi, address } = await deploySource(anvil, account, SOURCE, 'Taker');
    return new Taker(anvil, abi, address);
  }

  /** Through these pairs, beginning with so much of a token that the contract holds. */
  async take(account: Address, token: Address, amount: bigint, legs: readonly Leg[]): Promise<Hash> {
    const { client } = this.#anvil;
    const hash = await client.writeContract({
      address: this.address,
      abi: this.#abi,
      functionName: 'take',
      args: [token, amount, legs.map(({ pair }) => pair), legs.map(({ out }) => out), legs.map(({ first }) => first)],
      account,
      chain: null,
      gas: 3_000_000n,
    });
    const { status } = await client.waitForTransactionReceipt({ hash });
    if (status !== 'success') throw new Error('the taker failed');
    return hash;
  }
}
