/** `LIQUIDATION_RISK` as a person reads it: "Liquidation risk". */
export function words(name: string): string {
  const text = name.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a person calls a built-in strategy; somebody's own is called as they call it. */
export function strategyName(strategy: string): string {
  return /^[A-Z]+(_[A-Z]+)*$/.test(strategy)
    ? words(strategy).replace(/^(Ema|Rsi)\b/, (name) => name.toUpperCase())
    : strategy;
}

/** `M15` as charts write it: "15m". */
export function intervalName(interval: string): string {
  return (interval.slice(1) + interval.charAt(0)).toLowerCase();
}

/** An address or a hash, short enough for a table; the whole one belongs in a title. */
export function short(hex: string): string {
  return `${hex.slice(0, 6)}…${hex.slice(-4)}`;
}

const CHAINS: Readonly<Record<number, string>> = { 1: 'Ethereum', 56: 'BNB Chain', 137: 'Polygon' };

export function chainName(chainId: number): string {
  return CHAINS[chainId] ?? `Chain ${chainId}`;
}
