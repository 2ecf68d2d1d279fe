import { SignalsPanel } from './signals-panel.tsx';

export function AutomationView() {
  return (
    <div className="view automation">
      <SignalsPanel />
    </div>
  );
}
