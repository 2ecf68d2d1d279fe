import { createRequire } from 'node:module';
import { type Abi, type Address, getAddress } from 'viem';
import type { Anvil } from './anvil.ts';

const require = createRequire(import.meta.url);

interface Compiled {
  readonly abi: Abi;
  readonly bytecode: `0x${string}`;
}

/** A contract of a source. @throws Error with what the compiler says where there is none. */
function compiled(source: string, contract: string): Compiled {
  const solc = require('solc') as { compile(input: string): string };
  const input = {
    language: 'Solidity',
    sources: { source: { content: source } },
    // What the node of the tests runs, whatever the newest compiler would rather have.
    settings: { evmVersion: 'paris', outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    readonly contracts?: {
      readonly source: Readonly<Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>;
    };
    readonly errors?: readonly { readonly formattedMessage: string }[];
  };
  const found = output.contracts?.source[contract];
  if (!found) throw new Error(output.errors?.map(({ formattedMessage }) => formattedMessage).join('\n'));
  return { abi: found.abi, bytecode: `0x${found.evm.bytecode.object}` };
}

/** Compiles a contract and puts it on a node. */
export async function deploySource(
  { client }: Anvil,
  account: Address,
  source: string,
  contract: string,
): Promise<{ readonly address: Address; readonly abi: Abi }> {
  const { abi, bytecode } = compiled(source, contract);
  const hash = await client.deployContract({ abi, bytecode, account, chain: null });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error(`${contract} was not deployed`);
  return { address: getAddress(contractAddress), abi };
}
