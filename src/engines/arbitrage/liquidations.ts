import { getAddress } from 'viem/utils';
import type { Liquidation } from '../../model/arbitrage-transaction.ts';
import type { ChainLog, Receipt } from '../../model/chain.ts';
import { hasShape, TOPIC, topicAddress, word, wordAddress } from '../../model/chain-logs.ts';

/** Liquidations that Aave (2, 3) or Compound (2), or a protocol that copied their events, told in a transaction. */
export function liquidationsOf(receipt: Receipt, chainId: number, blockNumber: number): readonly Liquidation[] {
  return receipt.logs.flatMap((log) => {
    const read = readAave(log) ?? readCompound(log);
    return read === null ? [] : [{ chainId, blockNumber, txHash: receipt.txHash, ...read }];
  });
}

type Read = Omit<Liquidation, 'chainId' | 'blockNumber' | 'txHash'>;

function readAave(log: ChainLog): Read | null {
  if (log.topics[0] !== TOPIC.aaveLiquidation || !hasShape(log, 4, 4)) return null;
  const [, collateral = '', debt = '', borrower = ''] = log.topics;
  return {
    protocol: 'AAVE',
    borrower: getAddress(topicAddress(borrower)),
    liquidator: getAddress(wordAddress(log.data, 2)),
    debtToken: getAddress(topicAddress(debt)),
    collateralToken: getAddress(topicAddress(collateral)),
    debtRepaid: word(log.data, 0),
    collateralSeized: word(log.data, 1),
  };
}

function readCompound(log: ChainLog): Read | null {
  if (log.topics[0] !== TOPIC.compoundLiquidation || !hasShape(log, 1, 5)) return null;
  return {
    protocol: 'COMPOUND',
    liquidator: getAddress(wordAddress(log.data, 0)),
    borrower: getAddress(wordAddress(log.data, 1)),
    debtToken: null,
    collateralToken: getAddress(wordAddress(log.data, 3)),
    debtRepaid: word(log.data, 2),
    collateralSeized: word(log.data, 4),
  };
}
