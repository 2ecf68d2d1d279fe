import type { Hex } from './chain.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';

/** One argument of a decoded event. */
export interface EventArgument {
  /** Null where the ABI gives it none. */
  readonly name: string | null;
  /** As Solidity names it: `uint256`. */
  readonly type: string;
  /** Whole numbers in decimal digits, addresses by EIP-55, bytes in hexadecimal, lists and tuples as JSON. */
  readonly value: string;
}

/** A log of a contract that is watched. Mined again after a reorganisation, it is the same one with a higher version. */
export interface ContractEvent extends Observed {
  /** Chain, transaction, and which of the transaction's logs it is. */
  readonly id: string;
  readonly version: number;
  /** True while no block of the chain holds it. */
  readonly retracted: boolean;
  readonly chainId: number;
  readonly address: Address;
  readonly blockNumber: number;
  readonly blockHash: Hex;
  readonly txHash: Hex;
  /** Within the block. */
  readonly logIndex: number;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  /** Its name by the ABI that is configured for the contract; null where none is, or none that fits. */
  readonly name: string | null;
  /** Empty where it could not be decoded. */
  readonly arguments: readonly EventArgument[];
}
