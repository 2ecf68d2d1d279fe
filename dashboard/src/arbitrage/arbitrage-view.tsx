import { OpportunitiesPanel } from './opportunities-panel.tsx';
import { TransactionsPanel } from './transactions-panel.tsx';

export function ArbitrageView() {
  return (
    <div className="view arbitrage">
      <OpportunitiesPanel />
      <TransactionsPanel />
    </div>
  );
}
