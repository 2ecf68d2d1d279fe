import { ChainsPanel } from './chains-panel.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';
import { SessionPanel } from './session-panel.tsx';
import { StatusPanel } from './status-panel.tsx';

export function SystemView() {
  return (
    <div className="view system">
      <StatusPanel />
      <DeliveryPanel />
      <ChainsPanel />
      <SessionPanel />
    </div>
  );
}
